"""One decision per span: which proposals stand, and with which label, on the evidence of the whole page."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.annotate.names.gazetteer import Gazetteer
from pipeline.annotate.names.lexicon import FUNCTION_WORDS, Lexicon
from pipeline.annotate.names.proposals import RULERS, W_SLIP, W_TITLE, Proposal
from pipeline.spelling import is_slip

# (start, end) of a decided name → its label and the share of the votes that went to it.
Labels = dict[tuple[int, int], tuple[str, float]]
# A surface's other occurrences on the page count this much beside the evidence at the place itself.
PAGE_SHARE = 0.6


@dataclass(slots=True)
class Candidate:
    """All evidence for one span: votes by label and the sources that proposed it."""

    start: int
    end: int
    votes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    sources: set[str] = field(default_factory=set)

    @property
    def length(self) -> int:
        """Characters of the span."""
        return self.end - self.start

    @property
    def weight(self) -> float:
        """Sum of all votes."""
        return sum(self.votes.values())


def gather(proposals: Iterable[Proposal]) -> list[Candidate]:
    """Proposals for the same span put together, in text order."""
    by_span: dict[tuple[int, int], Candidate] = {}
    for p in proposals:
        candidate = by_span.setdefault((p.start, p.end), Candidate(p.start, p.end))
        candidate.sources.add(p.source)
        candidate.votes[p.label] += p.weight
    return [by_span[k] for k in sorted(by_span)]


def select(text: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates without overlaps: the longest name wins, but a merely proposed one yields to a firm one it only cuts.

    Anchors beat what they partly overlap; a model span that reaches over a firm span by less than a word yields.
    """
    starts = [c.start for c in candidates]
    longest = max((c.length for c in candidates), default=0)

    def near(c: Candidate) -> Sequence[Candidate]:
        return candidates[bisect_left(starts, c.start - longest) : bisect_left(starts, c.end)]

    over = [c for c in candidates if _runs_over(text, c, near(c))]
    seconded = {i for c in over for i in range(c.start, c.end)}
    dropped = {id(c) for c in over}
    candidates = [c for c in candidates if id(c) not in dropped]
    taken: list[Candidate] = []
    occupied: set[int] = set()
    for c in sorted(candidates, key=_rank):
        if c.sources == {"gazetteer"} and c.start not in seconded:
            continue
        if occupied.isdisjoint(range(c.start, c.end)):
            taken.append(c)
            occupied.update(range(c.start, c.end))
    return sorted(taken, key=lambda c: c.start)


def _runs_over(text: str, c: Candidate, candidates: Sequence[Candidate]) -> bool:
    """Whether the model alone proposes a span that only strings firm names together (`Balkans Albania`).

    It does where a link begins at its start and ends before its end, or where known names tile it.
    """
    if "link" not in c.sources and any(_crosses(c, d) for d in candidates if "link" in d.sources):
        return True
    if not c.sources <= {"model", "page"}:
        return False
    inside = [d for d in candidates if d is not c and c.start <= d.start and d.end <= c.end]
    if any("link" in d.sources and d.start == c.start for d in inside):
        return True
    firm = sorted((d for d in inside if d.sources & {"known", "link", "gazetteer"}), key=lambda d: d.start)
    if (
        len(firm) < 2
        or "known" not in firm[-1].sources
        or not firm[-1].votes.get("GPE")
        or firm[0].votes.get("NORP")
    ):
        return False  # `Western China` and `Washington Metro` are names, `Balkans Albania` is two
    covered = sum(d.length for d in firm) + len(firm) - 1
    return covered >= c.length and "-" not in text[c.start : c.end]


def _crosses(a: Candidate, b: Candidate) -> bool:
    """Whether two spans overlap and neither holds the other."""
    return a.start < b.start < a.end < b.end or b.start < a.start < b.end < a.end


def _rank(c: Candidate) -> tuple[float, float, int]:
    """Sort key: the longer first; at nearly equal length the firmer evidence."""
    bonus = 3 * ("link" in c.sources) + 1 * bool(c.sources & {"head", "event", "known"})
    return (-(c.length + bonus), -c.weight, c.start)


