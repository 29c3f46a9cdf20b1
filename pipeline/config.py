"""Every setting in one frozen value, passed in and never global; a TOML file sets only some of its keys."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any


class ConfigError(ValueError):
    """A settings file that cannot be used; the message names file and key."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a run. None names a file to write: the outputs folder is given on the command line only.

    model: name of a spaCy pipeline (package or path). layout: `auto` or the name of a scrape layout.
    window: what two actors must share to co-occur (`sentence`, `paragraph` or `section`).
    seed: of Louvain and the bootstrap. bootstrap: resamples for the intervals. weights: `auto` for our own
    name weights over the base model where they are shipped, `none` for the bare model.
    slice: period of edges_by_period.csv (`year`, `decade`, `century`; empty: no such table).
    max_page_mb: a raw file above this is reported, not read; a page of a wiki has well under 2 MB.
    min_weight: windows in which two actors must meet to be an edge (cooccurrences.csv keeps all). format: of
    the tables (`csv` or `parquet`).
    """

    model: str = "en_core_web_md"
    weights: str = "auto"
    layout: str = "auto"
    window: str = "sentence"
    seed: int = 0
    bootstrap: int = 1000
    slice: str = ""
    max_page_mb: int = 64
    min_weight: int = 1
    format: str = "csv"

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values, for run.json and cache keys."""
        return asdict(self)


WINDOWS = ("sentence", "paragraph", "section")
PERIODS = ("year", "decade", "century")
FORMATS = ("csv", "parquet")
LAYOUTS = ("auto", "infolist", "infolist-next", "astronomy", "astronomy-twice", "plain")
_CHOICES = {
    "window": WINDOWS,
    "slice": ("", *PERIODS),
    "weights": ("auto", "none"),
    "layout": LAYOUTS,
    "format": FORMATS,
}
# Smallest value that makes sense; numpy takes no negative seed.
_LEAST = {"seed": 0, "bootstrap": 0, "max_page_mb": 1, "min_weight": 1}


def load_config(path: Path | None, **overrides: Any) -> Config:
    """Settings from an optional TOML file, then keyword overrides that are not None.

    Raises: ConfigError for a file that is no TOML, an unknown key (it lists the valid ones), a wrong value.
    """
    values = {} if path is None else _read(path)
    source = str(path) if path else "settings"
    known = {f.name for f in fields(Config)}
    for key in values:
        if key not in known:
            valid = ", ".join(f.name for f in fields(Config))
            raise ConfigError(f"{source}: unknown key {key!r}; valid keys are {valid}")
    values.update({k: v for k, v in overrides.items() if v is not None})
    for key, value in values.items():
        _check(source, key, value)
    return replace(Config(), **values)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None


def _check(source: str, key: str, value: Any) -> None:
    expected = type(getattr(Config(), key))
    if type(value) is not expected:
        raise ConfigError(f"{source}: {key}: expected {expected.__name__}, found {value!r}")
    if key in _CHOICES and value not in _CHOICES[key]:
        valid = ", ".join(v or '""' for v in _CHOICES[key])
        raise ConfigError(f"{source}: {key}: expected one of {valid}, found {value!r}")
    if key in _LEAST and value < _LEAST[key]:
        raise ConfigError(f"{source}: {key}: expected {_LEAST[key]} or more, found {value}")
