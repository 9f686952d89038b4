"""Suites whose answers a test chooses, as a test session finds them in the store, and a project at the fake vendors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import pytest

from evalkit.expand import Plan, expand, slots
from evalkit.load import load
from evalkit.plugin.planned import Planned
from evalkit.prepare import prepare
from evalkit.runs import start_run
from evalkit.selection import Selection
from evalkit.types import Completion
from sitting import SessionProject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from evalkit.baselines.baseline import Baseline
    from evalkit.plugin.planned import CellKey
    from evalkit.store import Store
    from evalkit.types import AxisValue, Run, Sample
    from tests.conftest import SmallProject
    from vendors.server import FakeVendors

    Answer: TypeAlias = "Callable[[Sample], Completion | str | None]"

HEAD = "suite: small\nversion: 1\nproviders: [script]\nseed: 3\n"


@dataclass
class DrawnSuite:
    """A suite with a run of it; also what a session has drawn, as far as gates ask for it."""

    store: Store
    planned: Planned
    found: Run
    old: Baseline | None = None

    def run(self, planned: Planned) -> Run:
        """Return the run."""
        assert planned is self.planned
        return self.found

    def baseline(self, planned: Planned) -> Baseline | None:
        """Return what the run is held against."""
        assert planned is self.planned
        return self.old

    def cell(self, case_id: str = "one", **where: AxisValue) -> CellKey:
        """Return the first cell of a case under these axis values."""
        wanted: Mapping[str, tuple[AxisValue, ...]] = {axis: (value,) for axis, value in where.items()}
        cells: Iterator[CellKey] = self.planned.cells()
        return next(each for each in cells if each.case_id == case_id and each.condition.matches(wanted))


class DrawSuite(Protocol):
    """Writes a suite and draws it with the answers that it is given; None draws nothing."""

    def __call__(
        self,
        text: str,
        answer: Answer,
        *,
        providers: tuple[str, ...] = ("script",),
        cells: tuple[int, ...] | None = None,
    ) -> DrawnSuite:
        """Draw the cells with these numbers, or all; where several providers are named, of each of them."""
        ...


@pytest.fixture
def draw_suite(small_project: SmallProject, store: Store) -> DrawSuite:
    """Give a function that writes a suite and draws it."""

    def draw(
        text: str, answer: Answer, *, providers: tuple[str, ...] = ("script",), cells: tuple[int, ...] | None = None
    ) -> DrawnSuite:
        path = small_project.write("suites/small.yaml", HEAD + text)
        for name in providers:
            small_project.write(f"providers/{name}.yaml", "adapter: scripted\nmodel: script\n")
        project = small_project.project
        suite = load(path, project)
        prepared = prepare(suite, project, Selection(providers=providers))
        chosen = None if cells is None else dict.fromkeys(providers, cells)
        run = start_run(prepare(suite, project, Selection(providers=providers, cells=chosen)), store)
        for profile in prepared.profiles:
            plan = Plan(suite, profile, run.seed, seed_drawn=False)
            samples = expand(plan, slots(prepared.sweep.conditions, prepared.cases, prepared.repeats, cells))
            answers = [(sample, answer(sample)) for sample in samples]
            drawn = [
                (sample, Completion("complete", text=each, served_model="script-1") if isinstance(each, str) else each)
                for sample, each in answers
                if each is not None
            ]
            store.commit(run.id, drawn)
        return DrawnSuite(store, Planned(path, suite, project, prepared), run)

    return draw


@pytest.fixture
def project(tmp_path: Path, vendors: FakeVendors) -> SessionProject:
    """Give a project with the profile `claude`, and a suite `one` of three cases with two draws each."""
    made = SessionProject(tmp_path, vendors.base_url)
    (tmp_path / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    made.profile("claude")
    made.suite("one")
    return made
