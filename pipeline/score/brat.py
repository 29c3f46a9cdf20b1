"""brat stand-off: the lines of an `.ann` file, and the settings that let brat show them.

A mention is a text-bound annotation with a normalisation to its entity and, if it acts, one to its actor; a
date is a text-bound annotation with the attributes `value` and `mod`. Format:
https://brat.nlplab.org/standoff.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import Mention, Timex
from pipeline.tables import LABELS, MODS, TIMEX_TYPES

# T1<tab>GPE 0 7<tab>Albania
RE_TEXTBOUND = re.compile(r"(T\d+)\t(\S+) (\d+) (\d+)\t(.*)")
# N1<tab>Reference T1 entity:enver_hoxha<tab>Enver Hoxha
RE_REFERENCE = re.compile(r"(N\d+)\tReference (T\d+) ([^\s:]+):(\S+)(?:\t(.*))?")
# A1<tab>value T9 1947-07
RE_ATTRIBUTE = re.compile(r"(A\d+)\t(\S+) (T\d+) (\S+)")

NORMALISATIONS = ("entity", "actor")
ATTRIBUTES = ("value", "mod")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a gold file: `line` counts from 1, 0 = the file as a whole."""

    file: str
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.place}: {self.message}" if self.place else f"{where}: {self.message}"


@dataclass(slots=True)
class Span:
    """A text-bound annotation with what hangs on it, as read; `line` is its line in the file."""

    id: str
    label: str
    start: int
    end: int
    text: str
    line: int
    notes: dict[str, str]

    @property
    def place(self) -> str:
        """How a message names the span."""
        return f"{self.id} {self.label} {self.start}-{self.end} {self.text!r}"


def parse_ann(content: str, file: str) -> tuple[list[Span], list[Problem]]:
    """The spans of an `.ann` file in file order, and every line that cannot be used."""
    spans: dict[str, Span] = {}
    hanging: list[tuple[int, str, str, str, str]] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, raw in enumerate(content.split("\n"), start=1):
        line = raw.rstrip("\r")
        if not line.strip() or line.startswith("#"):  # "#1 AnnotatorNotes T1 …" is a labeller's remark
            continue
        name = line.split("\t", 1)[0]
        if name in seen:
            problems.append(Problem(file, number, name, "id used twice"))
            continue
        seen.add(name)
        if match := RE_TEXTBOUND.fullmatch(line):
            id_, label, start, end, text = match.groups()
            spans[id_] = Span(id_, label, int(start), int(end), text, number, {})
        elif match := RE_REFERENCE.fullmatch(line):
            hanging.append((number, match[1], match[2], match[3], match[4]))
        elif match := RE_ATTRIBUTE.fullmatch(line):
            hanging.append((number, match[1], match[3], match[2], match[4]))
        else:
            problems.append(Problem(file, number, name, f"not a line that the gold set uses: {line!r}"))
    problems.extend(_hang(spans, hanging, file))
    return list(spans.values()), problems


def _hang(
    spans: dict[str, Span], hanging: Iterable[tuple[int, str, str, str, str]], file: str
) -> Iterable[Problem]:
    """Put normalisations and attributes on their spans; yield those that cannot be."""
    for number, name, target, key, value in hanging:
        allowed = NORMALISATIONS if name.startswith("N") else ATTRIBUTES
        if target not in spans:
            yield Problem(file, number, name, f"refers to {target}, which does not exist")
        elif key not in allowed:
            yield Problem(file, number, name, f"unknown name {key!r}; valid are {', '.join(allowed)}")
        elif key in spans[target].notes:
            yield Problem(file, number, name, f"second {key} for {target}")
        else:
            spans[target].notes[key] = value


def format_ann(mentions: Iterable[Mention], dates: Iterable[Timex]) -> str:
    """The `.ann` file of a page: spans in text order, numbered anew, each followed by what hangs on it."""
    mentions = list(mentions)
    names = readable_names(mentions)
    lines: list[str] = []
    n = a = 0
    items: list[Mention | Timex] = sorted([*mentions, *dates], key=lambda x: (x.start, x.end))
    for t, item in enumerate(items, start=1):
        kind = item.label if isinstance(item, Mention) else item.type
        lines.append(f"T{t}\t{kind} {item.start} {item.end}\t{item.text}")
        if isinstance(item, Mention):
            for key, value in (("entity", item.entity_id), ("actor", item.actor_id)):
                if value:
                    n += 1
                    lines.append(f"N{n}\tReference T{t} {key}:{value}\t{names[value]}")
        else:
            for key, value in (("value", item.value), ("mod", item.mod)):
                if value:
                    a += 1
                    lines.append(f"A{a}\t{key} T{t} {value}")
    return "".join(line + "\n" for line in lines)


def readable_names(mentions: Iterable[Mention]) -> dict[str, str]:
    """A name to show for each id: the mention that is written like the id, else the id's words."""
    names: dict[str, str] = {}
    for mention in mentions:
        for id_ in (mention.entity_id, mention.actor_id):
            if id_:
                names.setdefault(id_, id_.replace("_", " "))
        written = re.sub(r"[\W_]+", "_", mention.text.casefold()).strip("_")
        if written == mention.entity_id:
            names[mention.entity_id] = mention.text
    return names


def annotation_conf(dates: Iterable[Timex]) -> str:
    """brat's `annotation.conf`: the labels, and the values that the dates of the gold set have.

    brat offers only values that are listed here (it has no free text in attributes), so the list grows with
    the set.
    """
    types = "|".join(TIMEX_TYPES)
    values = "|".join(sorted({date.value for date in dates if date.value})) or "XXXX"
    return (
        "# Written by `python -m pipeline.score settle`; a date value that is not listed is added below.\n"
        "[entities]\n"
        + "".join(f"{label}\n" for label in (*LABELS, *TIMEX_TYPES))
        + "\n[relations]\n\n[events]\n\n"
        "[attributes]\n"
        f"value\tArg:{types}, Value:{values}\n"
        f"mod\tArg:{types}, Value:{'|'.join(MODS)}\n"
    )


# colour-blind safe (Okabe & Ito 2008), lightened so that black text stays readable
_COLOURS = {
    "PERSON": "#f3c6a5", "NORP": "#f7e9a0", "GPE": "#a9d3f0", "LOC": "#a8dcc9", "FAC": "#d6d6d6",
    "ORG": "#e9b9d3", "EVENT": "#f0b27f", "LAW": "#b7c8e6", "WORK_OF_ART": "#e4d7f2",
}  # fmt: skip


def visual_conf() -> str:
    """brat's `visual.conf`: how labels are written and coloured; dates are white with a frame."""
    labels = "".join(f"{label} | {label}\n" for label in (*LABELS, *TIMEX_TYPES))
    drawing = "".join(f"{label}\tbgColor:{_COLOURS[label]}\n" for label in LABELS)
    drawing += "".join(f"{kind}\tbgColor:#ffffff, borderColor:#000000\n" for kind in TIMEX_TYPES)
    return f"[labels]\n{labels}\n[drawing]\nSPAN_DEFAULT\tfgColor:black, bgColor:#eeeeee\n{drawing}"


def tools_conf() -> str:
    """brat's `tools.conf`: ids lead to the article of that title (they are its snake_case form)."""
    url = "<URL>:https://en.wikipedia.org/, <URLBASE>:https://en.wikipedia.org/wiki/Special:Search?search=%s"
    return "[normalization]\n" + "".join(f"{name}\t{url}\n" for name in NORMALISATIONS)
