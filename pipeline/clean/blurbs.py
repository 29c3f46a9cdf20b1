"""Where does the anchor end and the blurb begin? And what is a blurb?

The scrapes put no mark between a link's words and its blurb. Each possible boundary gets points for the evidence that
speaks for it; the best sum wins, and the evidence is kept for `clean --explain`. The weights are argued, not magic:
a blurb that names its subject again (5) outweighs everything but a broken form (a blurb in mid-sentence, -4);
the mirror's cut (3) decides between boundaries that are equally well formed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# --- form of a blurb -------------------------------------------------------------------------------------------------
# , image_flag = Flag.svg | | name = X : fields leaked from an infobox
RE_FIELD = re.compile(r"[,|]?\s*[a-z]\w*(?:[ _]\w+){0,3}\s*=\s")
RE_FIELD_START = re.compile(r"[,|;]\s*[A-Za-z]\w*(?:[ _-]\w+){0,3}\s*=|[a-z]+_\w+\s*=")
# X may refer to: | X can mean
RE_REFER = re.compile(
    r"\b(?:may|can|could|might)(?: also| either)? (?:refer|mean|stand)\b|\brefers? to (?:several|one of)\b"
)
# is a country | was an | refers to
RE_VERB = re.compile(
    r"\b(?:is|was|are|were|refers?|comprised|became|began|took place|may|has been|had been|denotes?|describes?|occurred|started)\b"
)
# , officially the | , also known as | , or the : a name and its other names
RE_ALSO = re.compile(
    r"[^,(]{1,70},? (?:officially|formally|formerly|also|sometimes|commonly|often|better|originally|or|known|born|abbreviated|short for)\b"
)
RE_BRACKET = re.compile(r"[^(,.]{1,70} \(")
# the first word of a blurb that names no subject
STARTERS = frozenset(
    "The A An In On At After During From Since Between Following Throughout Before By For Under This These There Over "
    "When While Beginning As Until With Within".split()
)
ARTICLES = frozenset(("the", "a", "an"))
FUNCTION = frozenset(
    "the a an of and or in on at to by for from with as into between against during under over after before until since "
    "is are was were that which who its his her their than de la le el von van der den du di da del dos des".split()
)
HONORIFICS = frozenset(
    "sir lord lady baron count prince princess king queen emperor general marshal dr saint".split()
)
RE_WORD = re.compile(r"\S+")
RE_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
RE_DOTS = re.compile(r"\s?(?:\.\.\.|…)\s*$")

# --- the cut ---------------------------------------------------------------------------------------------------------
# On the mirrors seen, an article's text is cut so that the blurb has at most 250 bytes of UTF-8, dots included, and
# loses up to nine more to trimmed white space (139 blurbs of two pages: 241-250 but for leaked infoboxes).
CUT_BYTES = (240, 250)
MAX_ANCHOR_WORDS = 16
MAX_ANCHOR_CHARS = 130


@dataclass(frozen=True, slots=True)
class Boundary:
    """A scored place for the end of the anchor: `anchor_end` and `blurb_start` count from the start of the text."""

    anchor_end: int
    blurb_start: int
    score: float
    evidence: tuple[str, ...]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without case, accents kept, plural and possessive endings cut: enough to compare two namings."""
    word = word.casefold().replace("’", "'")
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def tokens(text: str) -> list[str]:
    """The words of a text as stems."""
    return [stem(t) for t in RE_TOKEN.findall(text)]


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> bool:
    """Whether two stems name the same thing: equal, an initial, or one spelling of the other (Sergei, Sergey)."""
    if one == other:
        return True
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0] and one[0].isalpha()
    shared = min(len(one), len(other))
    return shared >= 4 and one[: max(4, shared - 2)] == other[: max(4, shared - 2)]


def byte_length(text: str) -> int:
    """Length in bytes of UTF-8, by which the mirrors cut."""
    return len(text) if text.isascii() else len(text.encode("utf8", "surrogatepass"))


def _naming(anchor: list[str], head: list[str]) -> tuple[float, str]:
    """How well the head of a blurb names the anchor again."""
    skip = 1 if head and head[0] in ARTICLES and (not anchor or anchor[0] not in ARTICLES) else 0
    body = head[skip:]
    if anchor and anchor[0] in ARTICLES:
        anchor = anchor[1:]
        body = body[1:] if body and body[0] in ARTICLES else body
    if not anchor or not body:
        return 0.0, ""
    if body[: len(anchor)] == anchor:
        return (5.0 if anchor[-1] not in FUNCTION else 1.0), "named again"
    content = [t for t in anchor if t not in FUNCTION]
    if not content:
        return 0.0, ""
    zone = body[:14]
    found = sum(any(alike(t, z) for z in zone) for t in content)
    share = found / len(content)
    points = 3.0 * share
    if alike(body[0], anchor[0]) and share < 1:
        points += 1.5
    if (
        len(anchor) > 1
        and body[0] not in HONORIFICS
        and any(body[k : k + len(anchor)] == anchor for k in (1, 2))
    ):
        points -= 1.5  # Josip Broz | Tito Josip Broz (
    return points, f"{found} of {len(content)} words named again" if found else ""


