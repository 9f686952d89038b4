"""Says at the end of a test run without suites what its test functions have asked, in all of its processes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import EvalkitError
from evalkit.plugin.identity import session_id
from evalkit.plugin.summary import Items, SuiteTotals, summary_lines, write_lines
from evalkit.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

SUITES = "evalkit suites"
"""Under which name the plugin of a test run with suites is registered, whose own summary has it all."""
WORKER_OUTPUT = "evalkit_stores"
"""Under which key a worker of pytest-xdist tells the controller in which stores its tests' runs are."""
_NAME = "evalkit tests"


class OwnSummary:
    """What is said at the end, by the process that ends the test run.

    Attributes:
        stores: The files that have the runs of tests.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.stores: set[Path] = set()
        self._config = config

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        """Tell the controller, in a worker of pytest-xdist."""
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[WORKER_OUTPUT] = sorted(map(str, self.stores))

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was drawn, unless the summary of suites does."""
        if not self._config.pluginmanager.has_plugin(SUITES):
            write_lines(terminalreporter, summary_lines([], Items(), by_tests=self.totals()))

    def totals(self) -> list[SuiteTotals]:
        """Return what the tests of the session have asked for, call by call; nothing of a store that cannot be read."""
        found: list[SuiteTotals] = []
        for path in sorted(self.stores):
            with suppress(EvalkitError), Store(path, create=False) as store:
                runs = [run for run in store.session_runs.of(session_id(self._config)) if run.by_test]
                found += [SuiteTotals(run.suite, run, store.session_runs.totals(run)) for run in runs]
        return found


def own_summary(config: pytest.Config) -> OwnSummary:
    """Return the summary of this process; it is registered when it is first asked for."""
    found: OwnSummary | None = config.pluginmanager.get_plugin(_NAME)
    if found is None:
        found = OwnSummary(config)
        config.pluginmanager.register(found, _NAME)
    return found


def hear(config: pytest.Config, stores: Iterable[str]) -> None:
    """Take note, in the controller of pytest-xdist, of where the runs of a worker's tests are."""
    own_summary(config).stores.update(map(Path, stores))
