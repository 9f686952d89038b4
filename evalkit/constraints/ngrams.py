"""Compares runs of words in time proportional to the text, whatever their length and however often they repeat.

Each run of n words gets a number, equal for equal runs, by joining the numbers of two shorter runs that cover it
(Karp, Miller & Rosenberg 1972): exact, with no hash that could collide.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalkit.constraints.tokens import Tokens
    from evalkit.verdicts import Span

_MOST_SPANS = 50
_GREATEST = isqrt(2**63 - 1)  # whose square a number of 64 bits can hold


def numbered(words: Sequence[str], length: int) -> NDArray[np.int64]:
    """Return for each run of `length` words a number from 0 on, the same for the same words."""
    import numpy as np  # noqa: PLC0415 - slow to import, and only long texts need it

    known = {word: number for number, word in enumerate(dict.fromkeys(words))}
    runs: NDArray[np.int64] = np.fromiter(map(known.__getitem__, words), np.int64, len(words))
    bound = len(known)  # every number is below it
    size = 1
    while size < length and len(runs):
        step = min(size, length - size)
        if step >= len(runs):
            return runs[:0]
        if bound > _GREATEST:
            runs, bound = _dense(runs)
        runs = runs[:-step] * bound + runs[step:]
        bound *= bound
        size += step
    return runs if bound <= len(words) else _dense(runs)[0]


def _dense(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Give numbers without gaps in place of others; return how many there are, too."""
    import numpy as np  # noqa: PLC0415 - slow to import, and only long texts need it

    different, dense = np.unique(numbers, return_inverse=True)
    return dense, len(different)


def shared_ngrams(words: Sequence[str], others: Sequence[str], length: int) -> list[int]:
    """Return the index of the first word of every run of `length` words in `words` that `others` has too."""
    import numpy as np  # noqa: PLC0415 - slow to import, and only long texts need it

    if len(words) < length or len(others) < length:
        return []
    # A word of white space, which no text has, keeps runs from reaching over the seam.
    runs = numbered([*words, " ", *others], length)
    own = runs[: len(words) - length + 1]
    return [int(first) for first in np.flatnonzero(np.isin(own, runs[len(words) + 1 :]))]


def repeated_ngrams(words: Sequence[str], length: int, most: int) -> tuple[list[int], int]:
    """Return where a run of `length` words stands beyond its first `most` times, and how often the most frequent does.

    The places are those of the run that first exceeds `most`.
    """
    import numpy as np  # noqa: PLC0415 - slow to import, and only long texts need it

    runs = numbered(words, length)
    if not len(runs):
        return [], 0
    counts = np.bincount(runs)
    greatest = int(counts.max())
    if greatest <= most:
        return [], greatest
    order = np.argsort(runs, kind="stable")
    starts = np.cumsum(counts) - counts
    exceeding = order[starts[counts > most] + most]  # for each such run its first place too many
    run = runs[int(exceeding.min())]
    return [int(first) for first in np.flatnonzero(runs == run)[most:]], greatest


def merged(tokens: Tokens, firsts: Sequence[int], length: int) -> tuple[Span, ...]:
    """Return the parts of the text that runs of `length` words cover, those that overlap or touch as one."""
    spans: list[Span] = []
    begun = last = -1
    for first in firsts:
        if begun < 0:
            begun = first
        elif first > last + 1:
            spans.append(tokens.span(begun, last))
            begun = first
        last = first + length - 1
        if len(spans) == _MOST_SPANS:
            return tuple(spans)
    return (*spans, tokens.span(begun, last)) if begun >= 0 else ()
