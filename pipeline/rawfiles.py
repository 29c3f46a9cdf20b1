"""The raw files of a run as they are read: whole, of a size that a page has, and the same as before."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from pipeline.clean import PageError, decode_page
from pipeline.config import Config
from pipeline.job import RunError, raw_files


def read_bytes(path: Path, config: Config) -> bytes:
    """The bytes of a raw file.

    Raises: PageError for what is no regular file, is too large or has a name that is no UTF-8; OSError.
    """
    try:
        path.name.encode("utf8")
    except UnicodeEncodeError:
        raise PageError("the file's name is not UTF-8") from None
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise PageError("a folder, not a file" if stat.S_ISDIR(found.st_mode) else "not a regular file")
    limit = config.max_page_mb * 1_000_000
    if found.st_size > limit:
        size = f"{found.st_size / 1e6:.0f} MB"
        raise PageError(f"{size}, more than a page has; the limit is max_page_mb = {config.max_page_mb}")
    return path.read_bytes()


class RawTexts:
    """The raw texts of pages that were cleaned before, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        """The pages under `folder`. Raises: RunError if there is none."""
        self.folder = folder
        self.paths = {path.stem: path for path in raw_files(folder)}

    def read(self, doc_id: str, sha256: str) -> str:
        """The raw text of a page, as `clean` read it.

        Raises: RunError if the page is not there any more or is not the one that was cleaned.
        """
        if doc_id not in self.paths:
            raise RunError(f"{self.folder}: page {doc_id!r} is not there any more; run `clean` first")
        path = self.paths[doc_id]
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise RunError(f"{path}: changed since it was cleaned; run `clean` first")
        return decode_page(data)
