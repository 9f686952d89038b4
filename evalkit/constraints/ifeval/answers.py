"""What all checks of IFEval share: an empty answer follows no instruction, and numbers are compared in two ways."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import counted
from evalkit.constraints.validation import check_limit
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score

_MOST_SPANS = 100
_EMPTY = "an empty answer, which IFEval counts as not followed"


def answer_verdict(
    text: str, reason: str, spans: tuple[Span, ...] = (), *, met: bool, whole: bool, final: Final
) -> Score:
    """Turn what was found into a score as `verdict` does; an answer of white space alone follows no instruction."""
    if not text or text.isspace():
        return verdict(_EMPTY, met=False, whole=whole, final="neither")
    return verdict(reason, spans, met=met, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class Threshold:
    """One of IFEval's two comparisons: `at least` this many, or `less than` this many."""

    at_least: int | None
    less_than: int | None

    def met(self, count: int) -> bool:
        """Tell whether a count is as demanded."""
        return count >= self.limit if self.less_than is None else count < self.limit

    def verdict(
        self, text: str, count: int, noun: str, spans: tuple[Span, ...] = (), *, whole: bool, grows: bool = True
    ) -> Score:
        """Judge a count.

        Args:
            text: The answer, to see whether it is empty.
            count: How many there are.
            noun: Of what, in the singular.
            spans: Where they are.
            whole: False when the text was cut off.
            grows: Whether more text can only add to the count.
        """
        final: Final = ("met" if self.less_than is None else "broken") if grows else "neither"
        wanted = f"less than {self.limit:,} wanted" if self.less_than is not None else f"at least {self.limit:,} wanted"
        return answer_verdict(
            text, f"{counted(count, noun)}, {wanted}", spans, met=self.met(count), whole=whole, final=final
        )

    @property
    def limit(self) -> int:
        """The number that a count is compared with."""
        limit = self.at_least if self.less_than is None else self.less_than
        assert limit is not None
        return limit


def threshold(at_least: int | None, less_than: int | None) -> Threshold:
    """Return the comparison that a constraint's two arguments make.

    Raises:
        ArgumentError: Both or neither are given, or one is not a whole number of at least 0; `path` names it.
    """
    for name, value in (("at_least", at_least), ("less_than", less_than)):
        if value is not None:
            check_limit(name, value)
    if (at_least is None) == (less_than is None):
        state = "neither is" if at_least is None else "both are"
        raise ArgumentError(
            f"`at_least` or `less_than` must be given, and {state}", path=() if at_least is None else ("less_than",)
        )
    return Threshold(at_least, less_than)


@dataclass(frozen=True, slots=True)
class Compared:
    """What checks have in common that take nothing but the number to compare with.

    Attributes:
        at_least: The least number.
        less_than: One more than the greatest number. This or `at_least` is given.
    """

    name: ClassVar[str]
    final: ClassVar[Final] = "both"

    at_least: int | None = None
    less_than: int | None = None

    def __post_init__(self) -> None:
        threshold(self.at_least, self.less_than)

    @property
    def wanted(self) -> Threshold:
        """The comparison."""
        return Threshold(self.at_least, self.less_than)


def first_spans(places: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Return the first hundred places as spans, which is as many as anybody reads."""
    return tuple(Span(start, end) for start, end in islice(places, _MOST_SPANS))
