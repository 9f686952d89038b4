"""Asks what Python tests ask: one for each process of a test run, with an event loop in a thread of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from evalkit.conduct import Terms, draw_run, open_run
from evalkit.errors import EvalkitError, UsageError
from evalkit.own_loop import OwnLoop
from evalkit.plugin.identity import session_id
from evalkit.plugin.options import read_options
from evalkit.plugin.own_summary import own_summary
from evalkit.plugin.shared_budget import SharedBudget
from evalkit.plugin.suite_drawing import SUITE, problem_of
from evalkit.reports.format import dollars
from evalkit.secret import without_keys
from evalkit.store import Store
from evalkit.store.session_runs import Problem, of_test

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from evalkit.conduct import Opened
    from evalkit.generate import Tally
    from evalkit.plugin.options import Options
    from evalkit.project import Project
    from evalkit.store.session_runs import State
    from evalkit.types import Completion, Run, Suite


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one question.

    Attributes:
        drawn: In the order of the draws; fewer than were asked for where something was in the way.
        error: What was in the way; None when nothing was.
    """

    run: Run
    drawn: tuple[Completion, ...]
    error: EvalkitError | None = None


class Desk:
    """Asks for the tests of one process, and keeps the stores that their completions are in.

    What is awaited of it must be awaited in its `loop`, to whose thread the stores belong.

    Args:
        options: What the test run was given.
        session: The test session's id.
        tell: Is told of each store that is opened.
    """

    def __init__(self, options: Options, session: str, tell: Callable[[Path], None] = lambda _: None) -> None:
        self.options = options
        self.loop = OwnLoop("evalkit tests")
        self.process = os.getpid()
        self._session = session
        self._tell = tell
        self._stores: dict[Path, Store] = {}
        self._budgets: dict[Path, SharedBudget] = {}
        self._own: set[str] = set()

    def store(self, project: Project) -> Store:
        """Return the store of a project."""
        if project.store not in self._stores:
            self._stores[project.store] = Store(project.store)
            self._tell(project.store)
        return self._stores[project.store]

    async def ask(self, suite: Suite, project: Project) -> Answered:
        """Draw a suite of one case and one provider.

        Raises:
            EvalkitError: Nothing could be asked.
        """
        store, provider = self.store(project), suite.providers[0]
        terms = Terms(max_cost_usd=self.options.max_cost_usd, reuse=self.options.reuse)
        try:
            opened = open_run(suite, terms=terms, project=project, store=store)
        except EvalkitError as error:
            raise in_options(error) from error.__cause__
        key = of_test(opened.run.id, suite.description)
        store.session_runs.open(self._session, key, opened.run.id)
        self._own.add(opened.run.id)
        budget = self._budget(project)
        state: State = "stopped"
        problems: Mapping[str, Problem] = {SUITE: Problem("stopped", "it was interrupted")}
        try:
            tally = await draw_run(opened, budget=budget)
            drawn = tuple(each.completion for each in store.drawn(opened.run.id, provider))
            failed = self._error(opened, tally, budget, len(drawn))
            state, problems = "ended", {} if failed is None else {provider: problem_of(failed, provider)}
        finally:
            store.session_runs.note(self._session, key, state=state, problems=problems)
        return Answered(opened.run, drawn, failed)

    def runs(self, project: Project) -> set[str]:
        """Return the runs of the test session by now."""
        return {each.run for each in self.store(project).session_runs.of(self._session) if each.run is not None}

    async def _close(self) -> None:
        for store in self._stores.values():
            store.close()
        self._stores.clear()

    def close(self) -> None:
        """End the thread, with whatever it is still at."""
        if self.process == os.getpid() and not self.loop.closed:
            self.loop.wait(self._close())
            self.loop.close()

    def _budget(self, project: Project) -> SharedBudget:
        """Return the budget of all that this process asks for; the rest of the session's runs count, too."""
        if project.store not in self._budgets:
            self._budgets[project.store] = SharedBudget(self.options.max_cost_usd, lambda: self._elsewhere(project))
        budget = self._budgets[project.store]
        budget.reached = False  # a dearer prompt may have left room for this one
        return budget

    def _elsewhere(self, project: Project) -> float:
        store = self.store(project)
        return sum(store.spent_usd(run) for run in self.runs(project) - self._own)

    def _error(self, opened: Opened, tally: Tally, budget: SharedBudget, drawn: int) -> EvalkitError | None:
        """Return what was in the way of what is missing."""
        for failure in tally.failures.values():
            without_keys(failure)
            return failure
        if tally.over_budget and drawn < opened.prepared.probes:
            return UsageError(
                f"--evalkit-max-cost {budget.cap or 0:g} leaves no room for another call: the session's runs have cost"
                f" {dollars(budget.spent)}",
                hint="give a higher --evalkit-max-cost",
            )
        return None


def in_options(error: EvalkitError) -> EvalkitError:
    """Say an error of the command line's options in those of a test run."""
    without_keys(error)
    problem = problem_of(error)
    error.message, error.hint = problem.message, problem.hint
    error.args = (problem.message,)
    return error


_DESK = pytest.StashKey[Desk]()


def desk_of(config: pytest.Config) -> Desk:
    """Return the desk of this process, which opens when the first test asks something.

    Raises:
        pytest.UsageError: An option cannot be.
    """
    there = config.stash.get(_DESK, None)
    if there is None or there.process != os.getpid():  # neither threads nor connections outlive a fork
        there = config.stash[_DESK] = Desk(read_options(config), session_id(config), own_summary(config).stores.add)
        config.add_cleanup(there.close)
    return there
