"""Explain in words what a stage decided on one page, for `--explain`."""

from __future__ import annotations

from pathlib import Path

from pipeline import engine
from pipeline.annotate import annotate_pages
from pipeline.config import Config
from pipeline.job import FORMATS, RunError, one_line
from pipeline.link import explain_links
from pipeline.records import Page


def find_page(raw: Path, name: str) -> Path:
    """The raw file that a user means by a path, a file name or a page name. Raises: RunError."""
    candidates = [Path(name), raw / name, *(raw / f"{name}{ending}" for ending in FORMATS)]
    for path in candidates:
        if path.is_file() and path.suffix in FORMATS:
            return path
    raise RunError(f"{one_line(name)}: no such page in {raw}")


def explain_clean(page: Page, raw: str) -> str:
    """The raw page as it stands, with what was removed in ⟦rule: …⟧ and what was put in as ⟦+…⟧.

    Behind it, a line for each link: raw span, anchor, kind of blurb.
    """
    parts = []
    for s in page.source.segments:
        if s.kept:
            parts.append(raw[s.raw_start : s.raw_end])
        elif s.rule == "insert":
            parts.append(f"⟦+{_shown(page.text[s.start : s.end])}⟧")
        else:
            parts.append(f"⟦{s.rule}: {_shown(raw[s.raw_start : s.raw_end])}⟧")
    lines = [f"{page.doc_id}: layout {page.layout}", "", "".join(parts), "", f"{len(page.blurbs)} links"]
    for b in page.blurbs:
        lines.append(
            f"{b.blurb_id} {b.raw_start}-{b.raw_end} {b.anchor!r} [{b.kind or 'no blurb'}"
            f"{', cut' if b.truncated else ''}] {b.gloss[:80]}"
        )
    return "\n".join(lines) + "\n"


def _shown(text: str) -> str:
    return text.replace("\n", "⏎")


def explain_page(path: Path, config: Config, stage: str) -> str:
    """What `clean` or `link` decided on one page. Raises: PageError, OSError, ModelError."""
    page, raw = engine.read_page(path, config)
    if stage == "clean":
        return explain_clean(page, raw)
    tools = engine.Tools.load(config)
    ((page, annotation),) = annotate_pages([page], tools.model, tools.knowledge)
    return explain_links(page, annotation, tools.model.parse, tools.knowledge)
