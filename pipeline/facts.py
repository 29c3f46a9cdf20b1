"""What a glossary blurb tells about its subject: names, kind of thing, dates.

A blurb is the first sentence or two of an encyclopedia article, and its form is fixed by convention: `NAME (other
names; life dates), also known as NAME, was a KIND OF THING …` (Wikipedia, Manual of Style/Lead section). The
parser follows that
form and gives nothing where it does not find it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

__all__ = ["BlurbFacts", "blurb_facts", "unroll"]


@dataclass(frozen=True, slots=True)
class BlurbFacts:
    """Facts of one blurb; what it does not say is "".

    head: the noun phrase behind `is a`, e.g. `country in Southeast Europe`. kind_hint: the mention label that
    fits, "" if
    unclear. born, died (people), founded, ended (states, organisations, events: first and last day): ISO day, month or
    year; a year before 1 AD is astronomical (480 BC is `-0479`).
    """

    full_name: str = ""
    aliases: tuple[str, ...] = ()
    abbreviations: tuple[str, ...] = ()
    head: str = ""
    kind_hint: str = ""
    born: str = ""
    died: str = ""
    founded: str = ""
    ended: str = ""


# --- unrolling
_DOTS = re.compile(r"\s?(?:\.\.\.|…)\s*$")
# Capitals of Europe#List, capital -> capital
_SECTION = re.compile(r"(?:(?<=\s)|(?<=\()|^)[A-Z0-9][^,;.()#]{0,80}#[^,;()]{0,60}, (?=\S)")
_EMPTY = re.compile(r" ?\((?:[\s,;:/–-]|\b(?:or|and|from|lit|IPA|pronounced)\b\.?)*\)")
_OPENING = re.compile(r"\(\s*(?:[,;:]\s*)+")
_CLOSING = re.compile(r" ?[,;:][,;:\s]*\)")
# What `_EMPTY` and `_CLOSING` need, and quicker to find: a search for one sign passes over all others.
_PERHAPS_EMPTY = re.compile(r"\((?=[\s,;:/–)-]|or|and|from|lit|IPA|pron)")
_UNCLOSED = re.compile(r"\)(?<=[,;:\s].)")
_REPEATED = re.compile(r"[;,]\s*[;,][;,\s]*")
_WORD = re.compile(r"[^\W_]+")


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SMALL = _word_set("the a an of and or in on at to by for from with as is was are were")


# what brings in another name, and is no link's words
_CUE_WORDS = _word_set("also known called commonly formerly officially better sometimes often later")


def _key(word: str) -> str:
    word = word.casefold()
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


# Capital city, capital | Yugoslavia, Yugoslav: a link's target and its words begin alike
_CAPITAL = re.compile(r"(?<![\w-])[A-Z][\w-]*(?: [\w()’'–-]+){0,8}$")
_NEXT = re.compile(r", ([^\W\d_]+)")


# Federative units of Brazil, states of Brazil | list of political parties in Uruguay, political party
_SAME_TAIL = re.compile(r"[A-Z](?<=the .)[\w ]{3,60} of (?:the )?([A-Z]\w+), (?=[a-z]+ of (?:the )?\1\b)")
_LIST = re.compile(r"\b[Ll]ist of [^,.;()]{3,60}, (?=[a-z])")


def _same_root(one: str, other: str) -> bool:
    shared = min(len(one), len(other)) - 2
    return shared >= 4 and one[:shared] == other[:shared]


def _drop_targets(text: str) -> str:
    """Drop leaked link targets: the words behind the comma repeat the target's."""
    out: list[str] = []
    at = 0
    folded = text.casefold()
    if len(folded) != len(text):
        folded = text  # a letter that folds to two: compare as it stands
    for comma in _NEXT.finditer(text):
        first = _key(comma.group(1))
        if first in _SMALL or first in _CUE_WORDS:
            continue
        low = max(at, comma.start() - 110)
        near = folded[low : comma.start()]
        if first[:3] not in near and "list" not in near:
            continue  # the words behind the comma say nothing again
        left = text[low : comma.start()]
        words = left.split(" ")
        # from the nearest capital backwards: the shortest stretch that can be the target
        for k in range(len(words) - 1, max(len(words) - 10, -1), -1):
            word = words[k].lstrip("(")
            if word[-1:] in ",;.:" or (k < len(words) - 1 and word in ("is", "was", "are", "were")):
                break
            if not word[:1].isupper():
                continue
            keys = [_key(w) for w in _WORD.findall(" ".join(words[k:]))]
            single = len(keys) == 1
            if keys[0] == "list" and not single:
                first = "list"  # List of cities and towns in Russia by population, largest city
            if (
                single
                and word.casefold() != comma.group(1).casefold()
                and (keys[0] == first or _same_root(keys[0], first))
            ) or (not single and first in keys):
                start = comma.start() - len(" ".join(words[k:])) + (len(words[k]) - len(word))
                out.append(text[at:start])
                at = comma.start() + 2
                break
    out.append(text[at:])
    return "".join(out)


