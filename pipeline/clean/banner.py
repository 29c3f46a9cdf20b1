"""What stands before and behind the article: title, banner, licence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.clean.pieces import Line

RE_BANNER = re.compile(
    r"[\s\xa0]*(?:HOME|The ?Info ?List|OR:?|Encyclopedia|Jump to (?:navigation|search).*)[\s\xa0]*", re.I
)
# The source of this article is wikipedia, the free encyclopedia.  The text of this article is licensed
# under the GFDL.
RE_LICENCE = re.compile(r"\s*The source of this article is .{0,80}(?:encyclopedia|licen[sc]ed)", re.I)
RE_TAIL = re.compile(r"[\s\xa0]*(?:x|×|OK)?[\s\xa0]*")
_LOOK = 14


def find_banner(lines: Sequence[Line]) -> tuple[int, int, str]:
    """(line of the title or -1, first line behind the banner, layout family or "")."""
    seen = [i for i, line in enumerate(lines[:_LOOK]) if line.text and RE_BANNER.fullmatch(line.text)]
    if not seen:
        return -1, 0, ""
    words = {lines[i].text.strip().lower().rstrip(":").replace(" ", "") for i in seen}
    if words == {"or"}:
        return -1, 0, ""
    title = next((i for i in range(seen[0]) if not lines[i].blank), -1)
    if "encyclopedia" in words and "theinfolist" not in words:
        if title < 0 or seen[0] > title + 2:
            return -1, 0, ""
        return title, seen[0] + 1, "astronomy"
    return title, seen[-1] + 1, "infolist"


def find_tail(lines: Sequence[Line]) -> tuple[int, str]:
    """(first line of the licence tail, or the number of lines; "licence" where one was found)."""
    end = len(lines)
    for i in range(end - 1, max(end - 14, -1), -1):
        if RE_LICENCE.match(lines[i].text):
            return i, "licence"
        if not RE_TAIL.fullmatch(lines[i].text):
            break
    return end, ""
