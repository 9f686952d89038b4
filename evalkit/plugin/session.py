"""The hooks of a test run that collects suites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.plugin.collection import Suites, collect_file
from evalkit.plugin.identity import session_id
from evalkit.plugin.items import SuiteItem
from evalkit.plugin.judging import Judging
from evalkit.plugin.options import read_options
from evalkit.plugin.planned import Wanted
from evalkit.project import find_project

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from evalkit.plugin.conclusion import Conclusion
    from evalkit.plugin.drawing import Drawing
    from evalkit.plugin.planned import CellKey, Planned
    from evalkit.plugin.waiting import Controller
    from evalkit.project import Project

MARK = "evalkit"


class TestRun:
    """What one process of a test run knows of its suites.

    With pytest-xdist the workers collect, draw and judge; the controller sees their reports, and writes what is written
    once.

    Args:
        config: Of the test run; suites that the ini file names are added to what it collects when the command line
            names nothing.

    Attributes:
        project: The one that items have come from; None before the first.
    """

    __test__ = False

    def __init__(self, config: pytest.Config) -> None:
        self.options = read_options(config)
        self.suites = Suites(self.options, config.rootpath, Judging(self.options, self.drawing))
        self.project: Project | None = None
        self._config = config
        self._session: pytest.Session | None = None
        self._drawing: Drawing | None = None
        self._controller: Controller | None = None
        self._interrupted = False
        self._conclusion: Conclusion | None = None
        add_arguments(config, self.options.everywhere, self.options.named)

    @property
    def in_worker(self) -> bool:
        """Whether this is a worker of pytest-xdist."""
        return hasattr(self._config, "workerinput")

    @property
    def in_controller(self) -> bool:
        """Whether this is the controller of pytest-xdist, which runs no items itself."""
        return self._config.pluginmanager.has_plugin("dsession")

    def drawing(self) -> Drawing:
        """Return the drawing of what all selected items want; it begins when the first of them is waited for."""
        if self._drawing is None:
            from evalkit.conduct import Terms
            from evalkit.plugin.drawing import Drawing

            assert self._session is not None, "items are judged after they were collected"
            terms = Terms(max_cost_usd=self.options.max_cost_usd, reuse=self.options.reuse)
            self._drawing = Drawing(
                wanted_of(self._session.items), session_id(self._config), terms, resume=self.options.resume
            )
        return self._drawing

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session, whose items say what is wanted."""
        self._session = session

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Take the files of suites."""
        return collect_file(file_path, parent, self.suites)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Wait for what an item needs around everything else, so that no time limit of a test counts it."""
        if isinstance(item, SuiteItem):
            from evalkit.plugin.waiting import await_cells

            self.project = item.planned.project
            await_cells(item.session, self.drawing(), item.planned, item.awaited)
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count failures where the workers of pytest-xdist do not know of one another's."""
        if self.in_controller:
            if self.project is None and MARK in report.keywords:
                self.project = self._project_of(self._config.rootpath / report.nodeid.partition("::")[0])
            self._at_control().count(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        """Take note of Ctrl-C and of `pytest.exit`, whose exit codes may be any."""
        self._interrupted = True
        if self.in_controller:
            self._at_control().stop()

    def _at_control(self) -> Controller:
        if self._controller is None:
            from evalkit.plugin.waiting import Controller

            most: int = self._config.option.maxfail
            self._controller = Controller(self._store, session_id(self._config), most)
        return self._controller

    def _store(self) -> Path:
        """Return the file of the session's store, also before any item has been reported."""
        project = self.project or self._project_of(self.options.suites[0])
        return project.store

    def _project_of(self, path: Path) -> Project:
        return find_project(path if path.is_dir() else path.parent, otherwise=self._config.rootpath)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, object, object]:
        """End the drawing; then, once and where all is known, write what is to be written."""
        interrupted = self._interrupted or exitstatus == pytest.ExitCode.INTERNAL_ERROR
        if self.in_controller and (interrupted or session.shouldfail or session.shouldstop):
            self._at_control().stop()
        if self._drawing is not None:
            from evalkit.plugin.waiting import end_drawing

            end_drawing(session, self._drawing, interrupted=interrupted)
        ended = yield  # in which the workers of pytest-xdist end
        if self.project is not None and not self.in_worker:
            from evalkit.plugin.conclusion import Conclusion

            self._conclusion = Conclusion(self.project, session_id(self._config), self.suites)
            self._conclusion.write()
        return ended

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was drawn and written."""
        if self._conclusion is not None:
            from evalkit.plugin.summary import write_lines

            write_lines(terminalreporter, self._conclusion.lines(terminalreporter.stats))


def add_arguments(config: pytest.Config, everywhere: Iterable[Path], named: Iterable[Path]) -> None:
    """Have suites collected: those of the ini file as `testpaths` are, those of the command line always."""
    source = pytest.Config.ArgsSource
    wanted = list(named)
    if config.args_source is source.TESTPATHS or (
        config.args_source is source.INVOCATION_DIR and config.invocation_params.dir == config.rootpath
    ):
        wanted = [*everywhere, *wanted]
    there = set(config.args)
    config.args.extend(text for text in map(str, wanted) if text not in there)


def wanted_of(items: Iterable[pytest.Item]) -> list[Wanted]:
    """Return what is to be drawn for the items that are selected, each cell once, in the order of items."""
    cells: dict[Planned, dict[CellKey, None]] = {}
    for item in items:
        if isinstance(item, SuiteItem):
            cells.setdefault(item.planned, {}).update(dict.fromkeys(item.cells))
    return [Wanted(planned, tuple(chosen)) for planned, chosen in cells.items()]
