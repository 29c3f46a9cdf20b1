"""check-gold: everything in the gold set that cannot be right, one line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from pipeline.score.align import RE_HEADING
from pipeline.score.brat import Problem, Span, parse_ann
from pipeline.score.gold import GoldError, parse_links, structure_problems
from pipeline.tables import LABELS, MODS, TIMEX_TYPES

# enver_hoxha, 2008_kosovo_declaration_of_independence
RE_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")

# labels whose mentions never act, and those whose mentions act as the very entity they name (guidelines,
# Actors)
NEVER_ACT = ("LOC", "FAC", "EVENT", "LAW", "WORK_OF_ART")
ACT_AS_THEMSELVES = ("PERSON", "ORG")

_YEAR = r"(?:BC\d{4}|\d{4}|XXXX)"
_CLOCK = r"T(?:MO|MI|AF|EV|NI|DT|\d\d(?::\d\d(?::\d\d)?)?)"
_LENGTH = r"P(?:(?:\d+(?:\.\d+)?|X)(?:Y|M|W|D|CE|DE|C|E))*(?:T(?:(?:\d+(?:\.\d+)?|X)[HMS])+)?"
# 1961-12-07, 1961-12, 1961, 196, 18, BC0480, 1943-SU, 1943-Q2, 1943-H1, 1943-W07, 1943-W07-WE, PAST_REF
RE_DATE = re.compile(
    rf"{_YEAR}(?:-(?:\d\d|XX)(?:-(?:\d\d|XX))?)?|{_YEAR}-(?:SP|SU|FA|WI|Q[1-4X]|H[12X]|W\d\d(?:-(?:WE|\d))?)"
    r"|\d{3}|\d\d|BC\d{2,3}|(?:PAST|PRESENT|FUTURE)_REF"
)
# 1996-12-17TEV, 1996-12-17T05:00
RE_TIME = re.compile(rf"(?:{_YEAR}(?:-(?:\d\d|XX)){{2}})?{_CLOCK}")
# P13D, P3Y, PXDE, P1Y6M, PT5H
RE_LENGTH = re.compile(_LENGTH)
# P1Y, XXXX-12-25, XXXX-WXX-1, XXXX-SU: "every …"
RE_SET = re.compile(rf"{_LENGTH}|XXXX-(?:WXX(?:-\d)?|(?:\d\d|XX)(?:-(?:\d\d|XX))?|SP|SU|FA|WI)(?:{_CLOCK})?")
_FORMS = {"DATE": RE_DATE, "TIME": RE_TIME, "DURATION": RE_LENGTH, "SET": RE_SET}


def check_gold(folder: Path) -> list[Problem]:
    """Every problem of a gold folder, by file and line. An empty list: the folder can be scored against.

    Raises: FileNotFoundError if there is no such folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    doc_ids = sorted({path.stem for path in (*folder.glob("*.ann"), *folder.glob("*.txt"))})
    if not doc_ids:
        return [Problem(str(folder), 0, "", "no labelled page (*.txt with *.ann)")]
    return [problem for doc_id in doc_ids for problem in check_page_files(folder, doc_id)]


def check_page_files(folder: Path, doc_id: str) -> list[Problem]:
    """Every problem of one page's files."""
    contents: dict[str, str] = {}
    problems: list[Problem] = []
    for ending in (".txt", ".ann"):
        path = folder / f"{doc_id}{ending}"
        try:
            contents[ending] = path.read_bytes().decode("utf8")
        except FileNotFoundError:
            problems.append(Problem(str(path), 0, "", "missing"))
        except UnicodeDecodeError as error:
            problems.append(Problem(str(path), 0, f"byte {error.start}", "not UTF-8"))
    if len(contents) == 2:
        problems += check_page(contents[".txt"], contents[".ann"], str(folder / f"{doc_id}.ann"))
    links = folder / f"{doc_id}.links.csv"
    if links.exists():
        try:
            problems += _check_links(links)
        except GoldError as error:
            problems.append(Problem(str(links), 0, "", str(error).removeprefix(f"{links}:")))
    return problems


