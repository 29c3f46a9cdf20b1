"""Write scraped pages for tests, with the exact truth beside them.

A page is told in a small markup: `# Title`, `## Heading`, a paragraph a line, links as `[[anchor]]` or
`[[anchor|Title]]`, list items as `* item`. `write_page` writes it as any of the scrape layouts would show it;
titles without
a blurb are links the mirror did not explain.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parent / "data"
LAYOUTS = ("infolist", "infolist-next", "mixed", "astronomy", "astronomy-twice")
RE_LINK = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]|]+))?\]\]")
FILLER = (
    " and is known for its long history of trade, war and diplomacy with all of its neighbours in the region. "
    "It was first "
    "mentioned in the chronicles of the period, and its name is of disputed origin; scholars have proposed "
    "several readings "
    "of the oldest sources, none of which is generally accepted."
)


@dataclass
class Truth:
    """What a cleaner must find: the clean text, and links with raw spans as in the labelled pages."""

    raw: str
    clean: str
    layout: str
    title: str
    links: list[dict] = field(default_factory=list)
    blurbs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ref:
    """A link inside a paragraph."""

    anchor: str
    title: str


def parse_paragraph(text: str) -> list[str | Ref]:
    """A paragraph of the small markup as text and links."""
    parts: list[str | Ref] = []
    at = 0
    for match in RE_LINK.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        parts.append(Ref(match.group(1), match.group(2) or match.group(1)))
        at = match.end()
    if at < len(text):
        parts.append(text[at:])
    return parts


def plain(text: str) -> str:
    """The small markup without links."""
    return RE_LINK.sub(lambda m: m.group(1), text)


def cut(blurb: str, rng: random.Random, *, dots: str = " ...") -> str:
    """Cut an article as the mirrors do: at most 250 bytes with the dots, a few less by chance."""
    limit = 250 - len(dots) - rng.randint(0, 8)
    data = blurb.encode()
    if len(data) <= limit:
        return blurb
    return data[:limit].decode("utf8", "ignore").rstrip() + dots


def continue_article(title: str) -> str:
    """How an article goes on, another way for each title."""
    words = FILLER.split()
    turn = zlib.crc32(title.encode()) % len(words)
    return " and " + " ".join(words[turn:] + words[:turn])


def load_blurbs() -> dict[str, tuple[list[str], str]]:
    """title -> (anchors, article start); short articles are marked by a full stop and no filler."""
    table = {}
    for row in (DATA / "clean" / "blurbs.txt").read_text(encoding="utf8").splitlines():
        if not row or row.startswith("#"):
            continue
        anchors, title, text = row.split("|", 2)
        short = title.endswith("!")
        table[title.rstrip("!")] = (
            anchors.split(";"),
            text if short else text.rstrip(".") + continue_article(title),
        )
    page = json.loads(
        (DATA / "pages/infolist/finland_soviet_union_relations.json").read_text(encoding="utf8")
    )
    for link in page["links"]:
        if link["blurb"].endswith("...") and link["anchor"] not in table:
            table[link["anchor"]] = ([link["anchor"]], link["blurb"])
    return table


class _Writer:
    def __init__(self, layout: str, blurbs: dict[str, str], rng: random.Random) -> None:
        self.layout = layout
        self.blurbs = blurbs
        self.rng = rng
        self.raw: list[str] = []
        self.size = 0
        self.links: list[dict] = []
        self.seen: set[str] = set()
        self.used: list[str] = []
        self.body = True

    def put(self, text: str) -> tuple[int, int]:
        start = self.size
        self.raw.append(text)
        self.size += len(text)
        return start, self.size

    def note(self, anchor: tuple[int, int], blurb: tuple[int, int]) -> None:
        text = "".join(self.raw)
        self.links.append(
            {
                "anchor": text[anchor[0] : anchor[1]],
                "raw_start": anchor[0],
                "raw_end": anchor[1],
                "blurb_start": blurb[0],
                "blurb_end": blurb[1],
                "body": self.body,
            }
        )
        self.used.append(text[blurb[0] : blurb[1]])

    # --- infolist
    # --------------------------------------------------------------------------------------------------
    def broken(self, parts: list[str | Ref]) -> None:
        """A paragraph of the infolist layouts, without its last line end."""
        for k, part in enumerate(parts):
            if isinstance(part, str):
                text = part.lstrip(" ") if self._behind_link(parts, k) else part
                self.put(text.rstrip(" ") if self._before_break(parts, k) else text)
                continue
            blurb = self.blurbs.get(part.title)
            if blurb is None and self.layout == "infolist":
                self.put(part.anchor)
                continue
            if self.size and not self._at_line_start():
                self.put("\n")
            style = self.layout
            if style == "mixed":
                style = self.rng.choice(("infolist", "infolist-next"))
            anchor = self.put(part.anchor)
            if blurb is None:
                continue
            self.put(" " if style == "infolist" else "\n")
            span = self.put(cut(blurb, self.rng))
            self.note(anchor, span)
            if k + 1 < len(parts):
                self.put("\n")

    def _at_line_start(self) -> bool:
        return not self.raw or self.raw[-1].endswith("\n")

    def _before_break(self, parts: list[str | Ref], k: int) -> bool:
        following = parts[k + 1] if k + 1 < len(parts) else None
        return isinstance(following, Ref) and (following.title in self.blurbs or self.layout != "infolist")

    def _behind_link(self, parts: list[str | Ref], k: int) -> bool:
        before = parts[k - 1] if k else None
        return isinstance(before, Ref) and before.title in self.blurbs

    # --- astronomy
    # -------------------------------------------------------------------------------------------------
    def inline(self, parts: list[str | Ref], *, blurbs: bool = True) -> None:
        """A paragraph of the astronomy layouts, without its last line end."""
        behind = False
        for part in parts:
            if isinstance(part, str):
                self.put(part.lstrip(" ") if behind and not blurbs else part)
                behind = False
                continue
            span = self.put(part.anchor)
            behind = False
            blurb = self.blurbs.get(part.title)
            if blurb is None or part.title in self.seen:
                continue
            self.seen.add(part.title)
            if blurbs:
                title = part.title[:1].upper() + part.title[1:]
                self.put(f"\n{title}\n")
                self.note(span, self.put(cut(blurb, self.rng, dots="...")))
                self.put("\n\n")
            else:
                self.put("\n")
                behind = True


def write_page(
    source: str, layout: str, blurbs: dict[str, str], rng: random.Random, *, banner: bool | None = None
) -> Truth:
    """Write a page of the small markup in a layout.

    `blurbs` maps a title to the start of its article; back matter, banner and tail are added as the mirrors show them.
    """
    title, sections = _parse(source)
    writer = _Writer("infolist" if layout == "infolist" else layout, blurbs, rng)
    if layout.startswith("astronomy"):
        return _write_astronomy(writer, title, sections, layout, rng)
    if banner or (banner is None and layout == "infolist"):
        writer.put(f"{title}\n\xa0\xa0 HOME\n\nTheInfoList\n\n\n\nOR:\n\n")
    for n, (heading, paragraphs) in enumerate(sections):
        if n:
            writer.put(f"\n\n\n{heading}\n\n")
        for k, paragraph in enumerate(paragraphs):
            if k:
                writer.put("\n\n" if layout == "mixed" else "\n")
            writer.broken(parse_paragraph(paragraph))
    clean = _clean(sections)
    writer.body = False
    writer.layout = "infolist"
    known = [t for t in blurbs if not blurbs[t].startswith(",")]
    if known and rng.random() < 0.8:
        writer.put("\n\n\nSee also\n\n")
        for t in rng.sample(known, min(2, len(known))):
            writer.put("*\n")
            writer.broken([Ref(t, t)])
            writer.put("\n")
        writer.put(
            "* List of ambassadors *'' A Film'' – a 1953 film * Other relations\n\n\nReferences\n\n\nFurther "
            "reading\n\n* * *\n"
        )
        writer.put(
            "\n\nExternal links\n\n\nEmbassy of the Republic\n\nText of the treaty in the Treaty Series\n\nold "
            "newsreel part 2\n"
        )
        writer.put("{{DEFAULTSORT:" + title + " Bilateral relations\n")
        last = rng.choice(known)
        writer.broken([Ref(last, last)])
    return Truth("".join(writer.raw), clean, layout, title, writer.links, writer.used)


def _parse(source: str) -> tuple[str, list[tuple[str, list[str]]]]:
    title = ""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line in source.strip().split("\n"):
        if line.startswith("# "):
            title = line[2:]
        elif line.startswith("## "):
            sections.append((line[3:], []))
        elif line:
            sections[-1][1].append(line)
    return title, sections


def _clean(sections: list[tuple[str, list[str]]]) -> str:
    blocks = []
    for heading, paragraphs in sections:
        head = [f"## {heading}"] if heading else []
        blocks.append("\n".join(head + [plain(p) for p in paragraphs]))
    return "\n\n".join(b for b in blocks if b) + "\n"


def _write_astronomy(
    writer: _Writer, title: str, sections: list[tuple[str, list[str]]], layout: str, rng: random.Random
) -> Truth:
    writer.put(f"{title}\nEncyclopedia\n")
    if layout == "astronomy":
        _inline_sections(writer, sections, blurbs=True)
        links = writer.links
    else:
        first = writer.size
        _inline_sections(writer, sections, blurbs=False)
        second = writer.size
        writer.put("\n\n")
        writer.seen.clear()
        links = _second_pass(writer, sections, first, second)
    writer.put(
        "\n\nThe source of this article is wikipedia, the free encyclopedia.  The text of this article is "
        "licensed under the GFDL.\n \nx\nOK"
    )
    return Truth("".join(writer.raw), _clean(sections), layout, title, links, writer.used)


def _inline_sections(writer: _Writer, sections: list[tuple[str, list[str]]], *, blurbs: bool) -> None:
    for n, (heading, paragraphs) in enumerate(sections):
        if n:
            writer.put(f"\n\n\n{heading}\n\n")
        for k, paragraph in enumerate(paragraphs):
            if k:
                writer.put("\n\n")
            writer.inline(parse_paragraph(paragraph), blurbs=blurbs)


def _second_pass(
    writer: _Writer, sections: list[tuple[str, list[str]]], first: int, second: int
) -> list[dict]:
    """Write the text again from the first link on; anchors are those of the first pass."""
    once = "".join(writer.raw)[first:second]
    begun = False
    rows: list[tuple[str, list[str | Ref]]] = []
    for heading, paragraphs in sections:
        kept: list[list[str | Ref]] = []
        for paragraph in paragraphs:
            parts = parse_paragraph(paragraph)
            if not begun:
                at = next(
                    (k for k, p in enumerate(parts) if isinstance(p, Ref) and p.title in writer.blurbs), None
                )
                if at is None:
                    continue
                parts, begun = parts[at:], True
            kept.append(parts)
        for k, parts in enumerate(kept):
            rows.append((heading if k == 0 and rows else "", parts))
    for n, (heading, parts) in enumerate(rows):
        if n:
            writer.put(f"\n\n\n{heading}\n\n" if heading else "\n\n")
        writer.inline(parts)
    # the same link in the first pass: each of its line ends behind an anchor, in order
    links, at = [], 0
    headings = {heading for heading, _ in sections if heading}
    for link in writer.links:
        place = at
        while True:
            place = once.index(link["anchor"] + "\n", place)
            line = once[once.rfind("\n", 0, place) + 1 : place + len(link["anchor"])]
            if place + len(link["anchor"]) in _breaks(writer, once) and line not in headings:
                break
            place += 1
        at = place + len(link["anchor"])
        links.append({**link, "raw_start": first + place, "raw_end": first + at})
    return links


def _breaks(writer: _Writer, once: str) -> set[int]:
    return {m.start() for m in re.finditer("\n", once)}


# --- random pages
HEADINGS = (
    "History", "Early relations", "Cold War", "19th century", "Ottoman period", "War of 1812", "Economic relations",
    "Trade and investment", "Recent developments", "The treaty of 1648 and its aftermath", "Background", "Visits",
    "Border dispute", "1990–2003", "Rift in the alliance", "Military cooperation", "People", "Norway", "Embassies",
    "Cultural ties", "Suez Crisis", "From war to peace", "Trade",
)  # fmt: skip


def frames() -> list[tuple[str, list[tuple[int, int]]]]:
    """Sentences of the labelled page with the spans of their names, where links can stand."""
    page = json.loads(
        (DATA / "pages/infolist/finland_soviet_union_relations.json").read_text(encoding="utf8")
    )
    text = page["clean"]
    spans = [(m["clean_start"], m["clean_end"]) for m in page["mentions"]]
    found = []
    for match in re.finditer(r"[^\n]+?(?<=[a-z0-9)]{2})\.(?= [A-Z]|\n|$)", text):
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        inside = [(a - start, b - start) for a, b in spans if start <= a and b <= match.end()]
        if len(match.group()) > 40 and "''" not in match.group():
            found.append((text[start : match.end()], inside))
    return found


EXTRAS = (
    "\"We shall see what comes of this ...\" he wrote to [[{a}|{t}]] in 1921.",
    "The note said that nobody could wait any longer ... and it was signed by [[{a}|{t}]].",
    "The delegates came from [[{a}|{t}]], [[{b}|{u}]] and elsewhere.",
    "The pact (like that of [[{a}|{t}]]) was kept secret; \"[[{b}|{u}]]\" was not named.",
    "[[{a}|{t}]] and [[{b}|{u}]] signed it, [[{a}|{t}]]'s envoy last.",
    "It was called the \"[[{a}|{t}]] question\" by the press.",
    "The old frontier – [[{a}|{t}]] on one side, [[{b}|{u}]] on the other – was restored.",
    "Two [[{a}|{t}]]s were sent to the port in June.",
)  # fmt: skip


def random_source(
    rng: random.Random, *, sections: int = 4, density: float = 0.5, articles: bool = True
) -> tuple[str, dict[str, str]]:
    """A page of the small markup from the labelled page's sentences, and the blurbs it uses.

    Without `articles` no link starts with an article or pronoun: where the anchor stays inline nothing shows that
    `the shah` and not `shah` was linked.
    """
    library = load_blurbs()
    titles = sorted(library)
    sentences = frames()
    blurbs: dict[str, str] = {}

    def pick() -> tuple[str, str]:
        title = rng.choice(titles)
        anchors, text = library[title]
        if rng.random() < 0.9:
            blurbs.setdefault(title, text)
        # about a quarter of an encyclopedia's links say something else than the title they lead to
        if not articles:
            anchors = [a for a in anchors if a.split()[0] not in ("the", "his")] or [title]
        return (title if rng.random() < 0.75 else rng.choice(anchors)), title

    lines = [
        f"# {rng.choice(('Northland', 'Ruritania', 'Sylvania'))}–{rng.choice(('Utopia', 'Westmark'))} relations"
    ]
    for n in range(sections):
        if n:
            lines.append("## " + rng.choice(HEADINGS))
        for _ in range(rng.randint(1, 2)):
            out = []
            for _ in range(rng.randint(2, 6)):
                if rng.random() < 0.15:
                    (a, t), (b, u) = pick(), pick()
                    out.append(rng.choice(EXTRAS).format(a=a, t=t, b=b, u=u))
                    continue
                text, spans = rng.choice(sentences)
                for start, end in sorted(spans, reverse=True):
                    if rng.random() < density:
                        anchor, title = pick()
                        text = f"{text[:start]}[[{anchor}|{title}]]{text[end:]}"
                out.append(text)
            lines.append(" ".join(out))
    return "\n".join(lines), blurbs


def random_page(seed: int, layout: str, **options: float) -> Truth:
    """A random page in a layout; the same seed gives the same page."""
    rng = random.Random(seed)
    options.setdefault("articles", not layout.startswith("astronomy"))
    source, blurbs = random_source(rng, **options)  # type: ignore[arg-type]
    return write_page(source, layout, blurbs, rng)
