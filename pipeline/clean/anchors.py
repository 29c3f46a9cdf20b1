"""Where does an inline anchor start? (layouts that end the line behind the anchor and name the linked
title)
"""

from __future__ import annotations

import re

from pipeline.clean.blurbs import FUNCTION, VERBS, alike, like_any, tokens
from pipeline.clean.joins import ends_sentence
from pipeline.clean.words import word_set
from pipeline.facts import noun_label

MAX_WORDS = 14
MAX_CHARS = 160
# words that open a clause and no name
COUNTS = word_set("one two three four five six seven eight nine ten")
MONTHS = word_set("January February March April May June July August September October November December")
OPENERS = FUNCTION | word_set(
    "when while where if although though because but both many some several most all "
    "other another some this these those he she it they we however then there "
    "here so yet not no more him them us"
)
# offices stand before a name and outside its link more often than inside
OFFICES = word_set(
    "prime foreign defence defense interior minister premier president chancellor ambassador secretary "
    "general marshal admiral colonel king queen emperor tsar sultan prince princess pope senator governor "
    "mayor leader"
)
# what joins an event to a name: war with, partition of
LINKERS = word_set("of over with against in for on between")
# a word, or what follows an opening bracket, quotation mark or dash
RE_START = re.compile(r"(?:(?<=\s)|(?<=[(\[{\"“‘«–—/-])|(?<=\s')|(?<='')|^)(?=[^\s(\[{\"“‘«–—.,;:])")
# Georgia (country) | Cambridge, Massachusetts
RE_PARENTHESIS = re.compile(r"\s*\([^()]*\)$")


_Evidence = list[tuple[float, str]]


def base_title(title: str) -> str:
    """A title without what tells it from its namesakes: Georgia (country), Hirado, Nagasaki."""
    base = RE_PARENTHESIS.sub("", title)
    return base.split(",")[0] or base


def find_anchor(text: str, title: str, blurb: str) -> tuple[int, int, tuple[str, ...]]:
    """Span of the link's words at the end of `text`, with the evidence that won."""
    end = len(text.rstrip())
    low = max(0, end - MAX_CHARS)
    starts = [m.start() for m in RE_START.finditer(text, low, end) if m.start() < end][-MAX_WORDS:]
    if not text[:end].endswith("''"):
        starts = [at for at in starts if not text.startswith("''", at)]  # italics that go on behind the link
    target = _Target(title, blurb)
    for name in sorted(target.names, key=len, reverse=True):
        start = end - len(name)
        if (
            name
            and start in starts
            and text[start:end].casefold() == name
            and text[:start].split()[-1:] != ["of"]
        ):
            return start, end, ("is the title +14.0",)
    best, place, why = float("-inf"), end, _Evidence()
    for start in starts:
        found = _weigh(text, start, end, target)
        score = sum(points for points, _ in found)
        if score > best:
            best, place, why = score, start, found
    return place, end, tuple(f"{name} {points:+.1f}" for points, name in why if name)


class _Target:
    """The article that a link leads to: its title and the head of its blurb, as stems."""

    __slots__ = ("_in_blurb", "_in_title", "article", "blurb", "folded", "names", "title", "verb", "wanted")

    def __init__(self, title: str, blurb: str) -> None:
        base = RE_PARENTHESIS.sub("", title)
        self.names = {title.casefold(), base.casefold(), base.split(",")[0].casefold()}
        self.title, self.blurb = tokens(title), tokens(blurb[:200])
        self.wanted = [t for t in self.title if t not in FUNCTION]
        self.folded = f" {' '.join(self.blurb)} "
        # where the words of the blurb come to their verb
        self.verb = next((i for i, word in enumerate(self.blurb) if word in VERBS), len(self.blurb))
        self.article = int(self.blurb[:1] in (["the"], ["a"], ["an"]))
        self._in_title: dict[str, bool] = {}
        self._in_blurb: dict[str, bool] = {}

    def in_title(self, stem: str) -> bool:
        """Whether the title has a word, or one like it."""
        if stem not in self._in_title:
            # a king is no kingdom
            like = stem not in OFFICES and like_any(stem, self.title)
            self._in_title[stem] = stem in self.title or like
        return self._in_title[stem]

    def in_blurb(self, stem: str) -> bool:
        """Whether the head of the blurb has a word, or one like it."""
        if stem not in self._in_blurb:
            self._in_blurb[stem] = stem in self.blurb or like_any(stem, self.blurb)
        return self._in_blurb[stem]


def _weigh(text: str, start: int, end: int, target: _Target) -> _Evidence:
    anchor = text[start:end]
    words = anchor.split()
    found: _Evidence = [(-0.2 * len(words), "")]
    if anchor.casefold() in target.names:
        found.append((14.0, "is the title"))
    else:
        found += _naming(anchor, words, target)
        found += _inside(anchor, words, target.title)
    found += _border(text, start, words)
    return found


