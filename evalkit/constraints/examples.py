"""What a constraint shows of itself in the reference, held to by a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.types import Json


@dataclass(frozen=True, slots=True)
class Examples:
    """One use of a constraint with a text for each verdict.

    Attributes:
        arguments: What a suite writes after the constraint's name; None for the bare name.
        met: A whole text that meets it; None where no text does.
        broken: A whole text that breaks it; None where no text does.
        undecided: A text whose verdict stays open when it was cut off there; None when a cut changes nothing.
    """

    arguments: Json
    met: str | None
    broken: str | None
    undecided: str | None
