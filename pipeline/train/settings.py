"""Settings of a training run: one frozen value, read from `train.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).with_name("train.toml")


class TrainError(ValueError):
    """Something the training cannot use; the message names file and place."""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """What decides the weights, besides the corpora and the base model; `train.toml` says why each value.

    model: base model. corpora: for each labelled corpus (folder name) which of the model's labels each of
    its labels stands for. silver: folders with unlabelled wiki text that the base model labels itself.
    agreement: least share of the model's belief that settles an open fine type. learn_rate falls linearly
    to zero over `passes`; varied: share of documents whose names are exchanged in a pass, replaced: of how
    many names. `anchor` pulls the weights back to the original; `frozen` names layers that keep their
    weights. validation: share of the documents kept out of each member for early stopping, after `patience`
    passes without gain. seeds: one member each, averaged; fold_members: how many of them are trained in each
    fold of a cross-validation (0: all). mix: how far to go from the base (0) to the
    average (1).
    """

    model: str = "en_core_web_md"
    corpora: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    silver: tuple[str, ...] = ()
    agreement: float = 0.8
    learn_rate: float = 0.0005
    dropout: float = 0.2
    batch: int = 8
    passes: int = 10
    varied: float = 0.0
    replaced: float = 0.5
    anchor: float = 0.0
    frozen: tuple[str, ...] = ()
    validation: float = 0.1
    patience: int = 3
    seeds: tuple[int, ...] = (0,)
    fold_members: int = 0
    mix: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        """All settings as plain values, for the report."""
        return asdict(self)


def load_settings(path: Path = DEFAULT) -> TrainSettings:
    """Settings from a TOML file.

    Raises: TrainError for a file that is no TOML, an unknown key or a value of the wrong kind.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TrainError(f"{path}: {error}") from None
    known = {f.name for f in fields(TrainSettings)}
    default = TrainSettings()
    for key, value in values.items():
        if key not in known:
            raise TrainError(f"{path}: unknown key {key!r}; valid keys are {', '.join(sorted(known))}")
        kind: Any = type(getattr(default, key))
        kind = list if kind is tuple else kind
        if kind is float and type(value) is int:
            values[key] = float(value)
        elif type(value) is not kind:
            raise TrainError(f"{path}: {key}: expected {kind.__name__}, found {value!r}")
    for key in ("silver", "frozen", "seeds"):
        if key in values:
            values[key] = tuple(values[key])
    if "corpora" in values:
        values["corpora"] = {c: {k: tuple(v) for k, v in m.items()} for c, m in values["corpora"].items()}
    return TrainSettings(**values)