@lru_cache(maxsize=4096)
def unroll(blurb: str) -> str:
    """A blurb as it reads: link targets that stand before their own words, emptied brackets and italics
    dropped.
    """
    text = _DOTS.sub("", blurb[-8:])
    text = blurb[:-8] + text
    if "''" in text:
        text = re.sub(r"'{2,}", "", text)
    if "#" in text:
        text = _SECTION.sub("", text)
    text = _drop_targets(text)
    if " of " in text:
        text = _SAME_TAIL.sub("", text)
    if "ist of " in text:
        text = _LIST.sub("", text)
    if "(" in text:
        if _PERHAPS_EMPTY.search(text):
            text = _EMPTY.sub("", text)
        text = _OPENING.sub("(", text)
        if _UNCLOSED.search(text):
            text = _CLOSING.sub(")", text)
    text = _REPEATED.sub("; ", text)
    return " ".join(text.split())


# --- dates -----------------------------------------------------------------------------------------
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTHS = {name.lower(): n for n, name in enumerate(_MONTH.split("|"), 1)}
_YEAR = (
    r"(?:AD )?(?P<{0}>(?<=AD )\d{{1,4}}|\d{{2}}(?=\)| –|$)|\d{{3,4}}|"
    r"\d{{1,4}}(?= (?:BC|AD|CE)))(?: ?(?P<{0}era>BCE?|AD|CE))?"
)
# 5 March 1953 | 16 October 190811 April 1985 (two dates run together) | March 5, 1953 | March 1953 | 480 BC
# | 1953; the look ahead is for speed: nothing else can begin a date
_DATE = re.compile(
    rf"(?=[\dJFMASOND])(?:(?P<d1>\d{{1,2}}) (?P<m1>{_MONTH}),? {_YEAR.format('y1')}"
    rf"|(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}}),? {_YEAR.format('y2')}"
    rf"|(?P<m3>{_MONTH}),? {_YEAR.format('y3')}"
    rf"|(?<![\d,.])(?P<y4>(?<=AD )\d{{1,4}}|\d{{3,4}}|\d{{1,4}}(?= (?:BC|AD|CE)))"
    rf"(?: ?(?P<y4era>BCE?|AD|CE))?(?![\d,%]\d|(?<=\d{{3}})s))"
)
_DIGIT = re.compile(r"\d")


def _iso(match: re.Match[str]) -> str:
    for n in "1234":
        year = match.group(f"y{n}")
        if year is None:
            continue
        value = int(year)
        before = (match.group(f"y{n}era") or "").startswith("BC")
        text = f"-{value - 1:04d}" if before and value > 1 else f"{0 if before else value:04d}"
        if n != "4":
            text += f"-{_MONTHS[match.group(f'm{n}').lower()]:02d}"
        if n in "12":
            text += f"-{int(match.group(f'd{n}')):02d}"
        return text
    return ""


def _dates(text: str) -> list[tuple[int, int, str]]:
    if not _DIGIT.search(text):
        return []
    found = [(m.start(), m.end(), _iso(m)) for m in _DATE.finditer(text)]
    # in a range the era of the end is that of the start: 336–323 BC
    for k in range(len(found) - 1):
        a, b = found[k], found[k + 1]
        if (
            b[2].startswith("-")
            and not a[2].startswith("-")
            and text[a[1] : b[0]].strip(" c.") in ("–", "-", "to", "until")
        ):
            year, *rest = a[2].split("-")
            found[k] = (a[0], a[1], "-".join([f"-{int(year) - 1:04d}", *rest]))
    return found