def label_candidates(text: str, chosen: Sequence[Candidate], lexicon: Lexicon, contexts: Contexts) -> Labels:
    """The label of each chosen span, from its own votes and those of the same surface elsewhere on the page.

    `contexts` is a memo that the passes over one page share.
    Returns: (start, end) → (label, share of the votes that went to it).
    """
    by_surface: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for c in chosen:
        _add_context(text, c, lexicon, contexts)
        for label, votes in c.votes.items():
            if label:
                by_surface[text[c.start : c.end]][label] += votes
    _share_surnames(text, chosen, by_surface)
    labels: Labels = {}
    for c in chosen:
        surface = text[c.start : c.end]
        total: dict[str, float] = defaultdict(float)
        for label, votes in by_surface[surface].items():
            total[label] += PAGE_SHARE * votes
        for label, votes in c.votes.items():
            if label:
                total[label] += (1 - PAGE_SHARE) * votes
        if not total:
            continue
        best = min(total, key=lambda k: (-total[k], k))
        labels[(c.start, c.end)] = (best, total[best] / sum(total.values()))
    return labels


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
W_PLACE, W_PLACE_NOUN, W_ROLE = 0.7, 1.6, 1.2


@dataclass(frozen=True, slots=True)
class Context:
    """What the words around a span say: an office before it, a role beside it, the weight of a place cue."""

    office: bool
    role: bool
    place: float


Contexts = dict[tuple[int, int], Context]


def _context(text: str, start: int, end: int, lexicon: Lexicon) -> Context:
    before = text[max(0, start - 40) : start]
    words = before.split()
    office = before.endswith(" ") and any(" ".join(words[-n:]) in lexicon.offices for n in (1, 2, 3))
    noun = RE_PLACE_NOUN.search(before) or RE_PLACE_VERB.search(before)
    place = W_PLACE_NOUN if noun else W_PLACE if RE_PLACE_CUE.search(before) else 0.0
    return Context(office, _has_role(text, start, end, lexicon), place)


def _add_context(text: str, c: Candidate, lexicon: Lexicon, contexts: Contexts) -> None:
    """Votes of the words around a name; roles and places only where no table or link knows it."""
    context = contexts.get((c.start, c.end))
    if context is None:
        context = contexts[(c.start, c.end)] = _context(text, c.start, c.end, lexicon)
    if context.office:
        c.votes["PERSON"] += W_TITLE
    if not c.sources <= {"model", "page"}:
        return
    if context.role:
        c.votes["PERSON"] += W_ROLE
    elif context.place:
        place = next((label for label in ("GPE", "LOC", "FAC") if c.votes[label]), "GPE")
        c.votes[place] += context.place


RE_ROLE_BEFORE = re.compile(r"([a-z]+)\s$")
RE_ROLE_BEHIND = re.compile(
    r",\s(?:the\s|a\s|an\s|his\s|her\s|its\s|then\s|now\s)?(?:[A-Z]?[a-z]+\s){0,2}?([a-z]+)\b"
)


