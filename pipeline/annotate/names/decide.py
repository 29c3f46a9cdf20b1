"""One decision per span: which proposals stand, and with which label, on the evidence of the whole page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from pipeline.annotate.names.gazetteer import Gazetteer
from pipeline.annotate.names.lexicon import Lexicon
from pipeline.annotate.names.proposals import W_TITLE, Proposal, is_language, is_vehicle
from pipeline.annotate.names.words import Span

# (start, end) of a decided name, in text order → its label and the share of the votes that went to it.
Labels = dict[tuple[int, int], tuple[str, float]]


# Sources that are weaker than any table or link.
MERELY_PROPOSED = frozenset(("model", "page"))


@dataclass(slots=True, eq=False)
class Candidate:
    """All evidence for one span: votes by label and the sources that proposed it.

    language, vehicle: what the words beside the span say that it names, which bars all proposals for it, or those of
    weak sources. context: what `_context` says, once it was asked.
    """

    start: int
    end: int
    surface: str
    language: bool
    vehicle: bool
    votes: dict[str, float] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    context: Context | None = None

    @property
    def alone(self) -> bool:
        """Whether all sources are weak ones."""
        return self.sources <= MERELY_PROPOSED

    @property
    def length(self) -> int:
        """Characters of the span."""
        return self.end - self.start

    @property
    def weight(self) -> float:
        """Sum of all votes."""
        return sum(self.votes.values())


@dataclass(frozen=True, slots=True)
class Context:
    """What the words around a span say: an office before it, a role beside it, the weight of a place cue."""

    office: bool
    role: bool
    place: float


NO_CONTEXT = Context(False, False, 0.0)
Board = dict[Span, Candidate]


def gather(text: str, proposals: Iterable[Proposal], board: Board, known: Gazetteer) -> list[Candidate]:
    """Put proposals for the same span together on the board; gives all its candidates in text order."""
    for start, end, label, source, weight in proposals:
        candidate = board.get((start, end))
        if candidate is None:
            surface = text[start:end]
            language = is_language(text, start, end, known)
            candidate = Candidate(start, end, surface, language, is_vehicle(text, start))
            board[start, end] = candidate
        weak = source in MERELY_PROPOSED
        if candidate.language or (weak and candidate.vehicle):
            continue
        if candidate.alone and not weak:
            candidate.context = None  # of a span that was alone so far
        candidate.sources.add(source)
        candidate.votes[label] = candidate.votes.get(label, 0.0) + weight
    return [c for span in sorted(board) if (c := board[span]).sources]


def select(text: str, candidates: Sequence[Candidate], known: Gazetteer) -> list[Candidate]:
    """Candidates without overlaps: the longest name wins, but a merely proposed one yields to a firm one it only cuts.

    Anchors beat what they partly overlap; a model span that reaches over a firm span by less than a word yields.
    The candidates must stand in text order.
    """
    chosen: list[Candidate] = []
    for group in _overlapping(candidates):
        if len(group) > 1:
            chosen += _settled(text, group, known)
        elif group[0].sources != GAZETTEER_ALONE:
            chosen += group
    return chosen


def _overlapping(candidates: Sequence[Candidate]) -> Iterator[Sequence[Candidate]]:
    """The candidates in groups that nothing outside overlaps; most are alone."""
    first = end = 0
    for i, c in enumerate(candidates):
        if c.start >= end and i:
            yield candidates[first:i]
            first = i
        if c.end > end:
            end = c.end
    if candidates:
        yield candidates[first:]


def _settled(text: str, group: Sequence[Candidate], known: Gazetteer) -> list[Candidate]:
    """Those of some overlapping candidates that stand, in text order."""
    links = [c for c in group if "link" in c.sources]
    over = [
        c
        for c in group
        if (links and _crosses_link(c, links)) or (c.alone and _runs_over(text, c, group, known))
    ]
    rivals = [c for c in group if c not in over] if over else group
    taken: list[Candidate] = []
    for c in sorted(rivals, key=_rank):
        if c.sources == GAZETTEER_ALONE and not any(d.start <= c.start < d.end for d in over):
            continue
        if all(c.end <= d.start or d.end <= c.start for d in taken):
            taken.append(c)
    return sorted(taken, key=attrgetter("start"))


RE_NAME_TO = re.compile(r"[^\W\d_]+ (?:to|from|in|into|and|with|against|for|near)(?: the)? ")
GAZETTEER_ALONE = frozenset(("gazetteer",))


def _crosses_link(c: Candidate, links: Sequence[Candidate]) -> bool:
    return "link" not in c.sources and any(_crosses(c, d) for d in links)


def _runs_over(text: str, c: Candidate, candidates: Sequence[Candidate], known: Gazetteer) -> bool:
    """Whether the model alone proposes a span that only strings firm names together (`Balkans Albania`).

    It does where a link begins at its start and ends before its end, or where known names tile it.
    """
    inside = [d for d in candidates if d is not c and c.start <= d.start and d.end <= c.end]
    if not inside:
        return False
    if any("link" in d.sources and d.start == c.start for d in inside):
        return True
    if c.votes.keys() <= {"LAW", "EVENT"}:
        places = {(d.start, d.end) for d in inside if d.sources & {"known", "gazetteer"}}
        heads = [d for d in inside if "head" in d.sources and d.start == c.start]
        if any((d.end + 1, c.end) in places for d in heads):
            return True  # `by the Treaty of Rhandeia Ctesiphon recovered`
    firm = sorted((d for d in inside if d.sources & {"known", "link", "gazetteer"}), key=lambda d: d.start)
    if not firm or "known" not in firm[-1].sources:
        return False
    if set(c.votes) == {"WORK_OF_ART"} and firm[-1].end == c.end:
        # `from Petsamo to the Soviet Union`: words between two names are no title, unless quoted.
        quoted = text[max(0, c.start - 1)] in "\"“‘'"
        return not quoted and RE_NAME_TO.fullmatch(text, c.start, firm[-1].start) is not None
    if len(firm) < 2:
        return False
    first, last = (text[d.start : d.end] for d in (firm[0], firm[-1]))
    if first in known.nations and last in known.lands:
        return firm[0].start == c.start and firm[-1].end == c.end  # `Ukrainian Donbas`, but not `Swiss Alps`
    if firm[0].votes.get("NORP") or not firm[-1].votes.get("GPE"):
        return False  # `Western China`, `Dutch Formosa` and `Washington Metro` are names, `Balkans Albania` is two
    covered = sum(d.length for d in firm) + len(firm) - 1
    return covered >= c.length and "-" not in text[c.start : c.end]


def _crosses(a: Candidate, b: Candidate) -> bool:
    """Whether two spans overlap and neither holds the other."""
    return a.start < b.start < a.end < b.end or b.start < a.start < b.end < a.end


HEADED = frozenset(("head", "event", "known"))


def _rank(c: Candidate) -> tuple[float, float, int]:
    """Sort key: the longer first; at nearly equal length the firmer evidence."""
    bonus = 3 * ("link" in c.sources) + (not HEADED.isdisjoint(c.sources))
    return (c.start - c.end - bonus, -c.weight, c.start)


def label_candidates(text: str, chosen: Sequence[Candidate], lexicon: Lexicon) -> Labels:
    """One label for every surface of the page, by the votes of all its occurrences and of the words around them.

    Returns: (start, end) → (label, share of the votes that went to it).
    """
    by_surface: dict[str, dict[str, float]] = defaultdict(dict)
    for c in chosen:
        if c.context is None:
            c.context = _context(text, c, lexicon)
        cast: Iterable[tuple[str, float]] = c.votes.items()
        if c.context is not NO_CONTEXT:
            cast = [*cast, *_context_votes(c, c.context)]
        for label, weight in cast:
            if label:
                votes = by_surface[c.surface]
                votes[label] = votes.get(label, 0.0) + weight
    _share_surnames(by_surface)
    decided = {surface: _elected(votes) for surface, votes in by_surface.items()}
    return {(c.start, c.end): decided[c.surface] for c in chosen if c.surface in decided}


def _elected(votes: Mapping[str, float]) -> tuple[str, float]:
    if len(votes) == 1:
        return next(iter(votes)), 1.0
    best = min(votes, key=lambda label: (-votes[label], label))
    return best, votes[best] / sum(votes.values())


RE_PLACE_CUE = re.compile(r"\b(?:in|at|near|outside)\s+(?:the\s+)?$")
RE_PLACE_NOUN = re.compile(
    r"\b(?:towns?|cit(?:y|ies)|villages?|ports?|parish(?:es)?|municipalit(?:y|ies)|provinces?|districts?|count(?:y|ies)|capital|suburbs?|"
    r"settlements?|communes?|fortress|garrison|region|outskirts|surrender|siege|battle|fall|capture|mayor|governor|bishop|archbishop)"
    r"(?:\s+of|,)\s+(?:the\s+)?$"
)
# `was carried to Artaxata`, `burned Artaxata`
RE_PLACE_VERB = re.compile(
    r"\b(?:(?:carried|marched|went|came|fled|sailed|returned|moved|brought|travell?ed|flew|retreated|withdrew|advanced|escaped"
    r"|exiled|banished|deported|journeyed|rode)(?: \w+){0,2} to|burned|burnt|sacked|besieged|stormed|retook|laid waste"
    r"|laid siege to|occupied|garrisoned|plundered|razed|annexed|fortified)\s+(?:the\s+)?$"
)
# How the last word but `the` ends where one of the three patterns holds.
PLACE_CUE_ENDS = ("in", "at", "near", "outside")
PLACE_NOUN_ENDS = ("of", ",")
PLACE_VERB_ENDS = (
    "to", "burned", "burnt", "sacked", "besieged", "stormed", "retook", "waste", "occupied", "garrisoned", "plundered",
    "razed", "annexed", "fortified",
)  # fmt: skip
W_PLACE, W_PLACE_NOUN, W_ROLE = 0.7, 1.6, 1.2


def _context(text: str, c: Candidate, lexicon: Lexicon) -> Context:
    """Role and place are read only if no other evidence than the model's stands for the span."""
    before = text[max(0, c.start - 40) : c.start]
    words = before.rsplit(None, 3)
    last = words[-1] if words else ""
    office = (
        last in lexicon.office_ends
        and before[-1] == " "
        and any(" ".join(words[-n:]) in lexicon.offices for n in (1, 2, 3))
    )
    place = _place(before, words) if c.alone else 0.0
    role = c.alone and _has_role(text, c.start, c.end, last, lexicon)
    return Context(office, role, place) if office or role or place else NO_CONTEXT