# --- names -----------------------------------------------------------------------------------------
_WORD_START = r"\b(?=[a-z])"  # of a small word: at a capital or the end of a word nothing more is tried
_VERB = re.compile(
    _WORD_START
    + r"(?:is|was|are|were|refers to|comprised|denotes|(?:has|had) been)\b(?! (?:formally|officially|also|"
    r"sometimes) (?:known|called))"
)
_STARTER = re.compile(
    r"(?:In|On|At|After|During|From|Since|Between|Following|Throughout|Before|By|Under|When|While|As|This|These) "
)
_ARTICLE = re.compile(r"(?:the|an?) ", re.I)
_CUE = re.compile(
    _WORD_START
    + r"(?:(?:also|formally|officially|commonly|often|sometimes|better|formerly|previously|originally|popularly|"
    r"widely|generally|"
    r"informally|colloquially|later|simply|historically|usually|alternatively|variously|now|best|and)[, ]+)*"
    r"(?:known(?: simply)? as|called|branded|referred to as|abbreviated(?: as| to)?|shortened to|named|styled|"
    r"nicknamed|"
    r"spelled|spelt|written|"
    r"translated as|romani[sz]ed as|formally|officially|formerly|previously|originally|short for|or|born|"
    r"née)\b(?: as\b)? "
)
_NAME_GOES_ON = re.compile(r",(?: and)? [A-Z][\w-]*(?:,? and [A-Z]|, [A-Z]|(?<=and) )")
_MORE_NAMES = re.compile(r"(?:, (?:or |and )?| or )((?:the )?[A-Z][^,;:().]*)")
_BETWEEN_NAMES = re.compile(r",? or | and the (?=[A-Z])")
_ABBREVIATION = re.compile(
    r"[A-Z](?<![\w-].)(?:[A-Z]{0,2}[&-]?[A-Za-z]{0,3}[A-Z][A-Z\d-]*|\.(?:[A-Z]\.)+)(?![\w-])"
)
_BRACKET = re.compile(r"\(([^()]*)\)")
_OPEN_BRACKET = re.compile(r"\(([^()]*)\)?")
_CLAUSE_END = re.compile(r"[;:]")
_SHORTENED = re.compile(r"\b(?:abbreviated|shortened|acronym|initialism)(?: as| to)? ([A-Z][\w.-]+)")
_OR_SHORT = re.compile(
    r"\) or ([A-Z]{2,8})\b|\bas [A-Z]\w+ or ([A-Z]{2,8})\b|\bor simply (?:the )?([A-Z]{2,8})\b"
)
_NUMERAL = re.compile(r"[IVXL]+")
_NAME = re.compile(r"[\"“”'’]*[^\W\d_a-z]|\d{4} [^\W\d_]")
_DAY = re.compile(rf"(?:{_MONTH}) \d|\d{{1,2}} [A-Z]")
_NAME_STOP = re.compile(
    r"[;:(),.]| (?:ended|took|brought|formed|restored|re-established|"
    r"is|was|are|were|who|which|that|since|until|from|in|by|and (?:later|formerly|also|commonly)|"
    r"to distinguish|"
    r"for short|born|died|of (?:the )?(?:same|which)|because|due|after|during|but|comprised|lasted|began|refers)\b"
)


def _bare(name: str) -> str:
    name = name.strip(" \t\xa0,;:\"“”'’–-")
    return _ARTICLE.sub("", name, count=1) if _ARTICLE.match(name) else name


def _good_name(name: str) -> bool:
    if not 1 < len(name) <= 90 or not _NAME.match(name) or len(name.split()) > 12:
        return False
    return not _DAY.match(name)


def _aliases(intro: str) -> list[str]:
    found = []
    for match in _CUE.finditer(intro):
        rest = intro[match.end() :]
        stop = _NAME_STOP.search(rest)
        names = [rest[: stop.start()] if stop else rest]
        while stop and names[0].startswith("the ") and (more := _NAME_GOES_ON.match(rest, stop.start())):
            # the Treaty of Friendship, Co-operation and Mutual Assistance: the comma is the name's own
            stop = _NAME_STOP.search(rest, more.end())
            names = [rest[: stop.start()] if stop else rest]
        # the Dual Monarchy or the Habsburg Monarchy: more names of the same kind
        tail = rest[stop.start() :] if stop else ""
        while (more := _MORE_NAMES.match(tail)) and len(names) < 5:
            inner = _NAME_STOP.search(more.group(1))
            names.append(more.group(1)[: inner.start()] if inner else more.group(1))
            if inner:
                break
            tail = tail[more.end() :]
        for name in names:
            found += [_bare(p) for p in _BETWEEN_NAMES.split(name)]
    return [n for n in found if _good_name(n)]


