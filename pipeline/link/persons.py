"""Personal names: their parts, and whether two forms can be one person's."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.link.ids import fold
from pipeline.spelling import within

# Particles that belong to the surname behind them (`von Ribbentrop`, `de Gaulle`, `bin Laden`).
PARTICLES = frozenset(
    "von van de der den del della di da dos das du la le bin ibn al el ter ten zu y und".split()
)
SUFFIXES = frozenset(("Jr", "Jr.", "Sr", "Sr."))
BYNAMES = ("the", "of")
RE_NUMERAL = re.compile(r"[IVX]+")
RE_ASIDE = re.compile(r"[“”\"].*?[“”\"]|\(.*?\)")
RE_NO_LETTER = re.compile(r"[^a-z0-9]")
RE_INITIAL, RE_INITIALS = re.compile(r"[^\W\d_]\."), re.compile(r"(?:[^\W\d_]\.)+")
RE_HYPHEN = re.compile(r"[-–]")
RE_NOBLE = re.compile(
    r"^(?:(?:Sir|Dame|Lord|Lady|Baron|Baroness|Count|Countess|Duke|Prince|Princess|Marquess|Viscount|Dr\.?|Saint|St\.?|King|Queen"
    r"|Emperor|Tsar|Field|Marshal|General|Graf|Freiherr|Don|Pope|Sultan|Shah|Mr\.?|Mrs\.?|Ms\.?)\s+)+"
)


@lru_cache(maxsize=8192)
def parts(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given names and surname words of a personal name; a single word counts as surname.

    `Joachim von Ribbentrop` gives (("Joachim",), ("von", "Ribbentrop")), `Alexander II` (("II",), ("Alexander",)).
    """
    words = RE_NOBLE.sub("", RE_ASIDE.sub(" ", name)).replace(",", " ").split()
    if len(words) <= 1:
        return (), tuple(words)
    if words[0].lower() in PARTICLES:
        return (), tuple(words)  # `De Masi`, `von Ribbentrop`: a surname alone
    if RE_NUMERAL.fullmatch(words[-1]):
        return (words[-1],), tuple(words[:-1])  # the numeral tells namesakes apart as a given name does
    for byname in BYNAMES:
        if byname in words[1:]:
            cut = words.index(byname, 1)
            return tuple(words[cut:]), tuple(words[:cut])  # `Suleiman the Magnificent`, `Louise of Savoy`
    cut = len(words) - 1
    if words[-1] in SUFFIXES and cut > 1:
        cut -= 1
    while cut > 1 and words[cut - 1].lower() in PARTICLES:
        cut -= 1
    return tuple(words[:cut]), tuple(words[cut:])


@lru_cache(maxsize=65536)
def key(word: str) -> str:
    """Form in which name words are compared: ASCII, lower case, no punctuation."""
    return RE_NO_LETTER.sub("", fold(word).lower())


def same_word(a: str, b: str) -> bool:
    """Whether two name words can be spellings of one (`Sergei`/`Sergey`), or one is the initial of the other."""
    x, y = key(a), key(b)
    if x == y:
        return True
    if x[:1] != y[:1]:
        return False
    if RE_NUMERAL.fullmatch(a) or RE_NUMERAL.fullmatch(b):
        return False
    if len(x) == 1 or len(y) == 1:
        return True
    return x[:2] == y[:2] and min(len(x), len(y)) >= 4 and within(x, y, 2 if min(len(x), len(y)) > 6 else 1)


def compatible(a: str, b: str) -> bool:
    """Whether two full names can be one person's: same surname, and given names that agree in order.

    `Nikita Khrushchev` fits `Nikita Sergeyevich Khrushchev`; `J. K. Paasikivi` fits `Juho Kusti Paasikivi`;
    `Ferit Hoxha` does not fit `Enver Hoxha`.
    """
    given_a, last_a = parts(a)
    given_b, last_b = parts(b)
    if not last_a or not last_b or not same_word(last_a[-1], last_b[-1]) or len(key(last_a[-1])) == 1:
        return False
    if not given_a or not given_b:
        return False
    short, long = _split_initials(given_a), _split_initials(given_b)
    if len(short) > len(long):
        short, long = long, short
    if not same_word(short[0], long[0]):
        # `Gustaf Mannerheim` and `Carl Gustaf Emil Mannerheim`: used by a later given name.
        return len(short) < len(long) and any(key(short[0]) == key(g) for g in long)
    rest = iter(long[1:])
    return all(any(same_word(s, g) for g in rest) for s in short[1:])


@lru_cache(maxsize=8192)
def _split_initials(given: tuple[str, ...]) -> tuple[str, ...]:
    """`J.K.` as `J.`, `K.`; dashed given names apart."""
    out: list[str] = []
    for g in given:
        out += RE_INITIAL.findall(g) if RE_INITIALS.fullmatch(g) else RE_HYPHEN.split(g)
    return tuple(w for w in out if key(w)) or given


def title_of_person(anchor: str, full_name: str) -> str:
    """The usual title of a person's article, from a link's words and the full name that the blurb opens with.

    The anchor where it is a full name (in the blurb's spelling), else first name and surname without patronymic.
    """
    given, last = parts(anchor)
    if given and (RE_NUMERAL.fullmatch(given[0]) or given[0] in BYNAMES):
        return anchor
    full_given, full_last = parts(full_name)
    if full_given and (RE_NUMERAL.fullmatch(full_given[0]) or full_given[0] in BYNAMES):
        return full_name if not given else anchor
    if not full_given:
        return anchor if given else full_name or anchor
    if not given:
        surname = same_word(last[-1], full_last[-1])
        return " ".join((full_given[0], *full_last)) if surname else anchor  # `Stalin`, but `Molière`
    if not same_word(last[-1], full_last[-1]) or not same_word(given[0], full_given[0]):
        return anchor
    if len(key(given[0])) == 1:
        return " ".join((*full_given, *full_last))  # initials: the article has the full name
    respelt = full_given[0] if key(given[0]) != key(full_given[0]) else given[0]
    return " ".join((respelt, *given[1:], *(last if key(last[-1]) == key(full_last[-1]) else full_last)))
