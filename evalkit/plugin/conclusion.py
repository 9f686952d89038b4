"""Ends a test run, once and from the store: writes reports and baselines, and sums up what was drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError
from evalkit.plugin.summary import SuiteTotals, items_of, summary_lines
from evalkit.plugin.written import Wish, write_session_run
from evalkit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from evalkit.plugin.collection import Suites
    from evalkit.plugin.options import Options
    from evalkit.project import Project
    from evalkit.store.session_runs import SessionRun


class Conclusion:
    """What is known of a test run when all of it is over.

    Args:
        project: Whose store has the runs.
        session: The test session's id.
        suites: Those of the test run.
    """

    def __init__(self, project: Project, session: str, suites: Suites) -> None:
        self._project = project
        self._session = session
        self._suites = suites
        self._totals: list[SuiteTotals] = []
        self._by_tests: list[SuiteTotals] = []
        self._said: list[str] = []

    def write(self) -> None:
        """Write what the options want, and find out what was drawn; nothing is raised."""
        if not self._project.store.is_file():
            return
        try:
            with Store(self._project.store, create=False) as store:
                for run in store.session_runs.of(self._session):
                    name = _name(run, store)
                    if run.by_test:
                        self._by_tests.append(SuiteTotals(name, run, store.session_runs.totals(run)))
                        continue
                    wish = _wish(self._suites.options, name)
                    self._said += write_session_run(store, run, wish, self._project)
                    self._totals.append(SuiteTotals(name, run, store.session_runs.totals(run)))
        except EvalkitError as error:
            self._said.append(error.message)

    def lines(self, stats: Mapping[str, Sequence[Any]]) -> Iterator[str]:
        """Yield what is to be said at the end.

        Args:
            stats: The reports of the test run's items, by what they came to.
        """
        for each in self._totals:
            yield from (f"warning: {words}" for words in self._suites.warnings(Path(each.run.suite)))
        yield from self._said
        away = None if Path.cwd().is_relative_to(self._project.root) else str(self._project.root)
        yield from summary_lines(self._totals, items_of(stats), by_tests=self._by_tests, project=away)


def _name(run: SessionRun, store: Store) -> str:
    return Path(run.suite).name if run.run is None else store.run(run.run).suite_name


def _wish(options: Options, suite_name: str) -> Wish:
    baseline = options.baseline_of(suite_name)
    update = (baseline or suite_name) if options.update_baseline else None
    return Wish(options.formats, baseline, update, options.require_decision)