def _has_role(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a word for a person stands right before the name (`his brother X`) or in apposition (`X, king of`)."""
    before = RE_ROLE_BEFORE.search(text, max(0, start - 24), start)
    if before and before[1] in lexicon.roles:
        return True
    behind = RE_ROLE_BEHIND.match(text, end, end + 48)
    return behind is not None and behind[1] in lexicon.roles


def _share_surnames(text: str, chosen: Sequence[Candidate], by_surface: dict[str, dict[str, float]]) -> None:
    """A full personal name vouches for its surname: `Risto Ryti` makes `Ryti` a person elsewhere."""
    surnames: Counter[str] = Counter()
    for surface, votes in by_surface.items():
        parts = surface.split()
        if len(parts) > 1 and max(votes, key=lambda label: votes[label]) == "PERSON":
            surnames[parts[_calling(parts)]] += 2
            for i in range(1, len(parts)):
                if parts[i][:1].islower():
                    surnames[" ".join(parts[i:])] += 2
                    break
    for surname, weight in surnames.items():
        if surname in by_surface:
            by_surface[surname]["PERSON"] += weight
            by_surface[surname]["NORP"] *= 0


def joined_persons(text: str, labels: Labels, realms: Container[str]) -> list[Proposal]:
    """Given name and surname (`Karl-August`, `Fagerholm`) or byname (`Pliny`, `Elder`) that were found apart."""
    found = []
    spans = sorted(labels)
    for (a, b), (c, d) in pairwise(spans):
        both = labels[(a, b)][0] == labels[(c, d)][0] == "PERSON"
        byname = text[b:c] == " the " and " " not in text[c:d]
        if both and (byname or (text[b:c] == " " and (" " not in text[a:b] or " " not in text[c:d]))):
            found.append(Proposal(a, d, "PERSON", "page", 2.0))
    return found + _persons_of_places(text, labels, realms)


RE_SINGLE_WORD = re.compile(r"[^\W\d_]+")


def _persons_of_places(text: str, labels: Labels, realms: Container[str]) -> list[Proposal]:
    """`Maurice of Nassau`: a given name with the place behind it is one name; `Artavasdes of Armenia` names a realm."""
    found = []
    for (a, b), (c, d) in pairwise(sorted(labels)):
        placed = labels[(a, b)][0] == "PERSON" and labels[(c, d)][0] in ("GPE", "LOC")
        if (
            placed
            and text[b:c] in (" of ", " of the ")
            and RE_SINGLE_WORD.fullmatch(text, a, b)
            and text[c:d] not in realms
        ):
            found.append(Proposal(a, d, "PERSON", "page", 3.0))
    return found


# A word that goes on with a capital or a dash is likely part of another name.
RE_RUNS_ON = re.compile(r"[ -][A-Z]|-\w")


def repeats(text: str, spans: Sequence[tuple[int, int]], labels: Labels) -> list[Proposal]:
    """Every occurrence of the page's decided names and of its persons' surnames: new ones, and a vote for the known."""
    surfaces: dict[str, str] = {}
    for (start, end), (label, _share) in sorted(labels.items()):
        name = text[start:end]
        if _repeatable(name):
            surfaces.setdefault(name, label)
        if label == "PERSON" and " " in name:
            words = name.split()
            alone = words[_calling(words)]
            if _repeatable(alone):
                surfaces.setdefault(alone, "PERSON")
    if not surfaces:
        return []
    pattern = re.compile(
        r"(?<![\w-])(?:"
        + "|".join(re.escape(s) for s in sorted(surfaces, key=lambda s: (-len(s), s)))
        + r")(?![\w])"
    )
    return [
        Proposal(m.start(), m.end(), surfaces[m.group()], "page", 1.0)
        for a, b in spans
        for m in pattern.finditer(text, a, b)
        if m.span() in labels or not RE_RUNS_ON.match(text, m.end())
    ]


RE_NUMERAL = re.compile(r"[IVX]+")


def _calling(words: Sequence[str]) -> int:
    """Index of the word that a person is called by alone: the surname, but `Louis` of Louis XIV or Louise of Savoy."""
    return 0 if RE_NUMERAL.fullmatch(words[-1]) or words[1] in ("the", "of") else -1


RE_LONG_WORD = re.compile(r"(?<![\w-])[^\W\d_a-z][^\W\d_]{5,}(?![\w-])")


def slips(text: str, spans: Sequence[tuple[int, int]], labels: Labels, tables: Gazetteer) -> list[Proposal]:
    """Misspelt names that no table knows (`Constantinpole`): one slip from a name that the page decides elsewhere."""
    surfaces: dict[str, str] = {}
    for (start, end), (label, _share) in sorted(labels.items()):
        for word in (
            {text[start:end], text[start:end].split()[-1]} if label == "PERSON" else {text[start:end]}
        ):
            if " " not in word and len(word) > 6:
                surfaces.setdefault(word, label)
    by_initial: dict[str, list[str]] = defaultdict(list)
    for surface in sorted(surfaces):
        by_initial[surface[0]].append(surface)
    found = []
    for a, b in spans:
        for m in RE_LONG_WORD.finditer(text, a, b):
            word = m.group()
            if word in surfaces or tables.knows(word):
                continue
            near = [s for s in by_initial.get(word[0], ()) if _resembles(word, s) and is_slip(word, s)]
            if len(near) == 1 and not _inflected(word, near[0]):
                found.append(Proposal(m.start(), m.end(), surfaces[near[0]], "slip", W_SLIP))
    return found


def _resembles(a: str, b: str) -> bool:
    """A cheap test that one slip cannot fail: nearly the same length, and the same start or end."""
    return abs(len(a) - len(b)) < 2 and (a[:3] == b[:3] or a[-3:] == b[-3:])


def _inflected(a: str, b: str) -> bool:
    """Whether two words differ in their ending only (`Albania`, `Albanian`): another form, no slip."""
    return a[:-2] == b[: len(a) - 2] or b[:-2] == a[: len(b) - 2]


def _repeatable(name: str) -> bool:
    """Whether another occurrence of the bare surface is the same name: no common word, no single letter."""
    return len(name) > 2 and name[0].isupper() and name.lower() not in FUNCTION_WORDS and name not in RULERS