def _place(before: str, words: list[str]) -> float:
    """Weight of a place cue at the end of `before`, whose words are given: they say which pattern can hold at all."""
    last = words[-2:-1] if words[-1:] == ["the"] else words[-1:]
    if not last or not before[-1].isspace():
        return 0.0
    if last[0].endswith(PLACE_NOUN_ENDS) and RE_PLACE_NOUN.search(before):
        return W_PLACE_NOUN
    if last[0].endswith(PLACE_VERB_ENDS) and RE_PLACE_VERB.search(before):
        return W_PLACE_NOUN
    return W_PLACE if last[0].endswith(PLACE_CUE_ENDS) and RE_PLACE_CUE.search(before) else 0.0


def _context_votes(c: Candidate, context: Context) -> Iterator[tuple[str, float]]:
    """Votes of the words around a name."""
    if context.office:
        yield "PERSON", W_TITLE
    if context.role:
        yield "PERSON", W_ROLE
    elif context.place:
        yield next((label for label in ("GPE", "LOC", "FAC") if label in c.votes), "GPE"), context.place


RE_ROLE_BEFORE = re.compile(r"([a-z]+)\s$")
RE_SMALL_END = re.compile(r"[a-z]+$")
RE_ROLE_BEHIND = re.compile(
    r",\s(?:the\s|a\s|an\s|his\s|her\s|its\s|then\s|now\s)?(?:[A-Z]?[a-z]+\s){0,2}?([a-z]+)\b"
)


