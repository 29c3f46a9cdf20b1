"""Figures on public corpora: run the pipeline on the raw texts, compare in raw coordinates.

A corpus is a folder with `raw/*.txt` and `gold.csv` (doc_id, start, end, text, label, value, mod, cluster;
offsets in code points of the raw text). The corpora's guidelines are not ours; what can be left out of the
comparison is: see `keep_dates` and `TYPES`.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.job import Job, Report, RunError
from pipeline.stages import run_pages
from pipeline.tables import Row, read_table

# A leading article belongs to the name in some corpora; a possessive ending likewise.
RE_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
POSSESSIVES = ("'s", "’s")
# Gold values that name no calendar time and no length: PRESENT_REF, XXXX-12, comments of annotators.
RE_NO_TIME = re.compile(r"^$|_REF|X|^Annotation")
RE_LENGTH = re.compile(r"P[X\d]")
TYPES = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
GOLD_TYPES = ("PER", "ORG", "LOC")


@dataclass(frozen=True, slots=True)
class Span:
    """A gold or predicted span, offsets in the raw text; what the corpus does not have is empty."""

    start: int
    end: int
    label: str = ""
    value: str = ""
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Counts of one comparison."""

    name: str
    right: float
    gold: float
    predicted: float

    def __str__(self) -> str:
        precision = self.right / self.predicted if self.predicted else 0.0
        recall = self.right / self.gold if self.gold else 0.0
        both = self.gold + self.predicted
        f1 = 2 * self.right / both if both else 0.0
        return f"{self.name:14s} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}"


Spans = Mapping[str, Sequence[Span]]


def trimmed(text: str, span: Span) -> tuple[int, int]:
    """The span without white space at its ends, leading article and possessive."""
    words = text[span.start : span.end]
    start = span.start + len(words) - len(words.lstrip())
    end = max(start, span.end - (len(words) - len(words.rstrip())))
    article = RE_ARTICLE.match(text[start:end])
    start += article.end() if article else 0
    return (start, end - 2) if text[start:end].endswith(POSSESSIVES) else (start, end)


def plain_value(value: str) -> str:
    """A TIMEX value without clock time, decades and centuries by their digits alone."""
    value = value.strip()
    if re.match(r"(?:BC)?\d", value):
        value = re.sub(r"T\d\d:\d\d.*$|T(?:MO|AF|NI|EV|DT|MI)$", "", value)
    return re.sub(r"^(\d{3})X$", r"\1", re.sub(r"^(\d\d)XX$", r"\1", value))