def _abbreviations(text: str) -> list[str]:
    found = []
    for bracket in _BRACKET.findall(text) if "(" in text else ():
        first = _CLAUSE_END.split(bracket)[0]
        found += [
            a
            for a in _ABBREVIATION.findall(first)
            if a not in ("BC", "BCE", "AD", "CE", "IPA") and not _NUMERAL.fullmatch(a)
        ]
    if any(word in text for word in ("abbreviated", "shortened", "acronym", "initialism")):
        found += [name.rstrip(".") for name in _SHORTENED.findall(text)]
    if " or " in text or "or simply " in text:
        found += [next(filter(None, groups)) for groups in _OR_SHORT.findall(text)]
    return found


# --- kind of thing
_HEAD_START = re.compile(
    r"\s*(?:(?:currently|formerly|also|usually|generally|commonly|officially|now|once|widely|both|considered|"
    r"regarded as|essentially|"
    r"effectively|traditionally) )*(?:one of (?:the )?(?:many |several |two |three |four |five )?|(?:a|an|the|"
    r"any|two|three|several|various|its|his)\b )?"
)
_HEAD_STOP = re.compile(
    r"[.;:()]|, (?!(?:[a-z-]+, )*[a-z-]+ (?:and|or) )| (?:that|which|who|whom|whose|when|where|while|signed|"
    r"located|situated|founded|established|"
    r"created|formed|composed|comprising|consisting|bordered|bordering|born|known|fought|held|between|from|led|"
    r"based|published|"
    r"written|directed|developed|on|during|since|until|to|by|for|with|under|serving|spanning|lying|as|after|"
    r"before|against|being|focusing|aiming|dedicated|responsible|belonging|caused|used|made|designed|capable|"
    r"connecting|linking|convened|maintained|translated|active|centered|centred)\b"
    r"| [a-z]+ing (?=the |an? |[A-Z])"
)
_OF_WHAT = _word_set(
    "one network series group set type form part phase one kind member genus list number variety class system sort pair"
)


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    table: dict[str, str] = {}
    text = files("pipeline").joinpath("data/type_nouns.csv").read_text(encoding="utf8")
    for row in text.splitlines()[1:]:
        label, _, nouns = row.partition(",")
        for noun in nouns.split():
            table.setdefault(noun, label)
    return table


def label_of_noun(noun: str) -> str | None:
    """The label of what a common noun (small, singular) says a thing is (`river`: LOC), None if it tells none."""
    return _labels().get(noun)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        return word[:-1]
    return word


def noun_label(noun: str) -> str:
    """The mention label of what a noun names (`war` is an EVENT), "" if the nouns known lack it."""
    table = _labels()
    noun = noun.lower()
    return table.get(noun) or table.get(_singular(noun)) or ""


_OF = re.compile(r" of (?:the |an? )?")
_OPEN_END = re.compile(r"(?: (?:in|at|of|on|to|for|by))+$")
_PREPOSITIONS = (" in", " at", " of", " on", " to", " for", " by")  # as a clause with an open end ends
_SMALL_LETTERS = re.compile(r"[a-z]+")
_WHERE = re.compile(r" (?:in|at|near|off|within|among|across|along|around|over|into) ")
_AND = re.compile(r",? and |,? or |, | & ")
_DASHED_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def _head_label(head: str) -> str:
    """The label of the noun that a noun phrase is about."""
    table = _labels()
    for clause in _OF.split(head)[:3]:
        if clause.endswith(_PREPOSITIONS):
            clause = _OPEN_END.sub("", clause)
        core = _WHERE.split(clause, maxsplit=1)[0]
        parts = [p for p in _AND.split(core) if p]
        for part in parts:
            words = _DASHED_WORD.findall(part)
            if not words:
                continue
            last = words[-1].lower()
            label = table.get(last) or table.get(_singular(last)) or table.get(_singular(last.split("-")[-1]))
            if label:
                return label
        lead = [w for part in parts for w in _SMALL_LETTERS.findall(part.lower())[-1:]]
        if _OF_WHAT.isdisjoint(lead) and _OF_WHAT.isdisjoint(map(_singular, lead)):
            break
    return ""