RE_KIN_BEFORE = re.compile(r"([a-z]+) of $")
RE_KIN_BEHIND = re.compile(r"['’]s (?:[a-z]+ )?([a-z]+)\b")


def _has_role(text: str, start: int, end: int, last: str, lexicon: Lexicon) -> bool:
    """Whether a word for a person stands right before the name (`his brother X`) or in apposition (`X, king of`), or
    a relative beside it (`daughter of X`, `X's wife`). `last` is the word before the name."""
    if last[-1:].islower():
        word = RE_SMALL_END.search(last)
        if word and word.group() in lexicon.roles:
            before = RE_ROLE_BEFORE.search(text, max(0, start - 24), start)
            if before and before[1] in lexicon.roles:
                return True
        before = RE_KIN_BEFORE.search(text, max(0, start - 24), start) if last == "of" else None
        if before and before[1] in lexicon.kin:
            return True
    sign = text[end : end + 1]
    if sign in ("'", "’"):
        behind = RE_KIN_BEHIND.match(text, end, end + 40)
        return behind is not None and behind[1] in lexicon.kin
    behind = RE_ROLE_BEHIND.match(text, end, end + 48) if sign == "," else None
    return behind is not None and behind[1] in lexicon.roles


RE_NUMERAL = re.compile(r"[IVX]+")


