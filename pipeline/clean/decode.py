"""Bytes of a page to text: UTF-8 or a clear error."""

from __future__ import annotations

import codecs


class PageError(ValueError):
    """A page that cannot be read; the message says what was found and at which byte."""


_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def decode_page(data: bytes) -> str:
    """Decode the bytes of a page as UTF-8, one code point for one; line ends and a byte-order mark stay.

    A lone NUL stays too (cleaning removes it by the rule `control`); text that is every other byte NUL is UTF-16.
    Raises: PageError naming the encoding that was recognised, or the first byte that is not UTF-8.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise PageError(f"byte 0: the file is {name}, expected UTF-8; save it as UTF-8")
    head = data[:4096]
    if len(head) >= 4 and head.count(0) * 3 > len(head):
        raise PageError(
            f"byte {head.index(0)}: NUL bytes throughout (UTF-16 or a binary file), expected UTF-8 text"
        )
    try:
        return data.decode("utf8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = data[error.start : error.start + 4].hex(" ")
        raise PageError(f"byte {error.start} (line {line}): not UTF-8: {found} ({error.reason})") from None
