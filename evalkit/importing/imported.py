"""What an import gives: cases, and what could not be made one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.arguments import construct
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.errors import EvalkitError
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.errors import Location
    from evalkit.types import Json, Scalar

_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something of the file that the suite does not have, or has only in part.

    Attributes:
        what: What it is and why, in words.
    """

    place: Location
    what: str


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """One case as a suite writes it.

    Attributes:
        prompt: A template.
        variables: What the template uses, and what is kept for constraints that look at the case.
        constraints: As YAML writes them.
    """

    id: str
    prompt: str
    variables: Mapping[str, Scalar] = field(default_factory=lambda: EMPTY)
    constraints: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file.

    Attributes:
        cases: In the file's order; ids are unique.
        unmapped: In the file's order.
        responses: Texts that the file has for cases, by their ids.
    """

    cases: tuple[ImportedCase, ...]
    unmapped: tuple[Unmapped, ...]
    responses: tuple[tuple[str, str], ...] = ()


def is_name(text: str) -> bool:
    """Tell whether a text may be the id of a case."""
    return _NAME.fullmatch(text) is not None


def name_like(text: str, *, most: int = 40) -> str:
    """Return a name that reminds of a text; `case` where nothing is left of it."""
    return _NOT_IN_NAMES.sub("-", text.strip()).strip("-._")[:most].rstrip("-._") or "case"


class Names:
    """Names that are used, so that no case gets that of another."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """Use a name that is free: the one wanted, or that with a number behind it."""
        name, number = wanted, self._used.get(wanted, 1)
        while name in self._used:
            number += 1
            name = f"{wanted}-{number}"
        self._used[wanted] = number
        self._used.setdefault(name, 1)
        return name


def refused(spec: Json) -> str | None:
    """Return why evalkit would refuse a constraint as YAML writes it; None when it takes it."""
    try:
        construct(CONSTRAINTS, spec, beside=None)
    except EvalkitError as error:
        return error.message
    return None


def is_text(text: str) -> bool:
    """Tell whether a text could be sent: half a surrogate pair could not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
