"""The command line: parse, call, report, exit code; nothing else.

Exit codes: 0 done; 1 failed, a page left out, or a figure below its floor; 2 wrong usage; 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import __version__
from pipeline.config import FORMATS, LAYOUTS, PERIODS, WINDOWS
from pipeline.terminal import Bar, Edge, fail, guarded

# Importing the stages loads spaCy, a second's work: each command does it, so that --help does not.

app = typer.Typer(
    name="wiki-relations",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Turn scraped wiki pages into tables: who is named with whom, when, and in which sentence.",
    epilog="Example: `wiki-relations all --raw pages --outputs tables`",
)

Raw = Annotated[Path, typer.Option("--raw", help="Folder of raw pages (*.txt).", metavar="DIR")]
Gold = Annotated[
    Path | None, typer.Option("--gold", help="Folder of the gold set; left out: no scores.", metavar="DIR")
]
GoldGiven = Annotated[Path, typer.Option("--gold", help="Folder of the gold set.", metavar="DIR")]
Outputs = Annotated[Path, typer.Option("--outputs", help="Folder of the tables.", metavar="DIR")]
Overrides = Annotated[
    Path | None,
    typer.Option(
        "--overrides", metavar="FILE", help="Corrections (default: overrides.csv in the gold folder)."
    ),
]
Settings = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Settings (TOML).")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes that share the pages.")]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Do every page anew and keep nothing for the next run.")
]
Dask = Annotated[
    str, typer.Option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster that does the pages.")
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=1, metavar="SECONDS", help="How long a page may take in a worker.")
]
Safe = Annotated[
    bool,
    typer.Option("--spreadsheet-safe", help="Also copies of the tables in which no cell runs as a formula."),
]
Verbose = Annotated[int, typer.Option("--verbose", "-v", count=True, help="Say more; twice: also traces.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]

Window = Annotated[
    str | None, typer.Option("--window", help=f"What two actors must share: {', '.join(WINDOWS)}.")
]
Slice = Annotated[str | None, typer.Option("--slice", help=f"Also edges by period: {', '.join(PERIODS)}.")]
Least = Annotated[
    int | None,
    typer.Option(
        "--min-weight", min=1, metavar="N", help="Sentences in which two actors must meet to be an edge."
    ),
]
Format = Annotated[
    str | None, typer.Option("--format", help=f"Of the tables: {', '.join(FORMATS)} (needs pyarrow).")
]
Layout = Annotated[str | None, typer.Option("--layout", help=f"Scrape layout: {', '.join(LAYOUTS)}.")]
ExplainClean = Annotated[
    str | None,
    typer.Option("--explain", metavar="PAGE", help="Print what is removed from one page, and why."),
]
ExplainLink = Annotated[
    str | None,
    typer.Option("--explain", metavar="PAGE", help="Print each mention's candidates and their evidence."),
]
Backbone = Annotated[
    float | None,
    typer.Option("--backbone", min=0, max=1, metavar="ALPHA",
                 help="Print the edges that the disparity filter keeps at this level; the tables keep all."),
]  # fmt: skip
Confusions = Annotated[bool, typer.Option("--confusions", help="Print what is left to do, by kind.")]
Repin = Annotated[bool, typer.Option("--repin", help="Write the present figures as the new floors.")]
AllowLower = Annotated[bool, typer.Option("--allow-lower", help="Let --repin lower a floor.")]
Corpora = Annotated[
    Path, typer.Option("--corpora", metavar="DIR", help="A folder per corpus (raw/*.txt, gold.csv).")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for weights, manifest and card.")]
TrainFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="Training settings (TOML).")
]
Labelled = Annotated[
    list[Path] | None,
    typer.Option("--pages", metavar="DIR", help="Labelled pages to report on; may be given again."),
]
Folds = Annotated[int, typer.Option("--folds", min=0, help="Parts of a cross-validation that is run first.")]
Service = Annotated[str, typer.Option("--service", metavar="URL", help="Address of the service's API.")]
Answers = Annotated[
    Path | None,
    typer.Option(
        "--cache", metavar="DIR", help="Folder of answers (default: .reconciliation in the outputs)."
    ),
]
NoAnswers = Annotated[bool, typer.Option("--no-cache", help="Ask everything anew and keep no answer.")]
Batch = Annotated[int, typer.Option("--batch-size", min=1, max=100, help="Questions in one request.")]
Delay = Annotated[
    float, typer.Option("--delay", min=0, max=3600, metavar="SECONDS", help="Pause between requests.")
]
Wait = Annotated[
    float, typer.Option("--timeout", min=1, max=3600, metavar="SECONDS", help="How long an answer may take.")
]
Retries = Annotated[int, typer.Option("--retries", min=0, max=10, help="Further tries after a failure.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=50, help="Candidates for an entity.")]
Readme = Annotated[Path, typer.Argument(metavar="FILE", help="File with the markers to fill between.")]

RAW, GOLD, OUTPUTS = Path("raw"), Path("gold"), Path("outputs")
SERVICE = "https://wikidata.reconci.link/en/api"
CACHE = ".cache"  # under the outputs, so that it goes with them


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wiki-relations {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """Take the options that belong to no command."""


def choose(name: str, valid: tuple[str, ...], value: str | None) -> str | None:
    """A value out of a fixed set; anything else is wrong usage."""
    if value is not None and value not in valid:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(valid)}", param_hint=name)
    return value


def table_format(value: str | None, config: Path | None, outputs: Path) -> str | None:
    """The format of tables that is asked for; a stage that goes on with a folder of Parquet tables keeps to it."""
    if value is None and config is None and (outputs / "documents.parquet").exists():
        return "parquet"
    return choose("--format", FORMATS, value)


def folder(name: str, path: Path | None) -> Path | None:
    """A folder that must be there if it is named."""
    if path is not None and not path.is_dir():
        raise typer.BadParameter(f"{path}: no such folder", param_hint=name)
    return path


@app.command("all", epilog="Example: `wiki-relations all --raw raw --gold gold --outputs outputs`")
@guarded
def all_(
    raw: Raw = RAW, gold: Gold = None, outputs: Outputs = OUTPUTS, overrides: Overrides = None,
    config: Settings = None, jobs: Jobs = 1,
    no_cache: NoCache = False, dask: Dask = "", timeout: Timeout = 600.0, spreadsheet_safe: Safe = False,
    window: Window = None, slice: Slice = None, min_weight: Least = None, layout: Layout = None,
    format: Format = None,
    verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Run every stage: raw pages to tables, network and report; with --gold also the scores."""
    from pipeline.run import run_all

    edge = Edge(verbose, quiet)
    job = edge.job(
        raw, outputs, folder("--gold", gold), overrides, config, jobs,
        cache=None if no_cache else outputs / CACHE, dask=dask, timeout=timeout,
        spreadsheet_safe=spreadsheet_safe,
        window=choose("--window", WINDOWS, window), slice=choose("--slice", PERIODS, slice),
        min_weight=min_weight, layout=choose("--layout", LAYOUTS, layout),
        format=choose("--format", FORMATS, format),
    )  # fmt: skip
    edge.run(run_all, job)


