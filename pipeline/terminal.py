"""Between the command line and the stages: settings, progress, messages, exit codes."""

from __future__ import annotations

import functools
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

import typer

from pipeline.config import Config, ConfigError, load_config
from pipeline.job import Job, Report, RunError, one_line

P = ParamSpec("P")
# Errors of a command that are the user's to mend; all others are ours and keep their trace.
INTERRUPTED = 130


def fail(message: str) -> None:
    """Print an error line on stderr."""
    typer.echo(f"error: {message}", err=True)


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose errors end in one line and an exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ConfigError as error:
            fail(str(error))
            raise typer.Exit(2) from None
        except RunError as error:
            fail(str(error))
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:  # the reader of stdout has gone (`| head`)
            sys.stderr.close()
        except OSError as error:
            fail(one_line(f"{error.filename or 'file'}: {error.strerror or error}"))
        except ValueError as error:  # every error of ours about a file or setting is a ValueError
            if type(error).__module__.partition(".")[0] != "pipeline":
                raise
            fail(str(error))
        else:
            return
        raise typer.Exit(1)

    return run


class Edge:
    """What a command needs at its edge: how much to say, and a progress bar where there is a terminal."""

    def __init__(self, verbose: int, quiet: bool) -> None:
        if verbose and quiet:
            raise typer.BadParameter("not together with --verbose", param_hint="--quiet")
        self.verbose, self.quiet = verbose, quiet
        level = logging.ERROR if quiet else (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
        logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s: %(message)s", force=True)
        for name in ("matplotlib", "urllib3", "asyncio"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def settings(self, path: Path | None, **options: Any) -> Config:
        """Settings from a file and from options that are not None. Raises: ConfigError."""
        return load_config(path, **options)

    def job(
        self, raw: Path, outputs: Path, gold: Path | None = None, overrides: Path | None = None,
        config: Path | None = None, jobs: int = 1, *, cache: Path | None = None, dask: str = "",
        timeout: float = 600.0, spreadsheet_safe: bool = False, **options: Any,
    ) -> Job:  # fmt: skip
        """The job that the options describe."""
        if overrides is not None and not overrides.is_file():
            raise typer.BadParameter(f"{overrides}: no such file", param_hint="--overrides")
        settings = self.settings(config, **options)
        if settings.format == "parquet":  # told before the work, not after it
            from pipeline.parquet import check_pyarrow

            check_pyarrow()
        return Job(raw, outputs, gold, overrides, settings, jobs, cache, dask, timeout, spreadsheet_safe)

    def run(self, stage: Callable[[Job], Report], job: Job) -> None:
        """Run a stage with progress, print what it has to tell; exit 1 if a page was left out."""
        if self.perform(stage, job).failures:
            raise typer.Exit(1)

    def perform(self, stage: Callable[[Job], Report], job: Job) -> Report:
        """Run a stage with progress and print what it has to tell."""
        started = time.perf_counter()
        with Bar(wanted=not self.quiet and sys.stderr.isatty()) as bar:
            report = stage(_with_progress(job, bar))
        self.tell(report)
        if not self.quiet:
            cached = f", {report.cached} pages from the cache" if report.cached else ""
            if report.unchanged:
                cached = ", nothing has changed since the last run"
            typer.echo(f"{job.outputs}: done in {time.perf_counter() - started:.1f} s{cached}", err=True)
        return report

    def tell(self, report: Report) -> None:
        """Print failed pages, warnings and, with -v, the seconds of each step."""
        for failure in report.failures:
            fail(str(failure))
            if self.verbose > 1 and failure.trace:
                typer.echo(failure.trace, err=True)
        if self.quiet:
            return
        for warning in report.warnings:
            typer.echo(f"warning: {one_line(warning)}", err=True)
        if self.verbose:
            for step, seconds in report.seconds.items():
                typer.echo(f"{step}: {seconds:.2f} s", err=True)


def _with_progress(job: Job, bar: Bar) -> Job:
    return Job(**{name: getattr(job, name) for name in job.__slots__} | {"progress": bar.show})


class Bar:
    """A progress bar on stderr for work of more than a second; none where stderr is no terminal."""

    AFTER = 1.0

    def __init__(self, *, wanted: bool) -> None:
        self.wanted = wanted
        self.started = time.perf_counter()
        self.progress: Any = None
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.progress is not None:
            self.progress.stop()

    def show(self, stage: str, done: int, total: int) -> None:
        """Take the news that `done` of `total` pages of a stage are done."""
        if not self.wanted or time.perf_counter() - self.started < self.AFTER:
            return
        if self.progress is None:
            from rich.console import Console
            from rich.progress import Progress

            self.progress = Progress(console=Console(stderr=True), transient=True)
            self.progress.start()
        if stage not in self.tasks:
            self.tasks[stage] = self.progress.add_task(stage, total=total)
        self.progress.update(self.tasks[stage], completed=done)
