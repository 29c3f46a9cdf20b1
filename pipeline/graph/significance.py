"""How much a co-occurrence says: association of two actors, weight of an edge among its neighbours."""

from __future__ import annotations

from math import log


def npmi(together: int, first: int, second: int, total: int) -> float | None:
    """Normalised pointwise mutual information of two actors over `total` windows, -1 to 1.

    None where every window names both: there is then nothing to compare with. Source: Bouma (2009).
    """
    if together == 0:
        return -1.0
    if together == total:
        return None
    return log(together * total / (first * second)) / -log(together / total)


def log_likelihood_ratio(together: int, first: int, second: int, total: int) -> float:
    """G² of the two-by-two table of windows with and without each actor, 0 when independent.

    It has no sign: NPMI tells whether the two meet more or less often than by chance. Source: Dunning (1993).
    """
    table = ((together, first - together), (second - together, total - first - second + together))
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    terms = (
        count * log(count * total / (rows[i] * columns[j]))
        for i, row in enumerate(table)
        for j, count in enumerate(row)
        if count
    )
    return max(0.0, 2 * sum(terms))


def disparity(weight: int, degrees: tuple[int, int], strengths: tuple[int, int]) -> float:
    """Significance of an edge in the disparity filter: the smaller p-value of its two ends.

    The chance that a random division of an actor's strength among its edges gives this one as much. An actor
    with a single edge cannot tell, so it gives 1. Source: Serrano, Boguñá and Vespignani (2009).
    """
    ends = zip(degrees, strengths, strict=True)
    return min((1 - weight / strength) ** (degree - 1) if degree > 1 else 1.0 for degree, strength in ends)
