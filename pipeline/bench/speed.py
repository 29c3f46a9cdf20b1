"""Speed and memory as ratios, all in one run: against the bare model, more processes, more pages, nothing changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc

from pipeline.annotate import TEXTS, annotate_pages, paragraph_spans
from pipeline.annotate.dates import find_dates
from pipeline.bench.generate import write_corpus
from pipeline.cli import ONE_THREAD
from pipeline.config import Config
from pipeline.engine import Tools, read_page
from pipeline.job import RunError
from pipeline.link import link_page
from pipeline.records import Page

# What one page of a scaling run has: enough for the model's work to show, little enough for 2,000 of them.
SHORT = 1500
# Whole pages for the run that is compared with the bare model.
LONG = 200
# What the run asks of `nlp.pipe`.
TUNED = {"batch_size": TEXTS}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of the command line took: seconds, peak memory in MB, and its run.json."""

    seconds: float
    memory: float
    told: dict


# Starts a command and tells its seconds and peak memory. A process of its own, and a small one: Linux counts what
# the starting process has in memory as the peak of the one that it starts.
_MEASURE = """import json, resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.call(sys.argv[1:])
seconds = time.perf_counter() - started
print(json.dumps([code, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))"""


def run_command(raw: Path, outputs: Path, *args: str) -> Run:
    """`all` in a process of its own. Raises: RunError if it fails."""
    options = ["all", "-q", "--raw", str(raw), "--outputs", str(outputs), *args]
    command = [sys.executable, "-c", _MEASURE, sys.executable, "-m", "pipeline", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    code, seconds, peak = json.loads(done.stdout)
    if code:
        raise RunError(f"{' '.join(options)}: exit {code}")
    # In kilobytes on Linux, in bytes on macOS; of the largest process, not of all together.
    memory = peak / (1e6 if sys.platform == "darwin" else 1e3)
    return Run(seconds, memory, json.loads((outputs / "run.json").read_text(encoding="utf8")))


def best(times: int, work: Callable[[], object]) -> float:
    """The least seconds of some runs: what others do on the machine only adds."""
    found = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def bench_speed(sources: Sequence[str], *, pages: int, say: Say) -> None:
    """Measure on copies of the given raw pages and say each figure with the bound it should keep.

    pages: of the larger scaling run; the smaller one has a tenth. All in one call, so that the figures that are
    compared come from one machine in one state.
    """
    with tempfile.TemporaryDirectory(prefix="wiki-relations-") as name:
        folder = Path(name)
        write_corpus(folder / "long", sources, LONG)
        _model_ratio(folder, say)
        _stages(folder, say)
        _one_page(folder, sources, say)
        write_corpus(folder / "many", sources, pages, chars=SHORT)
        write_corpus(folder / "few", sources, pages // 10, chars=SHORT)
        _scaling(folder, pages, say)


def _pages(raw: Path) -> list[Page]:
    return [read_page(path, Config())[0] for path in sorted(raw.glob("*.txt"))]


def _texts(pages: Sequence[Page]) -> list[str]:
    return [page.text[a:b] for page in pages for a, b in paragraph_spans(page)]


def _parsed(pages: Sequence[Page], tools: Tools) -> list[list[str]]:
    """The sentences that `link` has parsed, in its own pieces."""
    pieces: list[list[str]] = []

    def record(texts: Iterable[str]) -> Iterator[Doc]:
        pieces.append(list(texts))
        return tools.model.parse(pieces[-1])

    for page, annotation in annotate_pages(pages, tools.model, tools.knowledge):
        link_page(page, annotation, record, tools.knowledge)
    return pieces


def _model_ratio(folder: Path, say: Say) -> None:
    """The whole run against the model's components alone, on the same clean text; with one process, then two.

    All in processes of their own that read every text once, as the run does: the model is slower on words that it
    has not met. The floors: the components that read every paragraph (names and sentence ends), these with the
    parser on the sentences that `link` parses, which is the model's work as well, both as `nlp.pipe` comes, and the
    second with what the run does for the model's speed.
    """
    tools, pages = Tools.load(Config()), _pages(folder / "long")
    texts, pieces = _texts(pages), _parsed(pages, tools)
    chars, sentences = sum(map(len, texts)), sum(map(len, pieces))
    load = _bare_seconds(folder, [], [])
    names = _bare_seconds(folder, texts, []) - load
    both = _bare_seconds(folder, texts, pieces) - load
    tuned = _bare_seconds(folder, texts, pieces, TUNED) - load
    runs = [
        run_command(folder / "long", folder / f"out-{jobs}", "--no-cache", "--jobs", str(jobs))
        for jobs in (1, 2)
    ]
    whole = runs[0].seconds - load
    components = " and ".join(tools.model.nlp.pipe_names)
    say(
        f"{len(pages)} pages, {chars:,} characters of clean text; loading takes {load:.1f} s, not counted below"
    )
    say(f"bare model, {components} on every paragraph: {chars / names:,.0f} characters a second")
    say(
        f"with the parser on the {sentences:,} sentences that ask for it: {both:.1f} s, without {names:.1f} s"
    )
    say(f"end to end: {chars / whole:,.0f} characters a second ({whole:.1f} s)")
    say(f"ratio to the bare model with the parser: {both / whole:.2f} (want ≥ 0.75)")
    say(f"ratio to the bare model without the parser: {names / whole:.2f}")
    say(
        f"ratio to the bare model with the parser, in the run's batches and on its one thread: {tuned / whole:.2f}"
    )
    steps = runs[0].told["seconds"]
    total = sum(steps.values())
    say("shares: " + ", ".join(f"{step} {100 * seconds / total:.0f} %" for step, seconds in steps.items()))
    one, two = (run.told["seconds"]["pages"] for run in runs)
    say(f"--jobs 2 against 1, the pages: {one / two:.2f} times as fast (want ≥ 1.7 with two free cores)")


def _bare_seconds(
    folder: Path,
    texts: Sequence[str],
    pieces: Sequence[Sequence[str]],
    options: Mapping[str, int] | None = None,
) -> float:
    """Seconds of a process that loads the model and runs it on texts, and its parser on pieces; the less of two.

    options: of `nlp.pipe`; with any, on one thread as the run, else with as many as the libraries take.
    """
    file = folder / "bare.json"
    file.write_text(json.dumps([texts, pieces, options or {}]), encoding="utf8")
    threads = {ONE_THREAD: "1"} if options else {}
    env = {name: value for name, value in os.environ.items() if name != ONE_THREAD} | threads
    command = [sys.executable, "-c", _BARE, str(file)]
    return best(2, lambda: subprocess.run(command, check=True, env=env))


# What a run cannot do without: Python, the model's libraries, the model. Not the libraries of the other stages.
_BARE = """import json, sys
from pipeline.annotate.model import load_model
from pipeline.config import Config
model = load_model(Config().model, Config().weights)
texts, pieces, options = json.load(open(sys.argv[1], encoding="utf8"))
for doc in model.nlp.pipe(texts, **options):
    pass
for piece in pieces:
    list(model.parse(piece))"""


def _stages(folder: Path, say: Say) -> None:
    paths = sorted((folder / "long").glob("*.txt"))
    size = sum(path.stat().st_size for path in paths)
    seconds = best(2, lambda: [read_page(path, Config()) for path in paths])
    say(f"clean: {size / seconds / 1e6:.2f} MB a second (want ≥ 2)")
    pages = _pages(folder / "long")
    chars = sum(len(page.text) for page in pages)
    seconds = best(2, lambda: [find_dates(page.text) for page in pages])
    say(f"dates: {chars / seconds:,.0f} characters a second (want ≥ 100,000)")


def _one_page(folder: Path, sources: Sequence[str], say: Say) -> None:
    write_corpus(folder / "one", sources[:1], 1)
    alone = _bare_seconds(folder, _texts(_pages(folder / "one")), [])
    whole = min(run_command(folder / "one", folder / "out-one", "--no-cache").seconds for _ in range(3))
    say(
        f"one page: {whole:.1f} s against {alone:.1f} s for loading the model and running it bare: "
        f"{whole / alone:.2f} (want ≤ 2)"
    )


def _scaling(folder: Path, pages: int, say: Say) -> None:
    few = run_command(folder / "few", folder / "out-few")
    many = run_command(folder / "many", folder / "out-many")
    again = run_command(folder / "many", folder / "out-many")
    for count, run in ((pages // 10, few), (pages, many)):
        say(f"{count:,} pages of {SHORT:,} characters: {run.seconds:.1f} s, {run.memory:.0f} MB")
    per_page = many.seconds / pages / (few.seconds / (pages // 10))
    say(f"time per page, {pages:,} against {pages // 10:,} pages: {per_page:.2f} (want ≤ 1.1)")
    say(f"peak memory, {pages:,} against {pages // 10:,} pages: {many.memory / few.memory:.2f} (want ≤ 1.3)")
    _same_after(again, many, say)
    (folder / "many" / "page_00000.txt").write_text("In 1951 Finland met Norway.\n")
    changed = run_command(folder / "many", folder / "out-many")
    say(f"one page changed against full run: {changed.seconds / many.seconds:.2f} ({changed.seconds:.1f} s)")


def _same_after(again: Run, many: Run, say: Say) -> None:
    if not again.told["unchanged"]:
        raise RunError("the second run on the same pages found something to do")
    say(
        f"unchanged rerun against full run: {again.seconds / many.seconds:.3f} (want ≤ 0.1; {again.seconds:.1f} s)"
    )