_FIELDS = re.compile(
    r"(?:^|[,|])\s*([A-Za-z]\w*(?:[ _]\w+){0,3})\s*=\s*([^=]*?)(?=\s*[,|]\s*[A-Za-z]\w*(?:[ _]\w+){0,3}\s*=|$)"
)
_STATE_FIELDS = (
    "flag",
    "anthem",
    "coat",
    "capital",
    "government",
    "national_motto",
    "map_caption",
    "symbol",
    "emblem",
    "era",
    "status",
)


def _infobox(text: str) -> BlurbFacts:
    fields = {name.strip().lower().replace(" ", "_"): value.strip() for name, value in _FIELDS.findall(text)}
    names = []
    for key in (
        "conventional_long_name",
        "common_name",
        "name",
        "native_name",
        "official_name",
        "fullname",
        "birth_name",
    ):
        if _good_name(_bare(fields.get(key, ""))):
            names.append(_bare(fields[key]))
    for key in ("image_flag", "image_coat"):
        # Flag of Serbia.svg | Coat of arms of the Republic (1920).svg
        match = re.match(r"(?:Flag|Coat of [Aa]rms|Emblem) of (?:the )?([^.(]+)", fields.get(key, ""))
        if match and _good_name(match.group(1).strip()):
            names.append(match.group(1).strip())
    names = list(dict.fromkeys(names))
    kind = ""
    if any(part in key for key in fields for part in _STATE_FIELDS):
        kind = "GPE"
    elif any(key.startswith(("birth", "death", "spouse", "term_", "office", "party")) for key in fields):
        kind = "PERSON"
    elif any(key in ("combatant1", "battle_name", "conflict", "casualties1", "commander1") for key in fields):
        kind = "EVENT"

    def date(*keys: str) -> str:
        for key in keys:
            found = _dates(fields.get(key, ""))
            if found:
                return found[0][2]
        return ""

    return BlurbFacts(
        full_name=names[0] if names else "",
        aliases=tuple(names[1:]),
        kind_hint=kind,
        born=date("birth_date"),
        died=date("death_date"),
        founded=date("date_start", "year_start", "established", "established_date1", "formation", "founded"),
        ended=date("date_end", "year_end", "dissolved"),
    )


# --- life and existence
_FOUNDED = re.compile(
    _WORD_START
    + r"(?:founded|established|formed|created|incorporated|signed|launched|proclaimed|inaugurated|adopted|"
    r"concluded|organi[sz]ed|"
    r"began|started|broke out|took place|fought|held|declared|ratified|came into (?:being|existence|"
    r"force))\b[^.;]{0,40}?"
    r"\b(?:in|on|from|between)\b(?: (?:the|early|late|mid))? (?=(?:\d|" + _MONTH + "))"
)
_SPELL = re.compile(
    _WORD_START + r"(?:from|between)\b(?: (?:c\.|about|around|early|late))? (?=(?:\d|" + _MONTH + "))"
)
_ENDED = re.compile(
    _WORD_START + r"(?:dissolved|abolished|disbanded|ended|collapsed|ceased to exist|was annexed|"
    r"dissolution)\b[^.;]{0,40}?\b(?:in|on)\b "
    r"(?=(?:\d|" + _MONTH + "))"
)


_REIGNED = re.compile(r"\b(?:reigned|ruled|r\.)\s*$")
_DIED = re.compile(r"[–-]$|\b(?:died|d\.)(?: c\.)?$")
_BORN = re.compile(r"\b(?:born\b[^;]*|b\.(?: c\.)?)$")


def _life(bracket: str, verb: str) -> tuple[str, str]:
    """(born, died) of the bracket behind a name."""
    dates = _dates(bracket)
    if not dates:
        return "", ""
    if len(dates) >= 2 and not _REIGNED.search(bracket[: dates[0][0]]):
        return dates[0][2], dates[1][2]
    before = bracket[: dates[0][0]].rstrip()
    after = bracket[dates[0][1] :].lstrip()
    if _DIED.search(before):
        return "", dates[0][2]
    if _BORN.search(before) or after.startswith(("–", "-")):
        return dates[0][2], ""
    return (dates[0][2], "") if verb in ("is", "are") else ("", dates[0][2])


