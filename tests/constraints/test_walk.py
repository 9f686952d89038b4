"""Every part of a constraint is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.judge import Judge
from evalkit.constraints.logic import AllOf, AnyOf, Not
from evalkit.constraints.walk import asks_judge, every_part
from evalkit.constraints.words import MaxWords
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.protocols import Constraint


@dataclass(frozen=True, slots=True)
class Weighted:
    """A composite of somebody else's, whose parts stand in pairs and in a mapping."""

    name: ClassVar[str] = "weighted"

    pairs: tuple[tuple[float, Constraint], ...]
    named: dict[str, Constraint]

    def score(self, text: str, *, whole: bool) -> Score:
        """Say nothing."""
        return Score(None, f"{len(text)} {whole}")


def test_parts_are_found_at_any_depth() -> None:
    """The constraint itself first, then what its fields hold, in whatever form."""
    few, many, judge = MaxWords(1), MaxWords(9), Judge("Polite?")
    weighted = Weighted(((0.5, Not(few)), (0.5, many)), {"polite": judge})
    found = list(every_part(AnyOf((weighted, many))))
    assert found[1:] == [weighted, Not(few), few, many, judge, many]


def test_what_hangs_on_a_judge() -> None:
    """One judge anywhere is enough."""
    assert asks_judge(Not(AllOf((MaxWords(1), Judge("Polite?")))))
    assert not asks_judge(Not(AllOf((MaxWords(1), MaxWords(2)))))
