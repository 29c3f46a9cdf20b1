"""`python -m pipeline.score`: tools for labellers, from inline mark-up to the gold set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.score.agreement import agreement_json, compare_labellings, format_differences
from pipeline.score.gold import (
    GoldError,
    GoldLink,
    parse_links,
    read_gold,
    read_gold_page,
    write_brat_config,
    write_gold,
)
from pipeline.score.inception import write_inception
from pipeline.score.markup import format_marked, parse_marked
from pipeline.score.validate import check_page_files
from pipeline.tables import write_text

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf8")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: {error}") from None


def _links(path: Path | None) -> tuple[GoldLink, ...]:
    """Links from the CSV form or from a JSON list of objects with the same fields."""
    if path is None:
        return ()
    if path.suffix == ".json":
        return tuple(GoldLink(**entry) for entry in json.loads(_read(path)))
    return parse_links(_read(path), str(path))


@app.command()
def agreement(
    text: Annotated[Path, typer.Argument(help="clean text of the page")],
    first: Annotated[Path, typer.Argument(help="first labelling, inline mark-up")],
    second: Annotated[Path, typer.Argument(help="second labelling, inline mark-up")],
    out: Annotated[
        Path | None, typer.Option(help="folder for both versions, figures and differences")
    ] = None,
    doc_id: Annotated[str, typer.Option(help="page; default: name of TEXT")] = "",
) -> None:
    """Compare two labellings of a page: figures, and every difference with its context."""
    name = doc_id or text.stem
    clean = _read(text)
    pages = [parse_marked(_read(path), str(path), name, text=clean) for path in (first, second)]
    result = compare_labellings(*pages)
    typer.echo(agreement_json(result) + "\n" + format_differences(result), nl=False)
    if out:
        for letter, page in zip("ab", pages, strict=True):
            write_text(out / f"{name}.{letter}.marked.txt", format_marked(page))
        write_text(out / f"{name}.json", agreement_json(result))
        write_text(out / f"{name}.differences.txt", format_differences(result))


@app.command()
def settle(
    marked: Annotated[Path, typer.Argument(help="settled labelling, inline mark-up")],
    gold: Annotated[Path, typer.Argument(help="gold folder to write to")],
    doc_id: Annotated[str, typer.Option(help="page: the raw file's name without its ending")],
    text: Annotated[Path | None, typer.Option(help="clean text that must come out")] = None,
    links: Annotated[Path | None, typer.Option(help="anchors of the blurbs, CSV or JSON")] = None,
) -> None:
    """Write a settled labelling to the gold folder as brat stand-off, and check it."""
    clean = _read(text) if text else None
    page = parse_marked(_read(marked), str(marked), doc_id, text=clean, links=_links(links))
    write_gold(gold, page)
    write_brat_config(gold, read_gold(gold))
    problems = check_page_files(gold, doc_id)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        raise typer.Exit(1)


@app.command()
def mark(
    gold: Annotated[Path, typer.Argument(help="gold folder")],
    doc_id: Annotated[str, typer.Argument(help="page")],
) -> None:
    """Print a page of the gold set with inline mark-up, to be edited and settled again."""
    typer.echo(format_marked(read_gold_page(gold, doc_id)), nl=False)


@app.command()
def inception(
    gold: Annotated[Path, typer.Argument(help="gold folder")],
    out: Annotated[Path, typer.Argument(help="folder for one ZIP a page")],
) -> None:
    """Write the pages in the form in which INCEpTION imports brat files ("brat basic")."""
    for page in read_gold(gold):
        write_inception(out / f"{page.doc_id}.zip", page)


def main() -> None:
    """Run the labellers' tools; a user's mistake is one line on stderr and exit code 1."""
    try:
        app()
    except (GoldError, ValueError, OSError) as error:
        typer.echo(f"error: {error}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
