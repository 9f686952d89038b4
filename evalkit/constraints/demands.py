"""What a constraint asks of a text, in a form that can be held against what another asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias, runtime_checkable


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a thing in the whole text.

    Attributes:
        of: What is counted, in the plural: `words`.
        low: The least.
        high: The most; None for no end.
    """

    of: str
    low: int = 0
    high: int | None = None

    def __str__(self) -> str:
        """Write it in words."""
        if self.high is None:
            return f"at least {self.low:,} {self.of}"
        return f"at most {self.high:,} {self.of}" if not self.low else f"{self.low:,} to {self.high:,} {self.of}"


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that stand somewhere, or nowhere, in the text.

    Attributes:
        where: `in` it, at its `start` or `end`, or `nowhere`.
        whole_words: Whether what touches them counts.
    """

    text: str
    where: Literal["in", "start", "end", "nowhere"]
    ignore_case: bool = True
    whole_words: bool = False

    def __str__(self) -> str:
        """Write it in words."""
        demand = {"in": "has", "start": "begins with", "end": "ends with", "nowhere": "does not have"}[self.where]
        return f"{demand} `{self.text}`"


@dataclass(frozen=True, slots=True)
class Casing:
    """All letters in one case."""

    case: Literal["upper", "lower"]

    def __str__(self) -> str:
        """Write it in words."""
        return f"is in {self.case} case"


@dataclass(frozen=True, slots=True)
class Form:
    """The whole text is a document of one kind, or has parts that only such a document has.

    Attributes:
        fence: Whether a Markdown code fence may stand around it.
    """

    kind: Literal["JSON", "XML", "Markdown"]
    fence: bool = False

    def __str__(self) -> str:
        """Write it in words."""
        return f"is {self.kind}"


Demand: TypeAlias = Amount | Wording | Casing | Form
Alternatives: TypeAlias = tuple[tuple[Demand, ...], ...]
"""What a text may be like to meet a constraint: one of several ways, each with demands that hold together."""


@runtime_checkable
class Demanding(Protocol):
    """A constraint that can say what it asks for."""

    def demands(self) -> Alternatives:
        """Return the ways to meet it; a text that meets it is like all of one of them."""
        ...


def opposite(demand: Demand) -> Alternatives | None:
    """Return what a text is like that does not meet a demand; None where that cannot be said.

    >>> opposite(Amount("words", high=60))
    ((Amount(of='words', low=61, high=None),),)
    """
    if isinstance(demand, Amount):
        ways = [Amount(demand.of, high=demand.low - 1)] if demand.low else []
        if demand.high is not None:
            ways.append(Amount(demand.of, low=demand.high + 1))
        return tuple((way,) for way in ways)
    if isinstance(demand, Wording) and demand.where in ("in", "nowhere"):
        return ((replace(demand, where="nowhere" if demand.where == "in" else "in"),),)
    return None