def _form(blurb: str, words: list[str], head: list[str]) -> list[tuple[float, str]]:
    """What the start of a blurb looks like."""
    found: list[tuple[float, str]] = []
    first = blurb[0]
    if RE_FIELD_START.match(blurb):
        return [(5.0, "infobox field")]
    if blurb.startswith("''"):
        found.append((1.5, "italics"))
        first = blurb.lstrip("'")[:1] or "'"
    if first.islower():
        found.append((-4.0, "starts low"))
    elif first in ",.;:)]–-/&|=" or first == "'" and not blurb.startswith("''"):
        found.append((-5.0, "starts with punctuation"))
    elif first == "(":
        found.append((-3.0, "starts with a bracket"))
    elif words[0] in STARTERS:
        found.append((2.0, f"sentence start {words[0]}"))
    elif RE_ALSO.match(blurb) or RE_BRACKET.match(blurb):
        found.append((1.5, "name and other names"))
    for left, right in zip(words[:7], words[1:8], strict=False):
        if right in ARTICLE_STARTS and left[-1] not in ".:!?”\"'" and left not in STARTERS:
            found.append((-3.0, f"sentence start {right} follows"))
            break
    if head and head[0] in HONORIFICS and not first.islower():
        found.append((1.0, "starts with a title"))
    names = [w for w in head[:7] if w not in FUNCTION and len(w) > 1]
    if len(names) != len(set(names)) and not RE_VERB.search(" ".join(words[:4])):
        found.append((-2.0, "subject doubled in the blurb"))
    return found


ARTICLE_STARTS = frozenset(("The", "A", "An", "In", "On"))


def _anchor_form(anchor: str, words: list[str], stems: list[str]) -> list[tuple[float, str]]:
    """What a candidate anchor looks like."""
    found: list[tuple[float, str]] = [(-0.15 * len(words), "")]
    if words[-1].lower() in FUNCTION:
        found.append((-3.0, "anchor ends open"))
    elif words[-1].lower() in HONORIFICS and len(words) > 1:
        found.append((-1.5, "anchor ends with a title"))
    if anchor.count("(") != anchor.count(")") or anchor.count('"') % 2:
        found.append((-2.0, "anchor brackets unbalanced"))
    if words[-1][-1] in ",;:" or any(w[-1] in ".!?;:" and len(w) > 3 for w in words[:-1]):
        found.append((-3.0, "anchor holds a sentence end"))
    if any(w in ("is", "was", "were", "are", "has", "had") for w in words):
        found.append((-3.0, "anchor holds a verb"))
    content = [s for s in stems if s not in FUNCTION and len(s) > 1]
    if len(content) != len(set(content)):
        found.append((-3.0, "anchor says a word twice"))
    if any(w in ARTICLE_STARTS for w in words[1:]):
        found.append((-2.0, "sentence start in the anchor"))
    return found


def score_boundary(
    anchor: str, blurb: str, size: int, *, cut: bool, window: tuple[int, int]
) -> tuple[float, tuple[str, ...]]:
    """Points for `anchor` + `blurb`, with the evidence; `size` is the blurb's length in bytes, `cut` says it ends in dots."""
    head_text = blurb[:160]
    words = head_text.split()[:16]
    if not words:
        return -99.0, ()
    head = tokens(head_text)[:18]
    a_words = anchor.split()
    stems = tokens(anchor)
    found = _form(blurb, words, head)
    found += _anchor_form(anchor, a_words, stems)
    found.append(_naming(stems, head))
    if cut:
        low, high = window
        if size > high:
            found.append((-6.0, f"longer than the cut ({size} bytes)"))
        elif size >= low:
            found.append((3.0, f"cut after {size} bytes"))
        else:
            found.append((-min(3.0, (low - size) / 20), f"short ({size} bytes)"))
    elif size > window[1]:
        found.append((-6.0, "long and not cut"))
    lower_end = a_words[-1][0].islower() and a_words[-1].lower() not in FUNCTION
    if lower_end and (blurb[0].isupper() or blurb.startswith("''")):
        found.append((1.5, "low before high"))
    subject = RE_VERB.search(head_text)
    if subject or RE_REFER.search(head_text):
        found.append((1.0, "a definition"))
    return sum(p for p, _ in found), tuple(f"{name} {points:+.1f}" for points, name in found if name)


def candidates(text: str) -> list[tuple[int, int]]:
    """Possible (end of anchor, start of blurb) in a text that starts with an anchor."""
    places = []
    end = 0
    for n, word in enumerate(RE_WORD.finditer(text, 0, MAX_ANCHOR_CHARS + 40)):
        if n:
            places.append((end, word.start()))
        end = word.end()
        if n >= MAX_ANCHOR_WORDS or end > MAX_ANCHOR_CHARS:
            break
    return places


def score_line(text: str, *, cut: bool, window: tuple[int, int] = CUT_BYTES) -> list[Boundary]:
    """All boundaries of a text `ANCHOR BLURB`, scored."""
    total = byte_length(text)
    found = []
    for end, start in candidates(text):
        size = total - byte_length(text[:start])
        score, evidence = score_boundary(text[:end], text[start:], size, cut=cut, window=window)
        found.append(Boundary(end, start, score, evidence))
    return found


# --- what a blurb is -------------------------------------------------------------------------------------------------
def is_truncated(blurb: str) -> bool:
    """Whether the mirror cut the blurb."""
    return bool(RE_DOTS.search(blurb))


def blurb_kind(blurb: str) -> str:
    """What a blurb's text is: definition, infobox, disambiguation or fragment; "" for an empty one."""
    if not blurb.strip():
        return ""
    if RE_FIELD_START.match(blurb) or len(RE_FIELD.findall(blurb)) >= 3:
        return "infobox"
    if RE_REFER.search(blurb[:120]):
        return "disambiguation"
    if RE_VERB.search(blurb) and not blurb[0].islower():
        return "definition"
    return "fragment"
