"""Collects suites: one item for each provider, condition and case, and one for each gate.

What is collected follows from the files and the options alone, so that every process of a test run comes to the same
items: no store is opened, no model loaded, nothing asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest

from evalkit.errors import EvalkitError, GateFailed, SuiteError
from evalkit.plugin.items import CaseItem, GateItem, LoadItem, words
from evalkit.plugin.planning import plan_suite
from evalkit.plugin.recognise import SUFFIXES, holds_suite
from evalkit.providers.reach import reach

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.expected import ExpectedFailure
    from evalkit.plugin.judging import Judging
    from evalkit.plugin.options import Options
    from evalkit.plugin.planned import CellKey, Planned
    from evalkit.plugin.planning import Plan

_Item = TypeVar("_Item", bound=pytest.Item)
_Node = TypeVar("_Node", bound=pytest.Item | pytest.File)

MARKS = {"local": "slow", "network": "live"}
"""What an item is marked with by where its provider's answers come from."""


class Suites:
    """The suites of a test run, each planned once, however often its file is collected.

    Args:
        options: What the test run was given.
        root: What is taken for the project where there is none around a suite.
        judging: Judges the items once what they need is drawn.
    """

    def __init__(self, options: Options, root: Path, judging: Judging) -> None:
        self.options = options
        self.judging = judging
        self._root = root
        self._plans: dict[Path, Plan | EvalkitError] = {}
        self._names: dict[str, Path] = {}

    def warnings(self, file: Path) -> tuple[str, ...]:
        """Return what is allowed in a suite, and can hardly be meant."""
        plan = self.plan(file)
        return () if isinstance(plan, EvalkitError) else plan.warnings

    def plan(self, file: Path) -> Plan | EvalkitError:
        """Return what a suite comes to, or why it cannot be run."""
        if file not in self._plans:
            try:
                self._plans[file] = self._planned(file)
            except EvalkitError as error:
                self._plans[file] = error
        return self._plans[file]

    def _planned(self, file: Path) -> Plan:
        plan = plan_suite(file, self.options, self._root)
        planned = plan.planned
        first = self._names.setdefault(planned.suite.name, file)
        if first != file:
            here, there = planned.project.relative(file), planned.project.relative(first)
            raise SuiteError(
                f"{here}: suite `{planned.suite.name}` has the name of {there}",
                hint="runs and baselines are kept by the suite's name, so that each needs its own",
            )
        return plan


class SuiteFile(pytest.File):
    """The file of a suite."""

    suites: Suites

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the items of a suite; of one that cannot be run, a single one that says why."""
        found = self.suites.plan(self.path)
        self.add_marker("evalkit")
        if isinstance(found, EvalkitError):
            if _asked_for_by_name(self):
                raise self.CollectError(words(found))
            yield _item(LoadItem, self, "load", error=found)
            return
        for tag in found.planned.suite.tags:
            self.config.addinivalue_line("markers", f"{tag}: a tag of suites")
            self.add_marker(tag)
        yield from _case_items(self, found)
        yield from _gate_items(self, found)


def collect_file(file: Path, parent: pytest.Collector, suites: Suites) -> SuiteFile | None:
    """Return the collector of a file that is a suite; None of any other file."""
    if file.suffix not in SUFFIXES or not (suites.options.holds(file) or parent.session.isinitpath(file)):
        return None
    try:
        if not holds_suite(file):
            return None
    except OSError:
        pass  # whether it is a suite nobody can tell; loading it says why
    made = _made(SuiteFile, parent, path=file)
    made.suites = suites
    return made


def _item(kind: type[_Item], file: SuiteFile, name: str, **parts: Any) -> _Item:  # noqa: ANN401 - of any kind of item
    # Given the id as a text, pytest takes it apart as it does those that `--lf` has kept.
    return _made(kind, file, name=name, nodeid=f"{file.nodeid}::{name}", **parts)


def _made(kind: type[_Node], parent: pytest.Collector, **parts: Any) -> _Node:  # noqa: ANN401 - of any kind of node
    untyped: Any = kind  # as pytest's own parts are
    return cast("_Node", untyped.from_parent(parent, **parts))


def _case_items(file: SuiteFile, plan: Plan) -> Iterator[CaseItem]:
    marks = _marks(plan.planned)
    conditions = plan.planned.prepared.sweep.conditions
    keywords = {each: frozenset(plan.names.keywords(each)) for each in conditions}
    expected = plan.planned.suite.xfail
    for name, cell in plan.cells():
        item = _item(CaseItem, file, name, plan=plan, cell=cell, judging=file.suites.judging)
        item.extra_keyword_matches.update(keywords[cell.condition])
        if cell.provider in marks:
            item.add_marker(marks[cell.provider])
        for each in expected:
            if _covers(each, cell):
                item.add_marker(_xfail(each))
        yield item


def _gate_items(file: SuiteFile, plan: Plan) -> Iterator[GateItem]:
    marks = _marks(plan.planned)
    for number, (name, gate) in enumerate(plan.gates()):
        cells = plan.planned.cells_of_gate(gate)
        item = _item(GateItem, file, name, plan=plan, number=number, cells=cells, judging=file.suites.judging)
        for mark in dict.fromkeys(marks[cell.provider] for cell in cells if cell.provider in marks):
            item.add_marker(mark)
        covering = [[each for each in plan.planned.suite.xfail if _covers(each, cell)] for cell in cells]
        if covering and all(covering):
            item.add_marker(_xfail(covering[0][0]))
        yield item


def _marks(planned: Planned) -> dict[str, str]:
    """Return the mark of each provider that has one."""
    reached = {profile.name: reach(profile) for profile in planned.prepared.everyone}
    return {name: MARKS[where] for name, where in reached.items() if where in MARKS}


def _covers(expected: ExpectedFailure, cell: CellKey) -> bool:
    return expected.covers(cell.provider, cell.condition, cell.case_id)


def _xfail(expected: ExpectedFailure) -> pytest.MarkDecorator:
    return pytest.mark.xfail(reason=expected.reason, raises=GateFailed)


def _asked_for_by_name(file: SuiteFile) -> bool:
    """Tell whether the command line names an item of this file, which a broken suite does not have."""
    base = file.config.invocation_params.dir
    named = (arg.partition("[")[0].split("::") for arg in file.config.args if "::" in arg)
    return any((base / parts[0]).resolve() == file.path.resolve() and parts[1:] != ["load"] for parts in named)