def calling(words: Sequence[str]) -> int:
    """Index of the word that a person is called by alone: the surname, but `Louis` of Louis XIV or Louise of Savoy."""
    return 0 if RE_NUMERAL.fullmatch(words[-1]) or words[1] in ("the", "of") else -1


def _share_surnames(by_surface: Mapping[str, dict[str, float]]) -> None:
    """A full personal name vouches for its surname: `Risto Ryti` makes `Ryti` a person elsewhere."""
    surnames: Counter[str] = Counter()
    for surface, votes in by_surface.items():
        if "PERSON" not in votes or surface.isalpha():
            continue
        parts = surface.split()
        if len(parts) > 1 and max(votes, key=votes.__getitem__) == "PERSON":
            surnames[parts[calling(parts)]] += 2
            for i in range(1, len(parts)):
                if parts[i][:1].islower():
                    surnames[" ".join(parts[i:])] += 2
                    break
    for surname, weight in surnames.items():
        if surname in by_surface:
            votes = by_surface[surname]
            votes["PERSON"] = votes.get("PERSON", 0.0) + weight
            votes["NORP"] = 0.0


def joined_persons(text: str, labels: Labels, realms: Container[str]) -> list[Proposal]:
    """Names of persons that were found in two parts, as `_one_person` and `_person_of_place` say."""
    found = []
    for ((start, a), (first, _)), ((b, end), (second, _)) in pairwise(labels.items()):
        if first != "PERSON" or b - a > len(" of the "):
            continue
        if second == "PERSON" and _one_person(text[start:a], text[a:b], text[b:end]):
            found.append(Proposal(start, end, "PERSON", "page", 2.0))
        elif second in ("GPE", "LOC") and _person_of_place(text[start:a], text[a:b], text[b:end], realms):
            found.append(Proposal(start, end, "PERSON", "page", 3.0))
    return found


def _one_person(first: str, between: str, second: str) -> bool:
    """Given name and surname (`Karl-August`, `Fagerholm`) or byname (`Pliny`, `Elder`) that were found apart."""
    if between == " the ":
        return " " not in second
    return between == " " and (" " not in first or " " not in second)


RE_SINGLE_WORD = re.compile(r"[^\W\d_]+")


def _person_of_place(first: str, between: str, second: str, realms: Container[str]) -> bool:
    """`Maurice of Nassau`: a given name with the place behind it is one name; `Artavasdes of Armenia` names a realm."""
    given = between in (" of ", " of the ") and RE_SINGLE_WORD.fullmatch(first) is not None
    return given and second not in realms
