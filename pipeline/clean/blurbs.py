"""Where does the anchor end and the blurb begin? And what is a blurb?

The scrapes put no mark between a link's words and its blurb. Each possible boundary gets points for the evidence that
speaks for it; the best sum wins, and the evidence is kept for `clean --explain`. The weights are argued and
then checked on
generated pages: a blurb that names its subject again (5) outweighs everything but a broken form (a blurb that starts in
mid-sentence, -4); the mirror's cut (3) decides between boundaries that are equally well formed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from operator import add

from pipeline.clean.words import word_set

# --- form of a blurb
# , image_flag = Flag.svg | | name = X : fields leaked from an infobox
RE_FIELD = re.compile(r"[,|]?\s*[a-z]\w*(?:[ _]\w+){0,3}\s*=\s")
RE_FIELD_START = re.compile(r"[,|;]\s*[A-Za-z]\w*(?:[ _-]\w+){0,3}\s*=|[a-z]+_\w+\s*=")
# X may refer to: | X can mean
RE_REFER = re.compile(
    r"\b(?:may|can|could|might)(?: also| either)? (?:refer|mean|stand)\b"
    r"|\brefers? to (?:several|one of)\b|\bmost (?:commonly|often) refers to:"
)
# is a country | was an | refers to
RE_VERB = re.compile(
    r"\b(?:is|was|are|were|refers?|comprised|became|began|took place|may|has been|had been|denotes?|describes?|"
    r"occurred|started)\b"
)
VERB_WORDS = word_set(
    "is was are were refers refer comprised became began may denotes denote describes describe occurred started"
)
# , officially the | , also known as | , or the : a name and its other names
RE_ALSO = re.compile(
    r"[^,(]{0,89}[^,(\s],? (?:officially|formally|formerly|also|sometimes|commonly|often|better|originally|or|"
    r"known|born|abbreviated|short for)\b"
)
RE_BRACKET = re.compile(r"[^(,.]{1,90} \(")
# what the subject of a blurb ends at: its first bracket, comma or verb
RE_SUBJECT_END = re.compile(r"[(,;:]|\s(?:is|was|are|were|refers|may|or)\s")
SUBJECT_CHARS = 100
# is a city in | (; ) is a newspaper | , informally Holland, is | or Deshima, was: the scrape lost the subject, a name
# in another script with its template
RE_LOST = re.compile(
    r"(?:\([\s,;:]*\),? )?(?:is|was|are|were|refers) |, (?=[^\W_])|or [A-Z]|\([\s,;]*\)"
    r"|\([^()]{0,160}\),? (?:is|was|are|were) "
)
# a comma or bracket of its own, which only stands behind a lost word
STRAYS = frozenset((",", ";", ":", "(", ")", "()", "(,", "(;", "(;)", "or"))
RE_ROMAN = re.compile(r"(?!I\s[a-z])[IVXL]+(?=[\s,(])")
# the first word of a blurb that names no subject
STARTERS = word_set(
    "The A An In On At After During From Since Between Following Throughout Before By For Under This "
    "These There Over When While Beginning As Until With Within"
)
ARTICLE_STARTS = frozenset(("The", "A", "An", "In", "On"))
ARTICLES = frozenset(("the", "a", "an"))
FUNCTION = word_set(
    "the a an of and or in on at to by for from with as into between against during under over after "
    "before until since is are was were that which who its his her their than de la le el von van der den "
    "du di da del dos des"
)
HONORIFICS = word_set(
    "sir lord lady baron count prince princess king queen emperor general marshal dr saint pope chief "
    "archduke cardinal"
)
# of these, the ones that no anchor ends in (Sun King, the Marshal and Attorney General do)
PREFIXES = HONORIFICS - word_set("prince princess king queen emperor general marshal cardinal")
OPENING = "\"'“‘«([¡¿$£€#*"
VERBS = frozenset(("is", "was", "were", "are", "has", "had"))
RE_WORD = re.compile(r"\S+")
RE_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
RE_DOTS = re.compile(r"\s?(?:\.\.\.|…)\s*$")

# --- the cut
# On the mirrors seen, an article's text is cut so that the blurb has at most 250 bytes of UTF-8, dots
# included, and loses up to nine more to trimmed white space (139 blurbs of two pages:
# 241-250 but for leaked infoboxes).
CUT_BYTES = (240, 250)
MAX_ANCHOR_WORDS = 16
MAX_ANCHOR_CHARS = 130
HEAD_CHARS = 290
FIRST_WORDS = 18
NAMED_AGAIN = 5.0
# Words named again bring less than this: 3 for all of them, 1.5 each for order and whole name, 2 for the spelling.
MOST_NAMED = 8.5


@dataclass(slots=True)
class Boundary:
    """A scored place for the end of the anchor; `anchor_end` and `blurb_start` are raw offsets.

    found: the evidence as (points, what); named: the blurb names the anchor again; defined: it holds a definition.
    """

    anchor_end: int
    blurb_start: int
    score: float
    found: tuple[tuple[float, str], ...]
    named: bool = False
    defined: bool = False

    def moved(self, shift: int) -> Boundary:
        """The same boundary so many characters on."""
        return Boundary(
            self.anchor_end + shift,
            self.blurb_start + shift,
            self.score,
            self.found,
            self.named,
            self.defined,
        )

    @property
    def evidence(self) -> tuple[str, ...]:
        """The evidence for reading."""
        return tuple(f"{name} {points:+.1f}" for points, name in self.found if name)


def stem(word: str) -> str:
    """A word without case, plural and possessive ending: enough to compare two namings."""
    word = word.casefold()
    if "’" in word:
        word = word.replace("’", "'")
    if word[-1:] != "s":
        return word
    if word[-2:] == "'s":
        word = word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


@lru_cache(maxsize=1 << 16)
def _stems(word: str) -> tuple[str, ...]:
    if word.isalpha():
        return (stem(word),)
    return tuple([stem(t) for t in RE_TOKEN.findall(word)])


def tokens(text: str) -> list[str]:
    """The words of a text as stems."""
    return [s for word in text.split() for s in _stems(word)]


def alike(one: str, other: str) -> bool:
    """Whether two stems name the same thing: equal, an initial, or one spelling of the other (Sergei,
    Sergey).
    """
    if one == other:
        return True
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0] and one[0].isalpha()
    shared = min(len(one), len(other))
    keep = max(4, shared - 2)
    return shared >= 4 and one[:keep] == other[:keep]


def like_any(one: str, others: list[str]) -> bool:
    """Whether a stem names the same thing as one of several."""
    if len(one) == 1:
        return any(o[0] == one for o in others)
    if len(one) < 4:
        return False
    start = one[:4]
    return any(o.startswith(start) and alike(one, o) for o in others)


@lru_cache(maxsize=1 << 14)
def _word_pairs(word: str) -> tuple[str, str, frozenset[str]]:
    """First and last letter of a word and the pairs of neighbours among its letters."""
    letters = "".join(filter(str.isalpha, word.casefold()))
    return letters[:1], letters[-1:], frozenset(map(add, letters, letters[1:]))


class _Pairs:
    """The pairs of neighbouring letters of words that are read as if nothing stood between them."""

    __slots__ = ("count", "found", "last")

    def __init__(self, words: list[str]) -> None:
        self.found: set[str] = set()
        self.count, self.last = 0, ""
        self.add(words)

    def add(self, words: list[str]) -> None:
        """Go on with more words."""
        found, before = self.found, self.last
        for word in words:
            first, last, pairs = _word_pairs(word)
            found |= pairs
            if first:
                if before:
                    found.add(before + first)
                before = last
        self.count, self.last = self.count + len(words), before


def byte_length(text: str) -> int:
    """Length in bytes of UTF-8, by which the mirrors cut."""
    return len(text) if text.isascii() else len(text.encode("utf8", "surrogatepass"))


def _total(found: list[tuple[float, str]]) -> float:
    total = 0.0
    for points, _ in found:  # not `sum`: it rounds otherwise from Python 3.12 on
        total += points
    return total


def _first(words: list[str], wanted: frozenset[str], none: int) -> int:
    """Number of the first word that is one of `wanted`; `none` without one."""
    if wanted.isdisjoint(words):
        return none
    return next(n for n, w in enumerate(words) if w in wanted)


class _Faults:
    """Where the first words of a stretch have what no anchor has: number of the first word, or a large one."""

    __slots__ = ("article", "first", "starts", "stop", "stray", "twice", "verb")

    def __init__(self, head: Head) -> None:
        words = head.words[: MAX_ANCHOR_WORDS + 1]
        many = len(head.raw)
        odd = not (words[0][0].isalnum() or words[0][0] in OPENING)
        self.stray = 0 if odd else _first(words, STRAYS, many)
        self.verb = _first(words, VERBS, many)
        ends = [n for n, w in enumerate(words) if w[-1] in ".!?;:,"]
        # a full stop behind more than an initial
        self.stop = next((n for n in ends if len(words[n]) > 3 and words[n][-1] != ","), many)
        self.starts: list[int] = []
        self.article = self._articles(head.words[: MAX_ANCHOR_WORDS + 9], many)
        self.twice = self._twice(head)
        # the first of all that is counted in words, brackets and quotation marks included
        mark = next((n for n, w in enumerate(words) if "(" in w or ")" in w or '"' in w), many)
        self.first = min(self.stray, self.verb, self.article, mark, ends[0] if ends else many)

    def _articles(self, words: list[str], many: int) -> int:
        """The first article that can start a sentence; `starts` has those that no preposition or other
        sentence start comes before.
        """
        if ARTICLE_STARTS.isdisjoint(words):
            return many
        articles = [n for n, w in enumerate(words) if n and w in ARTICLE_STARTS]
        self.starts = [
            n
            for n in articles
            if (left := words[n - 1])[-1] not in ".:!?”\"'" and left not in STARTERS and left not in FUNCTION
        ]
        return articles[0] if articles else many

    @staticmethod
    def _twice(head: Head) -> int:
        seen: set[str] = set()
        for n, stem in enumerate(head.stems):
            if len(stem) > 1 and stem not in FUNCTION:
                if stem in seen:
                    return n
                seen.add(stem)
        return len(head.raw)


class Head:
    """The start of a stretch that may be ANCHOR and BLURB, cut into words once for all candidates."""

    __slots__ = (
        "ascii",
        "count",
        "cut",
        "defined",
        "end",
        "faults",
        "pairs",
        "raw",
        "said",
        "single",
        "size",
        "spans",
        "start",
        "stems",
        "subject_end",
        "window",
        "words",
    )

    def __init__(
        self, raw: str, start: int, end: int, *, cut: bool, window: tuple[int, int] = CUT_BYTES
    ) -> None:
        self.raw, self.start, self.end, self.cut, self.window = raw, start, end, cut, window
        stop = min(end, start + HEAD_CHARS)
        self.words = raw[start:stop].split()
        # only the words that an anchor can have need a place
        self.spans = [m.span() for m in islice(RE_WORD.finditer(raw, start, stop), MAX_ANCHOR_WORDS + 2)]
        self.count = [0]  # number of stems before each word
        self.stems: list[str] = []
        self.said = ""
        self._stem(FIRST_WORDS)
        self.ascii = raw[start:end].isascii()
        self.size = end - start if self.ascii else byte_length(raw[start:end])
        self.subject_end = -1
        self.single = end, start  # where the last subject stood that says no name twice
        self.faults: _Faults | None = None
        self.pairs: _Pairs | None = None  # of the last anchor
        self.defined = (
            not VERB_WORDS.isdisjoint(self.words)
            or bool(RE_VERB.search(raw, start, stop))
            or bool(RE_REFER.search(raw, start, stop))
        )

    def _stem(self, words: int) -> None:
        """Have the stems of the first so many words; most links show themselves in these."""
        ready = len(self.count) - 1
        groups = [_stems(word) for word in self.words[ready:words]]
        self.stems += [s for group in groups for s in group]
        self.count += accumulate(map(len, groups), initial=self.count.pop())
        if words >= len(self.words):
            self.said = f" {' '.join(self.stems)} "

    def candidates(self) -> list[int]:
        """Numbers of words that the anchor can have, given the mirror's cut: those within it and a few
        behind.
        """
        found: list[int] = []
        inside = behind = 0
        low, high = self.window
        for k in range(1, min(len(self.words), MAX_ANCHOR_WORDS + 1)):
            if self.spans[k][0] - self.start > MAX_ANCHOR_CHARS:
                break
            if self.cut:
                size = self.blurb_size(k)
                if size > high:
                    continue
                inside += size >= low
                behind += size < low
                if behind > (2 if inside else 8):
                    break
            found.append(k)
        return found

    def repeated(self, candidates: list[int]) -> int:
        """The candidate behind which the first word comes again; 0 if none does."""
        words = self.words
        first = words[0]
        for k in candidates:
            if words[k] == first or (words[k] in ARTICLE_STARTS and words[k + 1 : k + 2] == [first]):
                return k
        return 0

    def blurb_size(self, k: int) -> int:
        """Bytes of the blurb behind an anchor of `k` words."""
        at = self.spans[k][0]
        return self.size - (at - self.start if self.ascii else byte_length(self.raw[self.start : at]))

    def subject(self, k: int) -> str:
        """What stands before the first bracket, comma or verb of the blurb behind `k` words."""
        at = self.spans[k][0]
        if at > self.subject_end:
            stop = min(self.end, at + HEAD_CHARS)
            match = RE_SUBJECT_END.search(self.raw, at, stop)
            self.subject_end = match.start() if match else stop
        return self.raw[at : min(self.subject_end, at + SUBJECT_CHARS)]

    def boundary(self, k: int, floor: float = -math.inf) -> Boundary:
        """The boundary behind `k` words with its points and evidence.

        One that cannot get `floor` points may get too few: which words it names again is not weighed.
        """
        found = self._anchor_form(k)
        found += self._blurb_form(k)
        kind = self._cut_and_kind(k)
        naming = self._naming(k, weigh=_total(found) + _total(kind) + MOST_NAMED >= floor)
        found.append(naming)
        if naming[0] < NAMED_AGAIN and self._splits(k):
            found.append((-2.0, "splits a name from its verb"))
        found += kind
        score = _total(found)
        named = naming[0] == NAMED_AGAIN
        return Boundary(self.spans[k - 1][1], self.spans[k][0], score, tuple(found), named, self.defined)

    def _splits(self, k: int) -> bool:
        """Tokugawa | Iemitsu was: likelier a name whose blurb lost it than two single names of one thing."""
        words = self.words
        behind = k + 1 < len(words) and words[k + 1] in VERBS and words[k] not in STARTERS
        return behind and words[k][0].isupper() and words[k - 1][0].isupper()

    def _cut_and_kind(self, k: int) -> list[tuple[float, str]]:
        """Points for where the mirror cut the blurb and for what it is."""
        found: list[tuple[float, str]] = []
        if self.cut:
            found.append(self._length(k))
        elif self.blurb_size(k) > self.window[1]:
            found.append((-6.0, "long and not cut"))
        if self.defined:
            found.append((1.0, "a definition"))
        return found

    def _length(self, k: int) -> tuple[float, str]:
        size = self.blurb_size(k)
        low, high = self.window
        if size > high:
            return -6.0, "longer than the cut"
        if size >= low:
            return 3.0, "cut where the mirror cuts"
        return -min(3.0, (low - size) / 20), "shorter than the cut"

    def _anchor_form(self, k: int) -> list[tuple[float, str]]:
        words = self.words
        last = words[k - 1]
        low = last.lower()
        found: list[tuple[float, str]] = [(-0.15 * k, "")]
        if low in FUNCTION:
            found.append((-3.0, "anchor ends open"))
        elif k > 1 and low in PREFIXES:
            found.append((-1.5, "anchor ends with a title"))
        elif last[0].islower() and self.raw[self.spans[k][0]].isupper():
            found.append((1.5, "low before high"))
        faults = self.faults = self.faults or _Faults(self)
        if faults.first < k or faults.twice < self.count[k]:
            found += self._anchor_faults(k, faults)
        return found

    def _anchor_faults(self, k: int, faults: _Faults) -> list[tuple[float, str]]:
        last = self.words[k - 1]
        found: list[tuple[float, str]] = []
        text = self.raw[self.start : self.spans[k - 1][1]]
        if text.count("(") != text.count(")") or text.count('"') % 2:
            found.append((-2.0, "anchor brackets unbalanced"))
        if faults.stray < k:
            found.append((-4.0, "anchor holds a stray mark"))
        if last[-1] in ",;:" or faults.stop < k - 1 or (faults.stop < k and len(last) > 4):
            found.append((-3.0, "anchor holds a sentence end"))
        if faults.verb < k:
            found.append((-3.0, "anchor holds a verb"))
        if faults.twice < self.count[k]:
            found.append((-3.0, "anchor says a word twice"))
        if faults.article < k:
            found.append((-2.0, "sentence start in the anchor"))
        return found

    def _blurb_form(self, k: int) -> list[tuple[float, str]]:
        raw, at, words = self.raw, self.spans[k][0], self.words
        if RE_FIELD_START.match(raw, at):
            return [(5.0, "infobox field")]
        found: list[tuple[float, str]] = []
        first, word, lost = raw[at], words[k], False
        if raw.startswith("''", at):
            found.append((1.5, "italics"))
            first = word.lstrip("'")[:1] or "x"
        if RE_LOST.match(raw, at):
            lost = True
            found.append((0.5 if first == "," else -0.7, "subject lost"))
        elif first.islower():
            found.append((-4.0, "starts low"))
        elif first in ",.;:)]–-/&|='":
            found.append((-5.0, "starts with punctuation"))
        elif first == "(":
            found.append((-3.0, "starts with a bracket"))
        elif RE_ROMAN.match(raw, at):
            found.append((-2.5, "starts with a numeral of a name"))
        elif word in STARTERS:
            found.append((2.0, "starts a sentence"))
        elif RE_BRACKET.match(raw, at) or RE_ALSO.match(raw, at):
            found.append((1.5, "name and other names"))
        if first.isupper() and word.lower() in PREFIXES:
            found.append((1.0, "starts with a title"))
        if self.faults and self.faults.starts and any(k < n <= k + 7 for n in self.faults.starts):
            found.append((-3.0, "a sentence start follows"))
        if not lost and self._doubled(k):
            found.append((-2.0, "subject doubled in the blurb"))
        return found

    def _doubled(self, k: int) -> bool:
        """Whether the blurb's subject says a name twice; what ends like one that does not need not be read."""
        at, subject = self.spans[k][0], self.subject(k)
        first, stop = self.single
        if first <= at and at + len(subject) == stop:
            return False
        names = [s for s in tokens(subject) if len(s) > 1 and s not in FUNCTION]
        if len(names) != len(set(names)):
            return True
        self.single = at, at + len(subject)
        return False

    def _naming(self, k: int, *, weigh: bool) -> tuple[float, str]:
        """How well the blurb names the anchor again; without `weigh`, only whether it starts with it."""
        if 2 * k + 2 > FIRST_WORDS:
            self._stem(len(self.words))
        stems, at = self.stems, self.count[k]
        anchor = stems[1:at] if stems[:1] and stems[0] in ARTICLES else stems[:at]
        if not anchor or at == len(stems):
            return 0.0, ""
        body = at + (stems[at] in ARTICLES)
        if body == len(stems):
            return 0.0, ""
        if stems[body : body + len(anchor)] == anchor:
            return (NAMED_AGAIN if anchor[-1] not in FUNCTION else 1.0), "named again"
        content = [t for t in anchor if t not in FUNCTION]
        if not content:
            return 0.0, ""
        if not self.said:
            self._stem(len(self.words))
        if not weigh:
            return 0.0, ""
        found, points = self._words_named(k, anchor, content, body)
        points += 2.0 * self._spelling(k)
        return points, "words named again" if found else ""

    def _words_named(self, k: int, anchor: list[str], content: list[str], body: int) -> tuple[int, float]:
        """How many words of the anchor the start of the blurb, from stem `body` on, names; points for all
        it names.
        """
        stems = self.stems
        zone = stems[body : body + 14]
        late = 0
        absent = [t for t in content if t not in zone]
        if absent:
            said = self._said_behind(k)
            absent = [t for t in absent if not ((len(t) == 1 or f" {t[:4]}" in said) and like_any(t, zone))]
            rest = stems[body + 14 :]
            late = sum([t in rest for t in absent])
        found = len(content) - len(absent)
        points = 3.0 * (found + 0.7 * late) / len(content)
        if absent and zone[0] == anchor[0]:
            points += 1.5 if found + late == len(content) else 0.5
        if len(anchor) > 1:
            for _ in range(self._named_behind(anchor, body)):
                points -= 1.5
            # Yedikule Fortress (; meaning "Fortress of the Seven Towers")
            if found + late == len(content) and f" {' '.join(anchor)} " in self._said_behind(k):
                points += 0.5 * min(3, len(anchor))
        return found, points

    def _said_behind(self, k: int) -> str:
        """The stems of the blurb as a text."""
        return self.said[len(" ".join(self.stems[: self.count[k]])) + 1 :]

    def _named_behind(self, anchor: list[str], body: int) -> int:
        """Josip Broz | Tito Josip Broz (…), known as Tito: how often what stands before the second naming
        comes again later.
        """
        stems = self.stems
        times = 0
        for n in (body + 1, body + 2):
            if stems[n : n + 1] == anchor[:1] and stems[n : n + len(anchor)] == anchor:
                later = stems[n + len(anchor) :]
                times += any(b in later for b in stems[body:n])
        return times

    def _spelling(self, k: int) -> float:
        """Shared letter pairs of the anchor and the blurb's subject (Chou En-lai, Zhou Enlai), 0 to 1."""
        if self.pairs is None or self.pairs.count > k:
            self.pairs = _Pairs(self.words[:k])
        else:  # most candidates have a word more than the one before
            self.pairs.add(self.words[self.pairs.count : k])
        one, other = self.pairs.found, _Pairs(self.subject(k).split()).found
        return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def learn_cut(lines: list[tuple[str, str]]) -> tuple[int, int]:
    """Where this mirror cuts, in bytes: from blurbs that plainly start with their anchor.

    `lines` are (line before, line that ends in dots). Fewer than three such blurbs, or sizes that do not agree,
    leave the usual cut.
    """
    sizes = []
    for before, line in lines[:400]:
        words = line[:HEAD_CHARS].split(" ")[:12]
        size = 0
        if before and len(before) <= MAX_ANCHOR_CHARS and line.removeprefix("The ").startswith(f"{before} "):
            size = byte_length(line)
        elif words[0] in words[1:]:
            k = words.index(words[0], 1)
            if words[:k] == words[k : 2 * k]:
                k -= 1 if words[k - 1] in ARTICLE_STARTS else 0
                size = byte_length(line) - byte_length(" ".join(words[:k])) - 1
            elif words[k - 1] in ARTICLE_STARTS and words[: k - 1] == words[k : 2 * k - 1]:
                size = byte_length(line) - byte_length(" ".join(words[: k - 1])) - 1
        if size > 60:
            sizes.append(size)
    sizes.sort()
    if len(sizes) < 3:
        return CUT_BYTES
    high = sizes[-1 - len(sizes) // 20]
    near = sum(high - 12 <= size <= high for size in sizes)
    if near < 3 or 2 * near < len(sizes) or CUT_BYTES[0] - 4 <= high <= CUT_BYTES[1]:
        return CUT_BYTES
    return high - 10, high


def score_boundary(anchor: str, blurb: str, *, cut: bool, window: tuple[int, int] = CUT_BYTES) -> Boundary:
    """Points for a given anchor and blurb, with the evidence."""
    head = Head(f"{anchor} {blurb}", 0, len(anchor) + 1 + len(blurb), cut=cut, window=window)
    k = len(anchor.split())
    if not 0 < k < len(head.spans):
        return Boundary(len(anchor), len(anchor) + 1, -99.0, ())
    return head.boundary(k)


# --- what a blurb is
def is_truncated(blurb: str) -> bool:
    """Whether the mirror cut the blurb."""
    return bool(RE_DOTS.search(blurb[-8:]))


def blurb_kind(blurb: str) -> str:
    """What a blurb's text is: definition, infobox, disambiguation or fragment; "" for an empty one."""
    if not blurb.strip():
        return ""
    if RE_FIELD_START.match(blurb) or ("=" in blurb and len(RE_FIELD.findall(blurb)) >= 3):
        return "infobox"
    head = blurb[:120]
    if ("refer" in head or " mean" in head or " stand" in head) and RE_REFER.search(head):
        return "disambiguation"
    if RE_VERB.search(blurb) and not blurb[0].islower():
        return "definition"
    return "fragment"
