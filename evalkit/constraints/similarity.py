"""The constraint that a text is like a reference."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.validation import check_bounds, check_choice, check_share, check_text
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final

By = Literal["exact", "edit", "bleu", "chrf", "chrf++"]

_MOST_STEPS = 20_000_000_000  # characters of the one times characters of the other; 64 of them go in one step
_LONGEST = 100_000  # characters that sacrebleu reads in good time


@dataclass(frozen=True, slots=True)
class SimilarTo:
    """Demand that the text is like a reference, or unlike it.

    Attributes:
        reference: The text to compare with.
        by: What is compared: `exact`, `edit`, `bleu`, `chrf` or `chrf++`; see below.
        at_least: The least similarity allowed, from 0 to 1. Not for `exact`.
        at_most: The greatest similarity allowed, from 0 to 1. Not for `exact`.
        ignore_case: True compares without regard to case.
        ignore_space: True takes every run of white space for one blank.

    Every measure is 1 for equal texts. Accents may be composed or not, lines may end in either way, and white space
    around the texts never counts.

    - `exact`: 1 if the texts are equal, else 0.
    - `edit`: 1 less the Levenshtein distance in characters over the length of the longer text (rapidfuzz).
    - `bleu`: BLEU of one sentence with up to 4 words in a row, effective order, exponential smoothing and the 13a
      tokenizer, divided by 100 (sacrebleu, `sentence_bleu`). For texts without spaces between words use `chrf`.
    - `chrf`: chrF2 with up to 6 characters in a row; `chrf++` adds words and pairs of words (sacrebleu).

    Undecided where comparing would take too long: more than 100,000 characters for BLEU and chrF, and 20,000,000,000
    pairs of characters for `edit`, unless the lengths alone decide.

    A text that was cut off is always undecided.
    """

    name: ClassVar[str] = "similar_to"
    family: ClassVar[str] = "similarity"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments={"reference": "Kafka keeps a log.", "by": "edit", "at_least": 0.8},
        met="Kafka keeps the log.",
        broken="RabbitMQ routes messages.",
        undecided="Kafka keeps a lo",
    )

    reference: str
    by: By = "exact"
    at_least: float | None = None
    at_most: float | None = None
    ignore_case: bool = False
    ignore_space: bool = True

    def __post_init__(self) -> None:
        check_text("reference", self.reference)
        check_choice("by", self.by, get_args(By))
        if self.by == "exact":
            for argument, value in (("at_least", self.at_least), ("at_most", self.at_most)):
                if value is not None:
                    raise ArgumentError(
                        f"`{argument}` means nothing by `exact`, got {value}",
                        path=(argument,),
                        hint="leave it out, or compare by edit, bleu or chrf",
                    )
            return
        check_bounds(self.at_least, self.at_most)
        for argument, value in (("at_least", self.at_least), ("at_most", self.at_most)):
            if value is not None:
                check_share(argument, value)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its similarity to the reference."""
        given, wanted = self._normal(text), self._normal(self.reference)
        if self.by == "exact":
            equal = given == wanted
            reason = "equal to the reference" if equal else _difference(given, wanted)
            return verdict(reason, met=equal, whole=whole, final=self.final)
        if self.by == "edit":
            return self._by_edit(given, wanted, whole=whole)
        if max(len(given), len(wanted)) > _LONGEST:
            return Score(None, f"more than {_LONGEST:,} characters, too long to be compared by {self.by}")
        metric = _metric(self.by)
        similarity = metric.sentence_score(given, [wanted]).score / 100 if given else 0.0
        return self._judged(min(1.0, similarity), whole=whole)

    def _by_edit(self, given: str, wanted: str, *, whole: bool) -> Score:
        shorter, longer = sorted((len(given), len(wanted)))
        if shorter * longer > _MOST_STEPS:
            bound = shorter / longer
            if self.at_least is not None and bound < self.at_least:
                return verdict(f"edit similarity at most {bound:.3f}", met=False, whole=whole, final=self.final)
            if self.at_least is None and self.at_most is not None and bound <= self.at_most:
                return verdict(f"edit similarity at most {bound:.3f}", met=True, whole=whole, final=self.final)
            return Score(None, f"{len(given):,} characters, too many to be compared by edit")
        levenshtein: Any = import_module("rapidfuzz.distance.Levenshtein")
        return self._judged(float(levenshtein.normalized_similarity(given, wanted)), whole=whole)

    def _judged(self, similarity: float, *, whole: bool) -> Score:
        low = self.at_least is None or similarity >= self.at_least
        high = self.at_most is None or similarity <= self.at_most
        return verdict(f"{self.by} similarity {similarity:.3f}", met=low and high, whole=whole, final=self.final)

    def _normal(self, text: str) -> str:
        normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").removeprefix("\ufeff"))
        if self.ignore_case:
            normal = unicodedata.normalize("NFC", normal.casefold())
        return " ".join(normal.split()) if self.ignore_space else normal.strip()


def _difference(given: str, wanted: str) -> str:
    same = next(
        (index for index, (one, other) in enumerate(zip(given, wanted, strict=False)) if one != other),
        min(len(given), len(wanted)),
    )
    return f"differs from the reference after {same:,} equal characters"


@cache
def _metric(by: By) -> Any:  # noqa: ANN401 - a metric of sacrebleu's, which share no type
    metrics: Any = import_module("sacrebleu.metrics")
    if by == "bleu":
        return metrics.BLEU(effective_order=True, smooth_method="exp", tokenize="13a")
    return metrics.CHRF(word_order=2 if by == "chrf++" else 0)