def keep_dates(gold: Sequence[Span], predicted: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """Gold that names calendar time or a length; predictions without those that only touch other gold."""
    kept = [g for g in gold if not RE_NO_TIME.search(g.value) or RE_LENGTH.match(g.value)]
    other = [g for g in gold if g not in kept]
    free = [
        p
        for p in sorted(predicted, key=lambda p: p.start)
        if any(_overlap(p, g) > 0 for g in kept) or not any(_overlap(p, g) > 0 for g in other)
    ]
    return kept, free


def _overlap(a: Span, b: Span) -> int:
    return min(a.end, b.end) - max(a.start, b.start)


def match_dates(gold: Sequence[Span], predicted: Sequence[Span]) -> Iterator[tuple[Span | None, Span | None]]:
    """Pairs of gold and prediction, each used once, by the longest overlap; None where one has no partner."""
    used: set[int] = set()
    for g in gold:
        best = max(
            ((_overlap(p, g), -i) for i, p in enumerate(predicted) if i not in used and _overlap(p, g) > 0),
            default=None,
        )
        if best is not None:
            used.add(-best[1])
        yield g, predicted[-best[1]] if best is not None else None
    yield from ((None, p) for i, p in enumerate(predicted) if i not in used)


def date_figures(texts: Mapping[str, str], gold: Spans, predicted: Spans) -> tuple[list[Figure], list[str]]:
    """Figures of dates, lenient and strict, with and without value; a line for each error, kind first."""
    hits: Counter[str] = Counter()
    golds = preds = 0
    errors = []
    for doc_id, text in texts.items():
        kept, free = keep_dates(gold.get(doc_id, ()), predicted.get(doc_id, ()))
        golds, preds = golds + len(kept), preds + len(free)
        for g, p in match_dates(kept, free):
            if g is not None and p is not None:
                strict = trimmed(text, g) == trimmed(text, p)
                value = plain_value(g.value) == plain_value(p.value)
                hits.update(
                    {"lenient": 1, "strict": strict, "lenient+value": value, "strict+value": strict and value}
                )
                kind = (
                    ""
                    if strict and value
                    else "value"
                    if strict
                    else "extent"
                    if value
                    else "extent and value"
                )
            else:
                kind = "missed" if p is None else "spurious"
            if kind:
                errors.append(
                    f"{kind}: {_describe(text, g)} → {_describe(text, p)}  {doc_id} {_context(text, g or p)}"
                )
    names = ("lenient", "strict", "lenient+value", "strict+value")
    return [Figure(n, hits[n], golds, preds) for n in names], errors


def _describe(text: str, span: Span | None) -> str:
    if span is None:
        return "–"
    return f"{text[span.start : span.end]!r} {span.value or span.label}"


def _context(text: str, span: Span | None) -> str:
    if span is None:
        return ""
    return " ".join(text[max(0, span.start - 60) : span.end + 40].split())


def name_figures(
    texts: Mapping[str, str], gold: Spans, predicted: Spans, *, nationalities: bool
) -> tuple[list[Figure], list[str]]:
    """Figures of names by exact span and type; with `nationalities`, the corpus has them as LOC."""
    types = TYPES | ({"NORP": "LOC"} if nationalities else {})
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    errors: list[str] = []
    for doc_id, text in texts.items():
        g = {(*trimmed(text, s), s.label) for s in gold.get(doc_id, ()) if s.label in GOLD_TYPES}
        p = {(*trimmed(text, s), types[s.label]) for s in predicted.get(doc_id, ()) if s.label in types}
        for key in ("all", *GOLD_TYPES):
            _count(counts[key], *({x for x in side if key in ("all", x[2])} for side in (g, p)))
        _count(counts["span"], {x[:2] for x in g}, {x[:2] for x in p})
        errors += _name_errors(doc_id, text, g, p)
    names = ("all", *GOLD_TYPES, "span")
    return [Figure(n, counts[n]["right"], counts[n]["gold"], counts[n]["predicted"]) for n in names], errors


def _count(counter: Counter[str], gold: set[Any], predicted: set[Any]) -> None:
    counter.update(right=len(gold & predicted), gold=len(gold), predicted=len(predicted))


def _name_errors(doc_id: str, text: str, gold: set[Any], predicted: set[Any]) -> Iterator[str]:
    labels = {(a, b): label for a, b, label in predicted}
    for a, b, label in sorted(gold - predicted):
        found = labels.get((a, b))
        kind = "type" if found else "missed"
        yield f"{kind}: {text[a:b]!r} {label} → {found or '–'}  {doc_id} {_context(text, Span(a, b))}"
    spans = {x[:2] for x in gold}
    for a, b, label in sorted(predicted - gold):
        if (a, b) not in spans:
            yield f"spurious: – → {text[a:b]!r} {label}  {doc_id} {_context(text, Span(a, b))}"


def cluster_figure(texts: Mapping[str, str], gold: Spans, predicted: Spans) -> str:
    """B-cubed of entities over the names that both sides have, on one line."""
    precision = recall = 0.0
    count = 0
    for doc_id, text in texts.items():
        g = {trimmed(text, s): s.cluster for s in gold.get(doc_id, ()) if s.label in GOLD_TYPES}
        p = {trimmed(text, s): s.cluster for s in predicted.get(doc_id, ()) if s.cluster}
        both = [span for span in g if span in p]
        together = Counter((g[s], p[s]) for s in both)
        in_gold, in_pred = Counter(g[s] for s in both), Counter(p[s] for s in both)
        precision += sum(together[g[s], p[s]] / in_pred[p[s]] for s in both)
        recall += sum(together[g[s], p[s]] / in_gold[g[s]] for s in both)
        count += len(both)
    f1 = 2 * precision * recall / (precision + recall) / count if precision + recall else 0.0
    average = [x / count if count else 0.0 for x in (precision, recall)]
    return f"entity clusters B3  P {average[0]:.4f}  R {average[1]:.4f}  F1 {f1:.4f}  ({count} mentions)"


def read_corpus(path: Path) -> tuple[dict[str, str], dict[str, list[Span]]]:
    """Raw texts and gold spans of a corpus. Raises: RunError naming file and line."""
    texts = {p.stem: p.read_bytes().decode("utf8") for p in sorted((path / "raw").glob("*.txt"))}
    if not texts:
        raise RunError(f"{path / 'raw'}: no texts (*.txt)")
    gold: dict[str, list[Span]] = defaultdict(list)
    with (path / "gold.csv").open(newline="", encoding="utf8") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            try:
                span = Span(
                    int(row["start"]),
                    int(row["end"]),
                    row["label"],
                    row.get("value") or "",
                    row.get("cluster") or "",
                )
                gold[row["doc_id"]].append(span)
            except (KeyError, TypeError, ValueError) as error:
                raise RunError(f"{path / 'gold.csv'}: line {reader.line_num}: {error}") from None
    return texts, dict(gold)


def spans_of(rows: Sequence[Row]) -> dict[str, list[Span]]:
    """Rows of dates or mentions as spans in raw coordinates."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for r in rows:
        span = Span(
            r["raw_start"], r["raw_end"], r.get("label", ""), r.get("value", ""), r.get("entity_id", "")
        )
        spans[r["doc_id"]].append(span)
    return dict(spans)


def bench_corpus(
    name: str, path: Path, config: Config, run: Callable[[Callable[[Job], Report], Job], Report], *,
    jobs: int = 1, errors: bool = False, peers: bool = False, say: Callable[[str], None],
) -> bool:  # fmt: skip
    """Run the pipeline on a corpus in a temporary folder and say its figures; whether every page was done.

    With `errors`, all errors by kind; with `peers`, the figures of other taggers beside ours.
    """
    texts, gold = read_corpus(path)
    with tempfile.TemporaryDirectory(prefix="wiki-relations-") as folder:
        job = Job(path / "raw", Path(folder), config=replace(config, bootstrap=0), jobs=jobs)
        report = run(run_pages, job)
        predicted = spans_of(read_table(job.outputs, "dates" if name == "wikiwars" else "mentions"))
    if name == "wikiwars":
        figures, lines = date_figures(texts, gold, predicted)
    else:
        figures, lines = name_figures(texts, gold, predicted, nationalities=name == "redocred")
    say(f"gold {figures[0].gold:.0f}  predicted {figures[0].predicted:.0f}")
    for figure in figures:
        say(str(figure))
    if name == "redocred":
        say(cluster_figure(texts, gold, predicted))
    if errors:
        _say_errors(lines, say)
    if peers:
        from pipeline.annotate.dates.peers import compare_peers, format_peers  # it imports this module

        say(format_peers(compare_peers(texts, gold, model=config.model)))
    return not report.failures


def _say_errors(lines: Sequence[str], say: Callable[[str], None]) -> None:
    kinds = Counter(line.partition(":")[0] for line in lines)
    for kind, count in kinds.most_common():
        say(f"\n{kind}: {count}")
        for line in lines:
            if line.partition(":")[0] == kind:
                say("  " + line.partition(": ")[2])
