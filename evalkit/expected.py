"""Failures that a suite says are to be expected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.types import AxisValue, Condition


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """One entry of a suite's `xfail`: what is known not to hold yet, and may fail in a test run without failing it.

    Attributes:
        reason: Why, for people; empty where the suite does not say.
        where: Axis values that select conditions; empty selects all.
        providers: Those that it speaks of; empty for all.
        cases: Ids of those that it speaks of; empty for all.
    """

    reason: str = ""
    where: Mapping[str, tuple[AxisValue, ...]] = field(default_factory=lambda: EMPTY)
    providers: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    def covers(self, provider: str, condition: Condition, case_id: str) -> bool:
        """Tell whether one provider under one condition on one case is expected to fail."""
        return (
            condition.matches(self.where)
            and (not self.providers or provider in self.providers)
            and (not self.cases or case_id in self.cases)
        )