# What stands right before a day that one of the three patterns above reaches.
_BEFORE_DAY = (
    "in ", "on ", "from ", "between ", "the ", "early ", "late ", "mid ", "c. ", "about ", "around ",
)  # fmt: skip


_PERHAPS_DAY = re.compile(r" [\dJFMASOND]")


def _spell(text: str) -> tuple[str, str]:
    """(founded, ended) that a definition states."""
    if not any(text.endswith(_BEFORE_DAY, 0, m.start() + 1) for m in _PERHAPS_DAY.finditer(text)):
        return "", ""
    dates = _dates(text)
    if not any(text.endswith(_BEFORE_DAY, 0, start) for start, _, _ in dates):
        return "", ""

    def at(pos: int) -> int:
        return next((k for k, d in enumerate(dates) if d[0] == pos), -1)

    match = _SPELL.search(text)
    if match and (k := at(match.end())) >= 0 and k + 1 < len(dates):
        between = text[dates[k][1] : dates[k + 1][0]]
        if re.fullmatch(
            r"\s*(?:,? ?(?:to|until|till|and|through|–|-)(?: its| the)?(?: [a-z]+ (?:in|on))?)\s*", between
        ):
            return dates[k][2], dates[k + 1][2]
    founded = ended = ""
    match = _FOUNDED.search(text)
    if match and (k := at(match.end())) >= 0:
        founded = dates[k][2]
    match = _ENDED.search(text)
    if match and (k := at(match.end())) >= 0:
        ended = dates[k][2]
    return founded, ended


def _intro(text: str) -> tuple[str, str, str]:
    """(what stands before the first verb outside brackets, the verb, what follows it)."""
    depth_free = _BRACKET.sub(lambda m: "\0" * len(m.group()), text) if "(" in text else text
    match = _VERB.search(depth_free)
    if not match:
        return text, "", ""
    return text[: match.start()], match.group(), text[match.end() :]


@lru_cache(maxsize=8192)
def blurb_facts(text: str, anchor: str = "") -> BlurbFacts:
    """Read the facts off a blurb.

    Parameters: text, a blurb verbatim or unrolled; anchor, the words it was linked from (used to tell an alias).
    Returns: a BlurbFacts; names without article, in the order they stand.
    Example: blurb_facts("Warsaw is the capital of Poland.").head == "capital of Poland"
    """
    if "=" in text and (len(_FIELDS.findall(text)) >= 2 or re.match(r"\s*[,|]\s*\w+\s*=", text)):
        return _infobox(_DOTS.sub("", text))
    if "Also " in text:
        text = re.sub(r"(?<=[a-z])Also (?=known|called)", ", also ", text)  # a footnote's words run on
    gloss = unroll(text)
    if "and, " in gloss:
        gloss = re.sub(r"\band, (later|then|formerly), ", r"and \1 ", gloss)
    if "refer to" in gloss[:120] and re.search(r"\b(?:may|can) (?:also )?refer to\b", gloss[:120]):
        return BlurbFacts(full_name=_bare(re.split(r"[,(]| (?:may|can)\b", gloss)[0]))
    intro, verb, rest = _intro(gloss)
    if _STARTER.match(gloss):
        # In June 1941, Germany invaded …: an event without a subject; its day comes first
        opening = _dates(gloss[:60])
        return BlurbFacts(founded=opening[0][2] if opening and opening[0][0] <= 12 else "")
    head, kind = _head(rest) if verb else ("", "")
    bracket = _OPEN_BRACKET.search(intro)
    inside = bracket.group(1) if bracket else ""
    born, died = _life(inside, verb)
    kind = _kind_of_dated(kind, gloss, inside, rest, (born, died))
    names = _own_names(intro, verb, bool(head or kind), anchor)
    kind = kind or _name_label(names[0] if names else anchor)
    founded, ended = ("", "") if kind == "PERSON" else _spell(gloss)
    if kind != "PERSON" and (born or died):
        founded, ended, born, died = founded or born, ended or died, "", ""
    short = list(dict.fromkeys(_abbreviations(intro)))
    seen = {*(n.casefold() for n in names[:1]), *(s.casefold() for s in short)}
    kept = [a for a in dict.fromkeys([*names[1:], *_aliases(intro)]) if a.casefold() not in seen]
    return BlurbFacts(
        names[0] if names else "", tuple(kept), tuple(short), head, kind, born, died, founded, ended
    )


