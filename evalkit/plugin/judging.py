"""Judges the items of a test run by what is drawn for them, and says what providers did wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from evalkit.cells import Digests
    from evalkit.plugin.case_outcome import State
    from evalkit.plugin.drawing import Drawing
    from evalkit.plugin.gate_outcome import GateOutcome
    from evalkit.plugin.options import Options
    from evalkit.plugin.planned import CellKey, Planned
    from evalkit.store.session_runs import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item comes to.

    Attributes:
        lines: Why; the first line says the most.
        properties: What reports of the test run keep of it.
        unsupported: Whether it is undecided because the model cannot be asked so, which nothing can decide.
    """

    state: State
    lines: tuple[str, ...]
    properties: Mapping[str, str | int | float] = field(default_factory=lambda: EMPTY)
    unsupported: bool = False


class Judging:
    """Judges items once what they need is drawn; the gates of a suite all at once.

    Args:
        options: What the test run was given.
        drawing: Gives what is drawn; made when the first item asks for it.
    """

    def __init__(self, options: Options, drawing: Callable[[], Drawing]) -> None:
        self.options = options
        self._drawing = drawing
        self._gates: dict[Planned, Sequence[GateOutcome]] = {}
        self._digests: dict[Planned, Digests] = {}

    def missing(self, planned: Planned, cells: Sequence[CellKey]) -> Problem | None:
        """Say why some of these cells have not been drawn; None when all have been."""
        return self._drawing().missing(planned, cells)

    def problems(self, planned: Planned, cells: Iterable[CellKey]) -> list[str]:
        """Return what went wrong with the providers of these cells, and what to do about it."""
        return [problem.words for problem in self._problems(planned, cells)]

    def case(self, planned: Planned, cell: CellKey) -> Outcome:
        """Judge one case."""
        from evalkit.cells import Digests
        from evalkit.judge.lookup import judge_of
        from evalkit.plugin.case_outcome import judge_case

        drawing = self._drawing()
        run = drawing.run(planned)
        digests = self._digests.setdefault(planned, Digests(planned.suite, judge_of(run, planned.suite)))
        found = judge_case(drawing.store, run, planned, cell, self.options.at_least, digests=digests)
        return Outcome(found.state, found.lines, found.properties, found.unsupported)

    def gate(self, planned: Planned, number: int) -> Outcome:
        """Judge one gate, by its place among the suite's."""
        if planned not in self._gates:
            from evalkit.plugin.gate_outcome import judge_gates

            self._gates[planned] = judge_gates(self._drawing(), planned)
        found = self._gates[planned][number]
        return Outcome(found.state, found.lines, found.properties)

    def _problems(self, planned: Planned, cells: Iterable[CellKey]) -> Iterator[Problem]:
        drawing = self._drawing()
        judges = (judge.name for judge in planned.prepared.judges)
        for provider in dict.fromkeys((*(cell.provider for cell in cells), *judges)):
            problem = drawing.problem(planned, provider)
            if problem is not None:
                yield problem
