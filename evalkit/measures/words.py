"""Measures over the words of the texts of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean, stdev
from typing import TYPE_CHECKING, ClassVar

from evalkit.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class DistinctN:
    """The share of different runs of n words among all such runs of the cell's texts.

    Words are what white space separates; runs do not cross from one text to the next. It falls with the total length,
    so that only cells of about the same length compare.

    Attributes:
        n: Words in a run, at least 1.

    Source: Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models", section 5.3.
    """

    name: ClassVar[str] = "distinct_n"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)

    n: int = 2

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ArgumentError(f"n must be at least 1, got {self.n}", path=("n",))

    @property
    def label(self) -> str:
        """Its name with the length of a run."""
        return f"distinct_{self.n}"

    def compute(self, texts: Sequence[str]) -> float | None:
        """Return the share, or None below two texts or where no text has n words."""
        if len(texts) < 2:
            return None
        runs = [run for text in texts for run in _runs(text.split(), self.n)]
        return len(set(runs)) / len(runs) if runs else None


@dataclass(frozen=True, slots=True)
class LengthDispersion:
    """How much lengths vary: the standard deviation of the texts' word counts over their mean.

    Words are what white space separates; the standard deviation has n - 1 in it.
    """

    name: ClassVar[str] = "length_dispersion"
    bounds: ClassVar[tuple[float, float] | None] = None

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    def compute(self, texts: Sequence[str]) -> float | None:
        """Return the coefficient of variation, or None below two texts or where all are empty."""
        if len(texts) < 2:
            return None
        lengths = [len(text.split()) for text in texts]
        average = mean(lengths)
        return stdev(lengths) / average if average else None


def _runs(words: Sequence[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + length]) for start in range(len(words) - length + 1)]
