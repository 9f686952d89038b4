"""Finds the cases that responses belong to, by id or by the exact prompt."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.constraints.reasons import quoted
from evalkit.errors import suggestion
from evalkit.templates import render
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.responses.read import Response
    from evalkit.types import Condition, Suite

Cell = tuple[int, int]
"""Index of a condition, and index of a case."""


class NotJoinedError(Exception):
    """A response belongs to no case; the message says why."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a response belongs.

    Attributes:
        cells: One, or several where cases share its prompt.
        other_prompt: It names its case, and has another prompt than that.
    """

    cells: tuple[Cell, ...]
    other_prompt: bool = False


class Joiner:
    """Finds cells for responses.

    Args:
        suite: The cases.
        conditions: That responses may be of.
    """

    def __init__(self, suite: Suite, conditions: Sequence[Condition]) -> None:
        self._conditions = conditions
        self._axes = suite.axes
        self._cases = {case.id: index for index, case in enumerate(suite.cases)}
        self._prompts: dict[str, list[Cell]] = {}
        self._alike: dict[str, str] = {}
        for number, condition in enumerate(conditions):
            for index, case in enumerate(suite.cases):
                prompt = render(case.prompt, {**case.variables, **condition.as_dict()})
                self._prompts.setdefault(prompt, []).append((number, index))
                self._alike.setdefault(_loosely(prompt), case.id)

    def place(self, response: Response) -> Placed:
        """Return where a response belongs.

        Raises:
            NotJoinedError: It belongs nowhere, or it cannot be told to which condition.
        """
        if response.fault is not None:
            raise NotJoinedError(response.fault)
        conditions = self._matching(response)
        prompted = self._prompts.get(response.prompt or "", [])
        if response.case is not None:
            if response.case not in self._cases:
                hint = suggestion(response.case, self._cases)
                raise NotJoinedError(f"the suite has no case {quoted(response.case)}{f' ({hint})' if hint else ''}")
            case = self._cases[response.case]
            cells = [(number, case) for number in conditions]
            by_prompt = [cell for cell in cells if cell in prompted]
            cells = by_prompt or cells
        else:
            cells = [cell for cell in prompted if cell[0] in conditions]
            if not cells:
                raise NotJoinedError(self._no_prompt(response.prompt or "", found=bool(prompted)))
        if len({number for number, _ in cells}) > 1:
            raise NotJoinedError("it could be of several conditions of the suite; name one under `condition`")
        other = response.case is not None and response.prompt is not None and cells[0] not in prompted
        return Placed(tuple(cells), other)

    def _matching(self, response: Response) -> list[int]:
        for axis in response.condition:
            if axis not in self._axes:
                raise NotJoinedError(f"the suite has no axis {quoted(axis)}")
        where = {axis: (value,) for axis, value in response.condition.items()}
        found = [number for number, each in enumerate(self._conditions) if each.matches(where)]
        if not found:
            written = ", ".join(f"{axis} {shown(value)}" for axis, value in response.condition.items())
            raise NotJoinedError(f"the suite runs no condition with {written}")
        return found

    def _no_prompt(self, prompt: str, *, found: bool) -> str:
        if found:
            return "its prompt is not asked under its condition"
        alike = self._alike.get(_loosely(prompt))
        if alike is not None:
            return (
                f"no case has its prompt {quoted(prompt)}; that of case `{alike}` differs only in white space or in how"
                " accents are written"
            )
        return f"no case has its prompt {quoted(prompt)}"


@dataclass(slots=True)
class Repeats:
    """Which repeats of one cell are taken."""

    _next: int = 0
    _beyond: set[int] = field(default_factory=set[int])

    def take(self, wanted: int | None) -> int | None:
        """Take a repeat, the first free one where none is wanted; None when it is taken already."""
        repeat = self._next if wanted is None else wanted
        if repeat < self._next or repeat in self._beyond:
            return None
        self._beyond.add(repeat)
        while self._next in self._beyond:
            self._beyond.remove(self._next)
            self._next += 1
        return repeat

    @property
    def taken(self) -> int:
        """How many are taken."""
        return self._next + len(self._beyond)

    @property
    def span(self) -> int:
        """One more than the last repeat that is taken."""
        return max(self._beyond, default=self._next - 1) + 1


def _loosely(text: str) -> str:
    """Return what two texts share that differ only in white space and in their Unicode form."""
    return " ".join(unicodedata.normalize("NFC", text).split())
