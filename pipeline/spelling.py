"""Spelling slips: how near two words are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence


def within(a: str, b: str, limit: int) -> bool:
    """Whether the edit distance (insert, delete, replace, swap neighbours) of two words is at most `limit`."""
    if abs(len(a) - len(b)) > limit:
        return False
    if limit == 1:
        return _one_slip(a, b)
    if len(set(a) - set(b)) > limit:
        return False  # each letter that the other word lacks is an edit of its own
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return False
    return row[-1] <= limit


def _one_slip(a: str, b: str) -> bool:
    """Whether two words whose lengths differ by one at most are equal, or one edit apart.

    The first difference tells what the edit must be, so the rest need only be compared.
    """
    if len(a) > len(b):
        a, b = b, a
    at = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        at += 1
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    if a[at + 1 :] == b[at + 1 :]:
        return True
    return a[at] == b[at + 1] and a[at + 1] == b[at] and a[at + 2 :] == b[at + 2 :]


def is_slip(word: str, right: str) -> bool:
    """Whether a word is likely a misspelling of `right`: same initial and case, one slip away, long enough to tell."""
    if word == right or word[:1] != right[:1] or word.isupper() != right.isupper():
        return False
    return len(word) >= (3 if word.isupper() else 6) and within(word, right, 1)


class Slips:
    """Finds the names of a set that a word is likely a misspelling of; asked often for the same words."""

    def __init__(self, names: Iterable[str]) -> None:
        # What `is_slip` asks for first: the same initial and nearly the same length.
        self._names: dict[tuple[str, int], list[str]] = defaultdict(list)
        for name in set(names):
            self._names[name[:1], len(name)].append(name)
        self._known: dict[str, Sequence[str]] = {}

    def of(self, word: str) -> Sequence[str]:
        """The names in order that `is_slip` finds for a word."""
        if word not in self._known:
            lengths = (len(word) - 1, len(word), len(word) + 1)
            near = [name for length in lengths for name in self._names.get((word[:1], length), ())]
            if len(word) >= 6:  # so long a word keeps its first two letters or its last two
                head, tail = word[:2], word[-2:]
                near = [name for name in near if name.startswith(head) or name.endswith(tail)]
            self._known[word] = sorted(name for name in near if is_slip(word, name))
        return self._known[word]
