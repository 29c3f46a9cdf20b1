"""Table rows for tests of the reduce stages: pages written by hand, and the labelled development page."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pipeline.tables import Row

PAGES = Path(__file__).parent / "data" / "pages"
# [Tirana|albania] is a mention of albania, [Tirana|] one without an actor.
RE_MENTION = re.compile(r"\[([^|\]]*)\|([a-z0-9_]*)\]")

ENTITIES = {
    "albania": ("Albania", "GPE", "ALB", "339", "339"),
    "russia": ("Russia", "GPE", "RUS", "365", "365"),
    "yugoslavia": ("Yugoslavia", "GPE", "", "345", "345"),
    "kosovo": ("Kosovo", "GPE", "", "347", "347"),
    "athens": ("Classical Athens", "GPE", "", "", ""),
    "sparta": ("Sparta", "GPE", "", "", ""),
    "enver_hoxha": ("Enver Hoxha", "PERSON", "", "", ""),
    "nato": ("NATO", "ORG", "", "", ""),
}


def entity_rows() -> list[Row]:
    """Rows of `entities` for the actors of the hand-written pages."""
    return [
        {
            "entity_id": key,
            "name": name,
            "type": kind,
            "aliases": (),
            "description": "",
            "wikidata_id": "Q222" if key == "albania" else "",
            "iso3": iso3,
            "cow_code": cow,
            "gw_code": gw,
            "valid_from": "",
            "valid_to": "",
            "mentions": 1,
            "documents": 1,
            "is_actor": True,
        }
        for key, (name, kind, iso3, cow, gw) in sorted(ENTITIES.items())
    ]


def page_rows(doc_id: str, paragraphs: list[list[tuple[str, str, str]]]) -> dict[str, list[Row] | str]:
    """Tables of one page from paragraphs of (marked-up sentence, earliest, latest); raw text = clean text."""
    text, sentences, mentions = "", [], []
    for number, paragraph in enumerate(paragraphs):
        text += "\n" if number else ""
        for position, (marked, earliest, latest) in enumerate(paragraph):
            text += " " if position else ""
            start, sentence_id, last = len(text), f"s{len(sentences) + 1:04}", 0
            for match in RE_MENTION.finditer(marked):
                text += marked[last : match.start()]
                span = (len(text), len(text) + len(match[1]))
                text, last = text + match[1], match.end()
                mentions.append(
                    {
                        "doc_id": doc_id,
                        "mention_id": f"m{len(mentions) + 1:04}",
                        "sentence_id": sentence_id,
                        **_span(*span),
                        "text": match[1],
                        "label": ENTITIES.get(match[2], ("", "GPE"))[1],
                        "entity_id": match[2] or "tirana",
                        "actor_id": match[2],
                        "method": "test",
                        "score": 1.0,
                    }
                )
            text += marked[last:]
            sentences.append(
                {
                    "doc_id": doc_id,
                    "sentence_id": sentence_id,
                    "section_id": "sec01",
                    **_span(start, len(text)),
                    "text": text[start:],
                    "earliest": earliest,
                    "latest": latest,
                    "dated_by": "own" if earliest else "",
                }
            )
    section = {"doc_id": doc_id, "section_id": "sec01", "title": "", **_span(0, len(text)), "kept": True}
    return {
        "documents": [{"doc_id": doc_id}],
        "sections": [section],
        "sentences": sentences,
        "mentions": mentions,
        "text": text,
    }


def merge(*pages: dict) -> dict[str, list[Row]]:
    """The tables of several pages, one after another, with the entities."""
    names = ("documents", "sections", "sentences", "mentions")
    return {name: [row for page in pages for row in page[name]] for name in names} | {
        "entities": entity_rows()
    }


def gold_page_rows(layout: str = "infolist") -> dict:
    """Tables of the labelled development page; naive sentences, dated by the years they hold."""
    path = PAGES / layout / "finland_soviet_union_relations.json"
    gold = json.loads(path.read_text(encoding="utf8"))
    clean, doc_id = gold["clean"], gold["doc_id"]
    sentences, mentions = [], []
    for match in re.finditer(r"\S[^\n]*?(?:[.!?](?= )|(?=\n|\Z))", clean):
        start, end = match.span()
        sentence_id = f"s{len(sentences) + 1:04}"
        years = re.findall(r"\b1[89]\d\d\b", match[0])
        sentences.append(
            {
                "doc_id": doc_id,
                "sentence_id": sentence_id,
                "section_id": "sec01",
                **_span(start, end),
                "text": match[0],
                "earliest": f"{min(years)}-01-01" if years else "",
                "latest": f"{max(years)}-12-31" if years else "",
                "dated_by": "own" if years else "",
            }
        )
        for item in gold["mentions"]:
            if start <= item["clean_start"] < end:
                mentions.append(
                    {
                        "doc_id": doc_id,
                        "mention_id": f"m{len(mentions) + 1:04}",
                        "sentence_id": sentence_id,
                        "start": item["clean_start"],
                        "end": item["clean_end"],
                        "raw_start": item["raw_start"],
                        "raw_end": item["raw_end"],
                        "text": item["text"],
                        "label": item["label"],
                        "entity_id": item["entity"],
                        "actor_id": item["actor"] or "",
                        "method": "gold",
                        "score": 1.0,
                    }
                )
    return {
        "documents": [{"doc_id": doc_id}],
        "sections": [],
        "sentences": sentences,
        "mentions": mentions,
        "entities": [],
        "gold": gold,
        "raw": path.with_suffix(".txt").read_bytes().decode("utf8"),
    }


def _span(start: int, end: int) -> Row:
    return {"start": start, "end": end, "raw_start": start, "raw_end": end}
