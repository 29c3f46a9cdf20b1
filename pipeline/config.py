"""Every setting in one frozen value, passed in and never global; a TOML file overrides only the keys it sets."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any


class ConfigError(ValueError):
    """A settings file that cannot be used; the message names file and key."""


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a run.

    model: name of a spaCy pipeline (package or path). layout: `auto` or the name of a scrape layout.
    window: what two actors must share to co-occur (`sentence`, `paragraph` or `section`).
    seed: of Louvain and the bootstrap. bootstrap: resamples for the intervals. weights: `auto` for our own name
    weights over the base model where they are shipped, `none` for the bare model.
    """

    model: str = "en_core_web_md"
    weights: str = "auto"
    layout: str = "auto"
    window: str = "sentence"
    seed: int = 0
    bootstrap: int = 1000

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values, for run.json and cache keys."""
        return asdict(self)


_CHOICES = {"window": ("sentence", "paragraph", "section")}


def load_config(path: Path | None, **overrides: Any) -> Config:
    """Settings from an optional TOML file, then keyword overrides that are not None.

    Raises: ConfigError for a file that is no TOML, an unknown key (the valid ones are listed) or a wrong value.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: {error}") from None
    source = str(path) if path else "settings"
    known = {f.name: f for f in fields(Config)}
    for key in values:
        if key not in known:
            raise ConfigError(f"{source}: unknown key {key!r}; valid keys are {', '.join(known)}")
    values.update({k: v for k, v in overrides.items() if v is not None})
    default = Config()
    for key, value in values.items():
        expected = type(getattr(default, key))
        if type(value) is not expected:
            raise ConfigError(f"{source}: {key}: expected {expected.__name__}, found {value!r}")
        if key in _CHOICES and value not in _CHOICES[key]:
            raise ConfigError(f"{source}: {key}: expected one of {', '.join(_CHOICES[key])}, found {value!r}")
    return replace(default, **values)
