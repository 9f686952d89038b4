"""A demand that is known but that no constraint judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_text
from evalkit.verdicts import Score


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Demand what nothing here can judge, so that it is counted as undecided and never as met.

    Attributes:
        demand: What is demanded, in words or as the id that it has elsewhere.
        why: Why it cannot be judged.
        ifeval_id: The id of the instruction, where it is one of IFEval's.

    Imported suites have it where a benchmark's check has no counterpart here, or where its verdict would be random. A
    case with such a demand can be broken as a whole, by another constraint, but never fully met.
    """

    name: ClassVar[str] = "unjudged"
    family: ClassVar[str] = "unjudged"
    examples: ClassVar[Examples] = Examples(
        arguments="Begin with a verb.",
        met=None,
        broken=None,
        undecided="Use Kafka.",
    )

    demand: str
    why: str = "no constraint judges it"
    ifeval_id: str | None = None

    def __post_init__(self) -> None:
        check_text("demand", self.demand)
        check_text("why", self.why)

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - a constraint's signature
        """Leave `text` undecided."""
        return Score(None, f"{quoted(self.demand)} is not judged: {self.why}")
