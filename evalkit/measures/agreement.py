"""Measures of how many texts of a cell are the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ExactAgreement:
    """The chance that two different draws are the same text.

    Counted over all pairs, sum c(c - 1) / (N(N - 1)) with c texts of each kind, which is unbiased at any number of
    draws N, unlike the plug-in sum of squared shares. 1 when all are the same, 0 when no two are.

    Source: Simpson 1949, "Measurement of Diversity", Nature 163, with sampling without replacement.
    """

    name: ClassVar[str] = "exact_agreement"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    def compute(self, texts: Sequence[str]) -> float | None:
        """Return the share of equal pairs, or None below two texts."""
        if len(texts) < 2:
            return None
        equal = sum(count * (count - 1) for count in Counter(texts).values())
        return equal / (len(texts) * (len(texts) - 1))


@dataclass(frozen=True, slots=True)
class UniqueRatio:
    """The share of different texts among all: K different ones of N make K / N, from 1 / N to 1.

    It falls as N grows, so that only cells with the same number of draws compare.
    """

    name: ClassVar[str] = "unique_ratio"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    def compute(self, texts: Sequence[str]) -> float | None:
        """Return K / N, or None below two texts."""
        return len(set(texts)) / len(texts) if len(texts) > 1 else None
