"""`clean --explain`: the page with what was removed and why."""

from __future__ import annotations

from pipeline.clean.page import clean_page, read_page

_SHOWN = 160


def _short(text: str) -> str:
    line = text.replace("\r", "\\r").replace("\n", "\\n")
    return (
        line
        if len(line) <= _SHOWN
        else f"{line[: _SHOWN // 2]} […{len(line) - _SHOWN} more…] {line[-_SHOWN // 2 :]}"
    )


def explain_page(raw: str, doc_id: str, *, layout: str = "auto", format: str = "text") -> str:
    """A page for reading: kept text as it is, each removed part in its place with its rule and raw span.

    A blurb is followed by its anchor and the evidence that placed the boundary. Raises as `clean_page`.
    """
    page = clean_page(raw, doc_id, layout=layout, format=format)
    why = {link.blurb_start: link for link in read_page(raw, doc_id, layout=layout, format=format).links}
    out = [
        f"{doc_id}: layout {page.layout}, title {page.title!r}, {page.raw_chars} characters raw, "
        f"{len(page.text)} clean, "
        f"{len(page.blurbs)} links\n"
    ]
    for segment in page.source.segments:
        if segment.rule in ("", "insert"):
            out.append(page.text[segment.start : segment.end])
            continue
        text = raw[segment.raw_start : segment.raw_end]
        if segment.rule == "line-break":
            continue
        out.append(f"\n  - {segment.rule} {segment.raw_start}-{segment.raw_end}: {_short(text)}\n")
        link = why.get(segment.raw_start)
        if link is not None:
            evidence = "; ".join(link.evidence()) or "no evidence but the form"
            out.append(f"    anchor {raw[link.start : link.end]!r} {link.start}-{link.end}: {evidence}\n")
    return "".join(out) + "\n"
