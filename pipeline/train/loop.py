"""The training loop: one member (a seed), and the average of several."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from spacy.language import Language
from spacy.training import Example
from spacy.util import fix_random_seed
from thinc.api import Adam, Model

from pipeline.annotate.weights import Weights, parameters, recogniser

from .augment import Pool, mention_pool, replace_mentions
from .corpora import CorpusDoc
from .measure import SCHEMES, count_names, f1
from .settings import TrainSettings

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Member:
    """Weights of one seed with the validation score that chose them, and that of every pass."""

    seed: int
    weights: Weights
    passes: int
    history: tuple[float, ...]


def get_weights(model: Model) -> Weights:
    """A copy of every trainable array by key."""
    return {key: node.get_param(name).copy() for key, node, name in parameters(model)}


def set_weights(model: Model, weights: Mapping[str, np.ndarray]) -> None:
    """Put arrays back by key; the keys must be those of `get_weights`."""
    for key, node, name in parameters(model):
        node.set_param(name, weights[key].copy())


def train_member(
    nlp: Language,
    base: Weights,
    examples: Sequence[Example],
    held: Sequence[CorpusDoc],
    settings: TrainSettings,
    *,
    seed: int,
    log: Log,
) -> Member:
    """Train the recogniser from `base`; keep the averaged weights of the pass that does best on `held`.

    Same inputs and seed give the same weights on one machine with one thread. Leaves `nlp` with them.
    """
    ner = recogniser(nlp)
    set_weights(ner.model, base)
    fix_random_seed(seed)
    shuffle = random.Random(seed)
    optimizer = Adam(settings.learn_rate, L2=0.0, grad_clip=1.0, use_averages=True)
    order, pool = list(examples), mention_pool(examples)
    total = settings.passes * -(-len(order) // settings.batch)
    step, best, history = 0, (-1.0, base, 0), []
    for number in range(1, settings.passes + 1):
        shuffle.shuffle(order)
        losses: dict[str, float] = {}
        for at in range(0, len(order), settings.batch):
            optimizer.learn_rate = settings.learn_rate * (1 - step / total)
            batch = [vary(e, pool, settings, shuffle) for e in order[at : at + settings.batch]]
            ner.update(batch, drop=settings.dropout, sgd=optimizer, losses=losses)
            _hold(ner.model, base, settings, optimizer.learn_rate)
            step += 1
        with ner.model.use_params(optimizer.averages):
            averaged = get_weights(ner.model)
            # The running average saw each step before `_hold` undid it.
            averaged |= {key: base[key].copy() for key in base if key.split(".")[1] in settings.frozen}
            score = pooled_score(nlp, held) if held else float(number)
        history.append(score)
        log(f"seed {seed}, pass {number}: loss {losses['ner']:.0f}, validation {score:.4f}")
        if score > best[0]:
            best = (score, averaged, number)
        if held and number - best[2] >= settings.patience:
            break
    set_weights(ner.model, best[1])
    return Member(seed, best[1], best[2], tuple(history))


def vary(example: Example, pool: Pool, settings: TrainSettings, rng: random.Random) -> Example:
    """The example, or (`settings.varied` of the time) one with `settings.replaced` of its names exchanged."""
    if settings.varied and rng.random() < settings.varied:
        return replace_mentions(example, pool, settings.replaced, rng)
    return example


def pooled_score(nlp: Language, held: Sequence[CorpusDoc]) -> float:
    """Typed F1 over all labels and documents of all corpora."""
    totals = np.zeros(3, dtype=int)
    for corpus in sorted({d.corpus for d in held}):
        part = [d for d in held if d.corpus == corpus]
        docs = nlp.pipe((d.text for d in part), batch_size=32)
        totals += count_names(part, docs, SCHEMES[corpus])["all"]
    return f1(*totals.tolist())


def average(members: Sequence[Member], base: Weights, mix: float) -> Weights:
    """The mean of the members' weights, `mix` of the way from the base to it."""
    mean = {key: np.mean([m.weights[key] for m in members], axis=0, dtype="float64") for key in base}
    return {key: (base[key] + mix * (mean[key] - base[key])).astype("float32") for key in base}


def _hold(model: Model, base: Weights, settings: TrainSettings, rate: float) -> None:
    """Pull weights towards the original (decoupled weight decay), and frozen layers all the way."""
    if not settings.anchor and not settings.frozen:
        return
    for key, node, name in parameters(model):
        frozen = node.name in settings.frozen
        if frozen or settings.anchor:
            now = node.get_param(name)
            node.set_param(name, now - (1.0 if frozen else rate * settings.anchor) * (now - base[key]))