def check_page(text: str, ann: str, file: str) -> list[Problem]:
    """Every problem of an `.ann` file over its text, by line."""
    spans, problems = parse_ann(ann, file)
    headings = [match.span() for match in RE_HEADING.finditer(text)]
    for span in spans:
        if structural := list(structure_problems(span, text, file)):
            problems += structural
            continue
        check = _check_date if span.label in TIMEX_TYPES else _check_mention
        messages = [*_check_borders(span, headings), *check(span)]
        problems += [Problem(file, span.line, span.place, message) for message in messages]
    problems += [Problem(file, b.line, b.place, f"overlaps {a.place}") for a, b in _overlaps(spans)]
    return sorted(problems, key=lambda p: (p.line, p.place, p.message))


def _check_borders(span: Span, headings: Sequence[tuple[int, int]]) -> Iterator[str]:
    if span.text != span.text.strip():
        yield "white space at the border of the span"
    if "\n" in span.text:
        yield "span runs over a line break"
    if any(a < span.end and span.start < b for a, b in headings):
        yield "label inside a heading"


def _overlaps(spans: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Neighbours, in text order, that share characters; mentions and dates are flat together."""
    known = [s for s in spans if s.label in (*LABELS, *TIMEX_TYPES)]
    widest: Span | None = None
    for a, b in pairwise(sorted(known, key=lambda s: (s.start, s.end, s.line))):
        widest = a if widest is None or a.end > widest.end else widest
        if b.start < widest.end:
            yield widest, b


def _check_mention(span: Span) -> Iterator[str]:
    entity, actor = span.notes["entity"], span.notes.get("actor", "")
    for key, value in span.notes.items():
        if not RE_ID.fullmatch(value):
            yield f"{key} id {value!r} is not in snake_case ASCII form"
    if span.label in NEVER_ACT and actor:
        yield f"{span.label} has no actor, found {actor!r}"
    if span.label in ACT_AS_THEMSELVES and actor != entity:
        yield f"{span.label} acts as itself: expected actor {entity!r}, found {actor!r}"
    if span.label == "NORP" and actor and actor != entity:
        yield f"NORP acts as the state that it links to: expected actor {entity!r} or none, found {actor!r}"


def _check_date(span: Span) -> Iterator[str]:
    value, mod = span.notes["value"], span.notes.get("mod", "")
    if mod and mod not in MODS:
        yield f"unknown mod {mod!r}; valid are {', '.join(MODS)}"
    if problem := value_problem(span.label, value):
        yield problem


def value_problem(type: str, value: str) -> str:
    """Why a TIMEX3 value is not one of its type; empty if it is."""
    if "/" in value:
        return f"value {value!r}: a range is its two ends, each an expression"
    if not _FORMS[type].fullmatch(value) or value in ("P", "PT"):
        return f"value {value!r} is not one of a {type}"
    day = re.match(r"(\d{4})-(\d\d)(?:-(\d\d))?(?!\d)", value)
    if day:
        try:
            date(max(1, int(day[1])), int(day[2]), int(day[3] or 1))
        except ValueError:
            return f"value {value!r} is not in the calendar"
    return ""


def _check_links(path: Path) -> list[Problem]:
    problems = []
    last = 0
    for number, link in enumerate(parse_links(path.read_bytes().decode("utf8"), str(path)), start=2):
        place = f"{link.anchor!r} {link.raw_start}-{link.raw_end}"
        if link.raw_end - link.raw_start != len(link.anchor):
            problems.append(Problem(str(path), number, place, "extent and anchor differ in length"))
        if link.blurb_start < link.raw_end or link.blurb_end < link.blurb_start:
            problems.append(Problem(str(path), number, place, "blurb does not stand behind its anchor"))
        if link.raw_start < last:
            problems.append(Problem(str(path), number, place, "not in the order of the raw file"))
        last = link.raw_end
    return problems