def _naming(anchor: str, words: list[str], target: _Target) -> _Evidence:
    """How title and blurb name the anchor."""
    names, title, wanted = target.names, target.title, target.wanted
    stems = tokens(anchor)
    content = [s for s in stems if s not in FUNCTION]
    if content and content == wanted:
        return [(11.0, "is the title in another form")]
    found: _Evidence = []
    shared = sum(map(target.in_title, content))
    if shared:
        found.append((2.5 * shared / len(content), f"{shared} of {len(content)} words are the title's"))
        covered = sum(any(alike(t, s) for s in content) for t in wanted)
        found.append((4.0 * covered / max(1, len(wanted)), f"{covered} of the title's {len(wanted)} words"))
    said = all(map(target.in_blurb, content))
    if said and len(content) > 1:
        found.append((0.5 * min(3, len(content)), "the blurb has all its words"))
    high = anchor[0].isupper() and words[0].lower() not in FUNCTION
    if content and said and (len(content) > 1 or high) and f" {' '.join(stems)} " in target.folded:
        # a single word only where the blurb gives its names: what follows the verb has articles of its own
        subject = len(content) > 1 or stems[-1] in title or stems[-1] in target.blurb[: target.verb]
        found.append((2.0, "the blurb says it") if subject else (0.3, "the blurb mentions it"))
        if len(words) > 2 and high and anchor.casefold().endswith(tuple(f"of {n}" for n in names)):
            found.append((14.0, "a longer name of the title, said by the blurb"))
    lost = sum(not (target.in_blurb(s) or target.in_title(s)) for s in content)
    if lost:
        found.append((-0.5 * lost, f"{lost} words never named"))
    event = False
    if len(words) > 2 and words[0].islower() and words[1] in LINKERS and words[-1][0].isupper():
        # the war over Armenia, led to by Roman–Parthian War: the name alone would have led to its own article
        own = stems[-1] not in title or _complement(words[-1], names)
        event = own and noun_label(words[0]) in ("EVENT", "LAW")
        if event:
            found.append((3.0, "an event and whose"))
    if stems and target.blurb[target.article : target.article + len(stems)] == stems and high:
        found.append((3.0, "the blurb starts with it"))
    elif not event and shared and _complement(" ".join(words[_unnamed(words, target) :]), names):
        found.append((-4.5, "only the complement of the title"))
    if len(words) == 1 and len(anchor) > 1 and anchor.isupper() and _initials(anchor, title, target.blurb):
        found.append((4.0, "initials of the title"))
    return found


def _unnamed(words: list[str], target: _Target) -> int:
    """Number of the words at the start that the title does not have."""
    for n, word in enumerate(words):
        if any(map(target.in_title, tokens(word))):
            return n
    return 0


def _complement(text: str, names: set[str]) -> bool:
    """Whether a title ends in `of TEXT`: what it is about, not what it is."""
    return any(
        n.endswith(f" {p} {text.casefold()}") for n in names for p in ("of", "for", "in", "on", "with")
    )


def _inside(anchor: str, words: list[str], title: list[str]) -> _Evidence:
    """What no anchor looks like, unless the title does too."""
    found: _Evidence = []
    if words[0].lower() in OPENERS or words[0] in COUNTS:
        found.append((-3.0, "starts with a function word"))
    if words[0].lower() in OFFICES and words[0].lower() not in title:
        found.append((-1.5, "starts with an office"))
    if words[0].isdigit():
        found.append((-1.0 if words[0] not in title else 0.5, "starts with a number"))
    if all(w.isdigit() for w in words):
        found.append((-2.0, "a bare number"))
    if words[0][0].isupper() and words[-1][0].islower() and words[0].casefold() not in title:
        found.append((-1.5, "starts high, ends low"))
    if anchor.count("(") != anchor.count(")"):
        found.append((-15.0, "brackets unbalanced"))
    if "," in anchor or ";" in anchor:
        found.append((-2.0, "comma inside"))
    if any(w[-1] in ".!?" and ends_sentence(w) for w in words[:-1]):
        found.append((-3.0, "sentence end inside"))
    if any(w in ("and", "or", "is", "was", "were", "are") for w in words):
        found.append((-1.0, "joins two things"))
    return found


def _border(text: str, start: int, words: list[str]) -> _Evidence:
    """What stands before the anchor."""
    found: _Evidence = []
    preceding = text[:start].split()
    before = preceding[-1] if preceding else ""
    if words[0] in MONTHS and before.isdigit():
        found.append((-3.0, "splits a date"))
    if words[0].lower() in COUNTS and (not before or ends_sentence(before)):
        found.append((-3.0, "starts with a number"))
    low, high = words[0][0].islower(), words[0][0].isupper()
    in_name = (
        len(preceding) > 1
        and before[:1].isupper()
        and before[-1] not in ',;:!?)"”'
        and not ends_sentence(before)
        and before.lower() not in OPENERS
    )
    if before.lower() in OFFICES:
        found.append((0.5, f"behind {before}"))
    elif before.lower() in OPENERS or before.lower() in COUNTS:
        found.append((0.3 if before == "of" else 1.0, f"behind {before}"))
    elif start and text[start - 1] in '("“[':
        found.append((1.0, "behind an opening mark"))
    if high and in_name and before.lower() not in OFFICES:
        found.append((-1.5, "cuts a run of capitals"))
    elif high:
        found.append((0.7, "starts a run of capitals"))
    elif low and in_name:
        found.append((-2.0, "splits a name"))
    elif words[-1][0].isupper() and words[0][0].isalnum():
        found.append((-0.7, "starts low, ends high"))
    if start and text[start - 1] in "-–—/":
        found.append((-2.0, "behind a dash"))
    return found


def _initials(anchor: str, title: list[str], blurb: list[str]) -> bool:
    letters = anchor.casefold()
    for words in (title, blurb[:12]):
        text = "".join(w[0] for w in words if w not in FUNCTION)
        if letters in text:
            return True
    return False
