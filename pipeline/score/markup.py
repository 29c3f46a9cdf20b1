"""Inline mark-up, the form in which a text editor suffices to label a page.

`⟦text|LABEL|entity_id|actor_id⟧` is a mention (an empty actor_id: none), `⦃text|TYPE|value|mod⦄` a date.
With the mark-up stripped the clean text must come out again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import Mention, Timex
from pipeline.score.gold import GoldError, GoldLink, GoldPage
from pipeline.tables import LABELS, TIMEX_TYPES

# ⟦Enver Hoxha|PERSON|enver_hoxha|enver_hoxha⟧  ⦃July 1947|DATE|1947-07|⦄
RE_MARK = re.compile(r"⟦([^⟦⟧⦃⦄|]*)\|([^⟦⟧⦃⦄]*)⟧|⦃([^⟦⟧⦃⦄|]*)\|([^⟦⟧⦃⦄]*)⦄")
RE_SIGN = re.compile(r"[⟦⟧⦃⦄]")


def parse_marked(
    marked: str, file: str, doc_id: str, *, text: str | None = None, links: Sequence[GoldLink] = ()
) -> GoldPage:
    """A gold page from its text with inline mark-up.

    Parameters: file, for messages; text, the clean text that must come out, if known.
    Raises: GoldError naming line and place for mark-up that is not of the form, or words that were changed.
    """
    pieces: list[str] = []
    mentions: list[Mention] = []
    dates: list[Timex] = []
    length = last = 0
    for number, match in enumerate(RE_MARK.finditer(marked), start=1):
        between = marked[last : match.start()]
        pieces.append(between)
        length += len(between)
        surface = match[1] if match[1] is not None else match[3]
        end = length + len(surface)
        where = f"{file}:{marked.count(chr(10), 0, match.start()) + 1}"
        if "\n" in surface:
            raise GoldError(f"{where}: {' '.join(match.group().split())}: runs over a line break")
        if match[1] is not None:
            label, entity, actor = _fields(match[2], LABELS, match.group(), where)
            mentions.append(
                Mention(f"T{number}", "", length, end, surface, label, "gold", 1.0, entity, actor)
            )
        else:
            kind, value, mod = _fields(match[4], TIMEX_TYPES, match.group(), where)
            dates.append(Timex(f"T{number}", "", length, end, surface, kind, value, mod))
        pieces.append(surface)
        length, last = end, match.end()
    pieces.append(marked[last:])
    clean = "".join(pieces)
    _check_clean(clean, text, marked, file)
    return GoldPage(doc_id, clean, tuple(mentions), tuple(dates), tuple(links))


def _fields(written: str, labels: Sequence[str], mark: str, where: str) -> list[str]:
    fields = [field.strip() for field in written.split("|")]
    if len(fields) != 3 or fields[0] not in labels or not fields[1]:
        raise GoldError(
            f"{where}: {mark}: expected text|label|value|value or nothing; labels: {', '.join(labels)}"
        )
    return fields


def _check_clean(clean: str, text: str | None, marked: str, file: str) -> None:
    """Raise if a bracket is left over, or the words are not those of the clean text."""
    if stray := RE_SIGN.search(clean):
        line = clean.count("\n", 0, stray.start()) + 1
        around = clean[max(0, stray.start() - 30) : stray.end() + 30]
        raise GoldError(f"{file}:{line}: mark-up that is not closed, nested or short of a field: {around!r}")
    if text is None or clean == text:
        return
    i = next(
        (i for i, (a, b) in enumerate(zip(clean, text, strict=False)) if a != b), min(len(clean), len(text))
    )
    found, expected = clean[max(0, i - 20) : i + 20], text[max(0, i - 20) : i + 20]
    line = clean.count("\n", 0, i) + 1
    raise GoldError(f"{file}:{line}: the words were changed: found {found!r}, expected {expected!r}")


def format_marked(page: GoldPage) -> str:
    """The text of a gold page with inline mark-up; `parse_marked` reads it back."""
    marks: list[tuple[int, int, str]] = []
    for m in page.mentions:
        marks.append((m.start, m.end, f"⟦{m.text}|{m.label}|{m.entity_id}|{m.actor_id}⟧"))
    for d in page.dates:
        marks.append((d.start, d.end, f"⦃{d.text}|{d.type}|{d.value}|{d.mod}⦄"))
    pieces: list[str] = []
    last = 0
    for start, end, mark in sorted(marks):
        pieces += [page.text[last:start], mark]
        last = end
    return "".join([*pieces, page.text[last:]])