def _lifetime(bracket: str) -> bool:
    """Whether a bracket has two days as far apart as birth and death are."""
    days = [int(d[2][:4]) for d in _dates(bracket) if len(d[2]) == 10]
    return len(days) == 2 and 15 <= days[1] - days[0] <= 110


def _kind_of_dated(kind: str, gloss: str, bracket: str, rest: str, life: tuple[str, str]) -> str:
    """The kind of what has dates behind its name: a person, where the dates or the words are a life's."""
    if any(life) and kind in ("", "NORP", "LAW"):
        told = re.search(r"\b(?:born|died)\b", bracket) or re.search(r"\bwho\b", rest)
        return "PERSON" if told or len(max(life, key=len)) > 8 else kind
    if kind == "ORG" and (
        (not gloss.startswith("The ") and _lifetime(bracket)) or re.search(r"\bborn\b", bracket)
    ):
        return "PERSON"  # a member of the house, an officer of the navy
    return kind


def _own_names(intro: str, verb: str, defined: bool, anchor: str) -> list[str]:
    """The names of the blurb's subject, unless it speaks of something else than the link."""
    names = _subjects(intro)
    if not names or (defined and verb):
        return names
    if not verb and re.search(r" [a-z]+ed\b", names[0]):
        return []  # The Empire of Japan occupied …: a sentence with a verb of its own
    same = not anchor or _names_same(names[0], anchor) or _name_label(names[0]) in ("EVENT", "LAW")
    return names if same or not verb else []  # The Soviet Union was dissolved …


def _name_label(name: str) -> str:
    """The label that a name bears itself: Crimean War, Treaty of Karlowitz, Seleucid Empire, Louis XIV."""
    if name[-1:] in "IVXL\n" and re.search(r"\w [IVXL]+$", name):
        return "PERSON"
    label = _head_label(re.split(r" (?:of|against|over|with) ", name)[0])
    return label if label in ("EVENT", "LAW", "GPE", "ORG", "FAC") and " " in name else ""


_SUBJECT_END = re.compile(r"[(,;]")
_STOP_AT_END = re.compile(r"(?<![A-Z])[. ]+$")
_OR = re.compile(r" or (?:simply )?")


def _subjects(intro: str) -> list[str]:
    """The name or names (`Serbia and Montenegro or simply Montenegro`) that a blurb starts with."""
    subject = _SUBJECT_END.split(intro, maxsplit=1)[0]
    names = [_bare(_STOP_AT_END.sub("", p.rstrip())) for p in _OR.split(subject)]
    names = [n.removeprefix("or ") for n in names]
    return [n for n in names if n and n.lower() not in _SMALL and len(n) <= 90 and len(n.split()) <= 14]


def _names_same(name: str, anchor: str) -> bool:
    one = {_key(w) for w in _WORD.findall(name)} - _SMALL
    other = {_key(w) for w in _WORD.findall(anchor)} - _SMALL
    return one == other


_DETERMINER = re.compile(r"\b(?:an?|the|one of|any|two|three|several|various|its|his)\b")


def _head(rest: str) -> tuple[str, str]:
    """The noun phrase behind the verb and its label; a participle without article (`was signed`) is none."""
    start = _HEAD_START.match(rest)
    body = rest[start.end() :] if start else rest
    stop = _HEAD_STOP.search(body)
    head = " ".join((body[: stop.start()] if stop else body).split()[:14])
    label = _head_label(head)
    if not label and stop and len(head.split()) <= 2 and re.match(r", [A-Za-z]", body[stop.start() :]):
        # a narrow, natural strait
        more = body[stop.start() + 2 :]
        stop = _HEAD_STOP.search(more)
        further = " ".join((more[: stop.start()] if stop else more).split()[:14])
        if label := _head_label(further):
            head = f"{head}, {further}"
    has_article = bool(start and _DETERMINER.search(start.group()))
    return (head, label) if has_article or label else ("", "")
