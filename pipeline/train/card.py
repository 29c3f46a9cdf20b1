"""The model card of trained weights, written from their manifest and report."""

# ruff: noqa: E501  (prose of the card)
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Sources and licences of the corpora that have been used; a corpus not listed is named as the user's own.
SOURCES = {
    "redocred": "Re-DocRED, development set: Tan, Xu, Bing, Ng & Aljunied 2022, over DocRED (Yao et al. 2019); MIT",
    "wikigold": "WikiGold: Balasuriya, Ringland, Nothman, Murphy & Curran 2009; CC BY 4.0",
    "wikiwars": "WikiWars, texts only: Mazur & Dale 2010, from Wikipedia; CC BY-SA 3.0",
}
SYSTEMS = {"bare": "base model", "weights": "with these weights", "rules": "weights and rules"}


def card_text(manifest: Mapping[str, str], report: Mapping[str, Any], size: int) -> str:
    """The card in Markdown: what it is, data, figures, how to rebuild, checksums."""
    settings = report["settings"]
    chosen = {k: v for k, v in settings.items() if k not in ("corpora", "model")}
    lines = [
        f"# {manifest['name']} {manifest['version']}: name recognition for wiki text",
        "",
        f"Differences to the `ner` component of `{manifest['base']}` (Explosion, MIT), in half precision"
        f" ({size / 1e6:.1f} MB, safetensors layout; nothing in it is executed). The pipeline adds them to the base model"
        ' when `weights = "auto"` and name, version and checksum of the base fit; `weights = "none"` gives the bare model.',
        "The names of the labels and the speed are those of the base model.",
        "",
        "## Data",
        "",
        "| corpus | documents | human spans | source and licence |",
        "| --- | --- | --- | --- |",
    ]
    for corpus, data in report["data"].items():
        source = SOURCES.get(corpus, "your own corpus")
        lines.append(f"| {corpus} | {data['documents']} | {data['spans']} | {source} |")
    lines += [
        "",
        "Extent and coarse type are human; the fine type is given by the knowledge tables, a head word (`heads.csv`) or the base model where",
        f"at least {settings['agreement']:.0%} of its belief among the types that the coarse one allows is on one, and is else left open.",
        "Extents follow the annotation guidelines. What a corpus does not label keeps the base model's own labels.",
        "The gold page and the labelled pages under `tests/` were not trained on.",
        "",
        "## Training",
        "",
        "| setting | value |",
        "| --- | --- |",
        *[f"| {key} | {_plain(value)} |" for key, value in chosen.items()],
        "",
        "| member (seed) | pass kept | validation F1 there |",
        "| --- | --- | --- |",
        *[
            f"| {m['seed']} | {m['kept']} | {m['validation'][m['kept'] - 1]:.4f} |"
            if m["kept"]
            else f"| {m['seed']} | 0 | |"
            for m in report["members"]
        ],
        "",
        "The shipped weights are the mean of the members.",
        "",
        *_figures(report["figures"], settings),
        "## Rebuild",
        "",
        "```",
        "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 wiki-relations train --corpora bench --out pipeline/data/weights",
        "```",
        "`bench` has a folder for each corpus above with `raw/*.txt` and, if labelled, `gold.csv`. The same machine gives the same bytes;",
        "another processor may differ in the last bits, which training magnifies a little. The knowledge tables settle some types, so rebuild from\n"
        "the commit that added the weights to get these very bytes.",
        "",
        "## Checksums (SHA-256)",
        "",
        f"- `{manifest['file']}`: `{manifest['sha256']}`",
        f"- parameters of the base component: `{manifest['base_sha256']}`",
        *[f"- {corpus} as read: `{data['sha256']}`" for corpus, data in report["data"].items()],
        "",
        "## Limits",
        "",
        "Trained on leads and short articles of English Wikipedia: long histories, lists and tables are other text.",
        "Types under MISC (events, laws, works) were taught only where head word or base model settled them. Names of one",
        "corpus's convention (a nationality as a place) are not taught; the annotation guidelines decide.",
    ]
    return "\n".join(lines) + "\n"


def _figures(figures: Mapping[str, Any], settings: Mapping[str, Any]) -> list[str]:
    if not figures:
        return []
    return [
        "## Figures on documents not trained on",
        "",
        "Typed F1 of names, exact extent but for article and possessive, in the corpus's own coarse types (on pages the guidelines' labels).",
        f"Corpora: cross-validation by document, weights trained like these (members a fold: {settings['fold_members'] or 'all'}), but without the documents that",
        "they are scored on. 95% bootstrap intervals over documents, on a page over paragraphs. Run: the command below with `--folds 5 --pages DIR`.",
        "The corpora's conventions are not the guidelines', which the rules follow: a nationality is no place there, the extents differ.",
        "",
        *figure_table(figures),
        "",
    ]


def figure_table(figures: Mapping[str, Any]) -> list[str]:
    """F1 with its interval of each system, a row for each corpus or page and label that it has (Markdown lines)."""
    lines = [
        "| corpus or page | label | names | documents or paragraphs | "
        + " | ".join(SYSTEMS[s] for s in figures)
        + " |",
        "| --- | --- | --- | --- |" + " --- |" * len(figures),
    ]
    for corpus, labels in next(iter(figures.values())).items():
        for label, values in labels.items():
            if values["gold"]:
                cells = " | ".join(_cell(scored[corpus][label]) for scored in figures.values())
                lines.append(f"| {corpus} | {label} | {values['gold']} | {values['documents']} | {cells} |")
    return lines


def _cell(cell: Mapping[str, float]) -> str:
    return f"{cell['f1']:.3f} ({cell['low']:.3f}–{cell['high']:.3f})"


def _plain(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(v) for v in value) or "none"
    return str(value)
