"""Generated pages of other countries and centuries: more subjects, and the accidents of a link's form.

Two ways: `told_page` writes a labelled page's own text and links in any layout; `wide_page` draws sentences and
links at random from one half of the glossary (`tune` to work on, `held` to measure with), with blurbs that are
whole, that lost their subject, links side by side, at the start of a paragraph, to titles with a bracket.
"""

from __future__ import annotations

import random
import re
import zlib
from functools import lru_cache

from tests.generator import (
    DATA,
    EXTRAS,
    HEADINGS,
    RE_LINK,
    Truth,
    continue_article,
    frames,
    plain,
    write_page,
)

SOURCES = sorted((DATA / "clean/sources").glob("*.txt"))
Entry = tuple[list[str], str]  # anchors, blurb
# a name, its bracket, and the verb: what is lost when the name stood in a template of a foreign script
RE_NAMED = re.compile(r"(?:The |''|A )?([A-Z][^(,.;:#]{2,40}?)(?:'')?( \([^()]*\))?(,| is | was )")
RE_FIRST = re.compile(r".{50,230}?[a-z)\]]{3}\.(?= [A-Z])")
MORE = (
    "[[{a}|{t}]] [[{b}|{u}]] came last.",
    "They named [[{a}|{t}]], [[{b}|{u}]], [[{c}|{v}]] and nobody else.",
    "The [[{a}|{t}]] [[{b}|{u}]] was reopened in [[{c}|{v}]].",
    "[[{a}|{t}]], in the north, was left to [[{b}|{u}]].",
    "In the [[{a}|{t}]]–[[{b}|{u}]] affair the court stood aside.",
    "The embassy (with [[{a}|{t}]] and [[{b}|{u}]]) left in May.",
)


@lru_cache(maxsize=1)
def load_glossary() -> dict[str, Entry]:
    """title -> (anchors, blurb as the mirror cut it)."""
    rows = (DATA / "clean/glossary.tsv").read_text(encoding="utf8").splitlines()[1:]
    table = (row.split("\t") for row in rows)
    return {title: (anchors.split(";"), blurb) for title, anchors, blurb in table}


def half(part: str) -> dict[str, Entry]:
    """One half of the glossary, `tune` or `held`."""
    want = ("tune", "held").index(part)
    return {t: e for t, e in load_glossary().items() if zlib.crc32(t.encode()) % 2 == want}


def told_page(name: str, layout: str, seed: int = 0) -> Truth:
    """The labelled page `name` written in a layout."""
    source = (DATA / f"clean/sources/{name}.txt").read_text(encoding="utf8")
    blurbs = {m.group(2) or m.group(1): "" for m in RE_LINK.finditer(source)}
    return write_page(source, layout, {t: load_glossary()[t][1] for t in blurbs}, random.Random(seed))


def shorten(blurb: str) -> str:
    """The first sentence of a blurb: what a mirror shows of a very short article."""
    match = RE_FIRST.match(blurb)
    return match.group() if match and match.group().count("(") == match.group().count(")") else blurb


def lose_subject(blurb: str) -> str:
    """A blurb whose first name stood in a template that the mirror dropped."""
    match = RE_NAMED.match(blurb)
    if not match or blurb.startswith("''"):
        return blurb
    rest = match.group(3) + blurb[match.end() :]
    if rest.startswith(",") and not re.match(r", (?:or|also|officially|\w+ly|known|\w+ed) ", rest):
        return blurb
    rest = "The " + rest.lstrip() if blurb.startswith("The ") else rest.lstrip()
    # the mirror cuts what is left, so a long article's blurb is as long as any other
    return rest.removesuffix(" ...") + continue_article(match.group(1)) if rest.endswith(" ...") else rest


@lru_cache(maxsize=1)
def wide_frames() -> tuple[tuple[str, tuple[tuple[int, int], ...]], ...]:
    """Sentences of all labelled pages with the spans of the names where links can stand."""
    found = [(text, tuple(spans)) for text, spans in frames()]
    for path in SOURCES:
        for line in path.read_text(encoding="utf8").splitlines():
            if line.startswith("#"):
                continue
            for part in re.split(r"(?<=[a-z0-9)\]]{2}\.) (?=[A-Z\[])", line):
                spans, out, at = [], "", 0
                for match in RE_LINK.finditer(part):
                    out += part[at : match.start()]
                    spans.append((len(out), len(out) + len(match.group(1))))
                    out += match.group(1)
                    at = match.end()
                if spans and len(part) > 40 and "''" not in part:
                    found.append((out + part[at:], tuple(spans)))
    return tuple(found)


class _Draw:
    """Draws links; what a title's blurb looks like is settled once a page."""

    def __init__(self, rng: random.Random, part: str, articles: bool) -> None:
        self.rng, self.articles = rng, articles
        self.library = half(part)
        self.titles = sorted(self.library)
        self.blurbs: dict[str, str] = {}

    def link(self) -> tuple[str, str]:
        """(anchor, title)."""
        rng = self.rng
        title = rng.choice(self.titles)
        anchors, blurb = self.library[title]
        if title not in self.blurbs and rng.random() < 0.9:
            chance = rng.random()
            if chance < 0.12:
                blurb = shorten(blurb)
            elif chance < 0.18:
                blurb = lose_subject(blurb)
            elif chance < 0.21:
                blurb = shorten(lose_subject(blurb))
            self.blurbs[title] = blurb
        names = (
            anchors if self.articles else [a for a in anchors if a.split()[0] not in ("the", "his", "its")]
        )
        base = re.sub(r" \([^()]*\)$|, [A-Z].*$", "", title)
        if rng.random() < 0.3 or not names:
            return base, title
        return rng.choice(names), title


def wide_page(seed: int, layout: str, part: str, *, sections: int = 4, density: float = 0.7) -> Truth:
    """A random page in a layout from one half of the glossary; the same seed gives the same page."""
    rng = random.Random(f"{part}{seed}")
    draw = _Draw(rng, part, not layout.startswith("astronomy"))
    lines = [
        f"# {rng.choice(('Bactria', 'Cathay', 'Moravia'))}–{rng.choice(('Numidia', 'Sogdia'))} relations"
    ]
    for n in range(sections):
        if n:
            lines.append("## " + rng.choice(HEADINGS))
        for _ in range(rng.randint(1, 3)):
            lines.append(" ".join(_sentence(rng, draw, density) for _ in range(rng.randint(2, 6))))
    return write_page("\n".join(lines), layout, draw.blurbs, rng)


def _sentence(rng: random.Random, draw: _Draw, density: float) -> str:
    if rng.random() < 0.15:
        (a, t), (b, u), (c, v) = draw.link(), draw.link(), draw.link()
        return rng.choice(MORE + EXTRAS).format(a=a, t=t, b=b, u=u, c=c, v=v)
    text, spans = rng.choice(wide_frames())
    for start, end in sorted(spans, reverse=True):
        if rng.random() < density:
            anchor, title = draw.link()
            text = f"{text[:start]}[[{anchor}|{title}]]{text[end:]}"
    return text


__all__ = ["SOURCES", "half", "load_glossary", "plain", "told_page", "wide_page"]
