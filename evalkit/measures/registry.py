"""The table of measures."""

from __future__ import annotations

from evalkit.registry import Registry

MEASURES = Registry(
    kind="measure",
    builtins={
        "exact_agreement": "evalkit.measures.agreement:ExactAgreement",
        "unique_ratio": "evalkit.measures.agreement:UniqueRatio",
        "first_divergence": "evalkit.measures.pairs:FirstDivergence",
        "edit_similarity": "evalkit.measures.pairs:EditSimilarity",
        "distinct_n": "evalkit.measures.words:DistinctN",
        "length_dispersion": "evalkit.measures.words:LengthDispersion",
    },
    group="evalkit.measures",
)
