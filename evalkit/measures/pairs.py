"""Measures over the pairs of texts of a cell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class FirstDivergence:
    """How many characters two draws have in common before they first differ: the median over the pairs that differ.

    A pair of equal texts never diverges: its length says nothing of where it would have, so it is left out (censored)
    and not counted as long. `exact_agreement` tells how many pairs that leaves out.
    """

    name: ClassVar[str] = "first_divergence"
    bounds: ClassVar[tuple[float, float] | None] = None

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    def compute(self, texts: Sequence[str]) -> float | None:
        """Return the median in characters, or None when no two texts differ."""
        from rapidfuzz.distance import Prefix

        lengths = [Prefix.similarity(one, other) for one, other in combinations(texts, 2) if one != other]
        return float(median(lengths)) if lengths else None


@dataclass(frozen=True, slots=True)
class EditSimilarity:
    """How alike two draws are: 1 less their Levenshtein distance over the longer one's length, averaged over all pairs.

    Counted in characters. 1 when all are the same; 0 when every pair takes as many edits as the longer one is long.

    Source: Levenshtein 1966; the distance is rapidfuzz's `Levenshtein.normalized_distance`.
    """

    name: ClassVar[str] = "edit_similarity"
    bounds: ClassVar[tuple[float, float] | None] = (0.0, 1.0)

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    def compute(self, texts: Sequence[str]) -> float | None:
        """Return the mean similarity, or None below two texts."""
        if len(texts) < 2:
            return None
        import numpy as np  # noqa: PLC0415 - slow to import
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import cdist

        similarities = cdist(texts, texts, scorer=Levenshtein.normalized_similarity, dtype=np.float64)
        count = len(texts)
        # The matrix is symmetric with ones on its diagonal, which are no pairs.
        return float((similarities.sum() - count) / (count * (count - 1)))