@app.command(epilog="Example: `wiki-relations clean --raw pages --layout infolist`")
@guarded
def clean(
    raw: Raw = RAW, outputs: Outputs = OUTPUTS, config: Settings = None,
    layout: Layout = None, format: Format = None,
    explain: ExplainClean = None, verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Strip banners, blurbs and back matter; keep a map to the raw page."""
    from pipeline.stages import run_clean

    edge = Edge(verbose, quiet)
    job = edge.job(
        raw, outputs, config=config, layout=choose("--layout", LAYOUTS, layout),
        format=choose("--format", FORMATS, format),
    )  # fmt: skip
    if explain is not None:
        _explain(job, explain, "clean")
    else:
        edge.run(run_clean, job)


@app.command(epilog="Example: `wiki-relations annotate --outputs tables`")
@guarded
def annotate(
    outputs: Outputs = OUTPUTS, gold: Gold = None, overrides: Overrides = None, config: Settings = None,
    format: Format = None,
    verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Find sentences, names and dates in the clean pages."""
    from pipeline.stages import run_annotate

    edge = Edge(verbose, quiet)
    chosen = table_format(format, config, outputs)
    edge.run(run_annotate, edge.job(RAW, outputs, folder("--gold", gold), overrides, config, format=chosen))


@app.command(epilog="Example: `wiki-relations link --explain albania_russia_relations`")
@guarded
def link(
    raw: Raw = RAW, outputs: Outputs = OUTPUTS, gold: Gold = None, overrides: Overrides = None,
    config: Settings = None, format: Format = None,
    explain: ExplainLink = None, verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Decide which entity each name means and which actor it stands for."""
    from pipeline.stages import run_link

    edge = Edge(verbose, quiet)
    chosen = table_format(format, config, outputs)
    job = edge.job(raw, outputs, folder("--gold", gold), overrides, config, format=chosen)
    if explain is not None:
        _explain(job, explain, "link")
    else:
        edge.run(run_link, job)


def _explain(job: Any, page: str, stage: str) -> None:
    from pipeline.explain import explain_page, find_page

    typer.echo(explain_page(find_page(job.raw, page), job.config, stage), nl=False)


@app.command(epilog="Example: `wiki-relations graph --window paragraph --slice decade --backbone 0.05`")
@guarded
def graph(
    raw: Raw = RAW, outputs: Outputs = OUTPUTS, config: Settings = None,
    window: Window = None, slice: Slice = None, min_weight: Least = None,
    backbone: Backbone = None, format: Format = None,
    verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Count who is named with whom, measure the network, write it for Gephi, igraph and others."""
    from pipeline.stages import backbone_csv, run_graph

    edge = Edge(verbose, quiet)
    job = edge.job(
        raw, outputs, config=config, window=choose("--window", WINDOWS, window),
        slice=choose("--slice", PERIODS, slice), min_weight=min_weight,
        format=table_format(format, config, outputs),
    )  # fmt: skip
    edge.run(run_graph, job)
    if backbone is not None:
        typer.echo(backbone_csv(outputs, backbone), nl=False)


@app.command(epilog="Example: `wiki-relations score --gold gold --confusions`")
@guarded
def score(
    gold: GoldGiven = GOLD, outputs: Outputs = OUTPUTS, raw: Raw = RAW, overrides: Overrides = None,
    config: Settings = None,
    confusions: Confusions = False, format: Format = None,
    verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Compare the tables with the gold set: figures with intervals, and every disagreement."""
    from pipeline.score import confusion_report
    from pipeline.stages import run_score
    from pipeline.tables import read_table

    edge = Edge(verbose, quiet)
    chosen = table_format(format, config, outputs)
    edge.run(run_score, edge.job(raw, outputs, folder("--gold", gold), overrides, config, format=chosen))
    if confusions:
        report = confusion_report(read_table(outputs, "errors"), read_table(outputs, "scores"))
        typer.echo(report, nl=False)


@app.command(epilog="Example: `wiki-relations check --repin`")
@guarded
def check(
    gold: GoldGiven = GOLD, outputs: Outputs = OUTPUTS, raw: Raw = RAW, overrides: Overrides = None,
    config: Settings = None,
    repin: Repin = False, allow_lower: AllowLower = False,
    verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Fail if a figure fell below its floor in baseline.json; say which decisions changed."""
    from pipeline.accuracy import run_check

    edge = Edge(verbose, quiet)
    job = edge.job(raw, outputs, folder("--gold", gold), overrides, config)
    if allow_lower and not repin:
        raise typer.BadParameter("goes with --repin", param_hint="--allow-lower")
    text, passed = run_check(job, repin=repin, allow_lower=allow_lower)
    if not quiet or not passed:
        typer.echo(text, nl=False)
    raise typer.Exit(0 if passed else 1)


@app.command("check-gold", epilog="Example: `wiki-relations check-gold --gold gold`")
@guarded
def check_gold(gold: GoldGiven = GOLD, quiet: Quiet = False) -> None:
    """Find what cannot be right in the gold set: spans off their text, unknown labels, missing names."""
    from pipeline.score import check_gold as find_problems

    folder("--gold", gold)
    problems = find_problems(gold)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if not problems and not quiet:
        typer.echo(f"{gold}: no problem found")
    raise typer.Exit(1 if problems else 0)


@app.command(epilog="Example: `wiki-relations report --gold gold`")
@guarded
def report(
    raw: Raw = RAW, gold: Gold = None, outputs: Outputs = OUTPUTS, config: Settings = None,
    verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Build report.html and the figures from the tables."""
    from pipeline.stages import run_report

    edge = Edge(verbose, quiet)
    edge.run(run_report, edge.job(raw, outputs, folder("--gold", gold), config=config))


@app.command(epilog="Example: `wiki-relations reconcile --outputs tables --limit 3`")
@guarded
def reconcile(
    outputs: Outputs = OUTPUTS, service: Service = SERVICE, cache: Answers = None, no_cache: NoAnswers = False,
    batch_size: Batch = 10, delay: Delay = 1.0, timeout: Wait = 60.0, retries: Retries = 4, limit: Limit = 5,
    verbose: Verbose = 0, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Ask an online service for ids of entities without one; write candidates for review. Needs the network."""
    from pipeline.reconcile import ServiceError, check_service
    from pipeline.reconcile.command import CACHE as ANSWERS
    from pipeline.reconcile.command import reconcile as run

    edge = Edge(verbose, quiet)
    try:
        check_service(service)
    except ServiceError as error:
        raise typer.BadParameter(str(error), param_hint="--service") from None
    if no_cache and cache is not None:
        raise typer.BadParameter("not together with --cache", param_hint="--no-cache")
    say = (lambda line: None) if quiet else (lambda line: typer.echo(line, err=True))
    with Bar(wanted=not edge.quiet and sys.stderr.isatty()) as bar:
        code = run(
            outputs, service, cache_dir=None if no_cache else cache or outputs / ANSWERS,
            batch_size=batch_size, delay=delay, timeout=timeout, retries=retries, limit=limit,
            progress=bar.show, say=say, fail=fail,
        )  # fmt: skip
    raise typer.Exit(code)


@app.command(epilog="Example: `wiki-relations train --corpora bench --out pipeline/data/weights`")
@guarded
def train(
    corpora: Corpora, out: Out, settings: TrainFile = None, folds: Folds = 0, pages: Labelled = None,
    quiet: Quiet = False,
) -> None:  # fmt: skip
    """Train name weights over the base model on labelled corpora."""
    from pipeline.train import load_settings
    from pipeline.train import train as train_weights

    folder("--corpora", corpora)
    log = (lambda line: None) if quiet else (lambda line: typer.echo(line, err=True))
    chosen = load_settings(settings) if settings else None
    done = train_weights(corpora, out, settings=chosen, folds=folds, pages=pages or (), log=log)
    for path in done.files:
        typer.echo(str(path))


@app.command("readme-table", epilog="Example: `wiki-relations readme-table README.md`")
@guarded
def readme_table(
    readme: Readme = Path("README.md"),
    outputs: Outputs = OUTPUTS, gold: GoldGiven = GOLD,
) -> None:  # fmt: skip
    """Write the accuracy table, the example and the column lists of the README from the tables."""
    from pipeline.readme import fill
    from pipeline.tables import write_text

    write_text(readme, fill(readme.read_text(encoding="utf8"), outputs, gold))


bench = typer.Typer(no_args_is_help=True, help="Measure on public corpora and against the bare model.")
app.add_typer(bench, name="bench")


Corpus = Annotated[Path, typer.Argument(metavar="PATH", help="Corpus folder: raw/*.txt and gold.csv.")]
Errors = Annotated[bool, typer.Option("--errors", help="List the errors by kind.")]


Peers = Annotated[bool, typer.Option("--peers", help="Also the other date taggers that are installed.")]


def _bench_corpus(
    name: str, path: Path, config: Path | None, jobs: int, errors: bool, verbose: int, *, peers: bool = False
) -> None:
    from pipeline.bench.corpora import bench_corpus

    folder("PATH", path)
    edge = Edge(verbose, quiet=False)
    whole = bench_corpus(
        name, path, edge.settings(config), edge.perform, jobs=jobs, errors=errors, peers=peers, say=typer.echo
    )
    raise typer.Exit(0 if whole else 1)


@bench.command(epilog="Example: `wiki-relations bench speed --pages 2000`")
@guarded
def speed(
    raw: Raw = RAW,
    pages: Annotated[int, typer.Option("--pages", min=20, help="Pages of the larger scaling run.")] = 2000,
) -> None:
    """Speed and memory as ratios: against the bare model, more processes, more pages, nothing changed."""
    from pipeline.bench.speed import bench_speed
    from pipeline.job import raw_files

    sources = [path.read_bytes().decode("utf8") for path in raw_files(raw)]
    bench_speed(sources, pages=pages, say=typer.echo)


@bench.command(epilog="Example: `wiki-relations bench wikiwars corpora/wikiwars --errors`")
@guarded
def wikiwars(
    path: Corpus, errors: Errors = False, peers: Peers = False, jobs: Jobs = 1, config: Settings = None,
    verbose: Verbose = 0,
) -> None:  # fmt: skip
    """Dates and their values in Wikipedia histories of wars."""
    _bench_corpus("wikiwars", path, config, jobs, errors, verbose, peers=peers)


@bench.command(epilog="Example: `wiki-relations bench redocred corpora/redocred`")
@guarded
def redocred(
    path: Corpus, errors: Errors = False, jobs: Jobs = 1, config: Settings = None, verbose: Verbose = 0,
) -> None:  # fmt: skip
    """Names and entity clusters in Wikipedia leads."""
    _bench_corpus("redocred", path, config, jobs, errors, verbose)


@bench.command(epilog="Example: `wiki-relations bench wikigold corpora/wikigold`")
@guarded
def wikigold(
    path: Corpus, errors: Errors = False, jobs: Jobs = 1, config: Settings = None, verbose: Verbose = 0,
) -> None:  # fmt: skip
    """Names in Wikipedia texts."""
    _bench_corpus("wikigold", path, config, jobs, errors, verbose)


# Where numpy's library reads how many threads it may take.
ONE_THREAD = "OPENBLAS_NUM_THREADS"


def main() -> None:
    """Run the command line."""
    # Importing spaCy and reading a model makes a million objects that all stay: to look through them for rubbish
    # again and again takes a twentieth of a small run.
    gc.set_threshold(50_000, 20, 50)
    # A paragraph's matrices are too small to share: on two threads the model takes a fifth longer, and what they add up
    # in another order may round otherwise. numpy reads it when it is imported, which no command has done yet.
    if "OMP_NUM_THREADS" not in os.environ:
        os.environ.setdefault(ONE_THREAD, "1")
    app(prog_name="wiki-relations")


if __name__ == "__main__":
    main()
