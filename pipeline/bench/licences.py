"""`python -m pipeline.bench.licences`: the licence of every installed package of the lock, for `make licences`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

RE_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
# Licences under which what we ship would have to be given on; the lesser GPL lets a library be used.
RE_STRONG = re.compile(
    r"(?<!L)(?<!Lesser )(?<!Library or Lesser )\b(?:A?GPL|(?:Affero )?General Public License)", re.IGNORECASE
)


def licences(lock: str) -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of each package of a lock that is installed here."""
    for name, version in RE_PIN.findall(lock):
        try:
            found = metadata(name)
        except PackageNotFoundError:  # for another system
            continue
        stated = [(found.get_all(field) or [""])[0] for field in ("License-Expression", "License")]
        classes = [
            c.rpartition(" :: ")[2] for c in found.get_all("Classifier") or () if c.startswith("License ::")
        ]
        text = stated[0] or "; ".join(classes) or stated[1].split("\n")[0]
        yield name, version, text or "not stated"


def main() -> int:
    """Print the list; 1 if a licence is among those that we do not ship under."""
    rows = list(licences(Path("requirements.lock").read_text(encoding="utf8")))
    for row in rows:
        print("\t".join(row))
    # Several licences of one package are a choice.
    strong = [name for name, _, text in rows if all(map(RE_STRONG.search, re.split("; | OR ", text)))]
    for name in strong:
        print(f"{name}: its licence asks for more than ours gives", file=sys.stderr)
    return 1 if strong else 0


if __name__ == "__main__":
    sys.exit(main())
