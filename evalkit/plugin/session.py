"""The hooks of a test run that collects suites."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.plugin.collection import Suites, collect_file
from evalkit.plugin.items import SuiteItem
from evalkit.plugin.options import read_options
from evalkit.plugin.planned import Wanted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from evalkit.plugin.planned import CellKey, Planned


class TestRun:
    """What one process of a test run knows of its suites.

    Args:
        config: Of the test run; suites that the ini file names are added to what it collects when the command line
            names nothing.
    """

    __test__ = False

    def __init__(self, config: pytest.Config) -> None:
        self.options = read_options(config)
        self.suites = Suites(self.options, config.rootpath)
        self._config = config
        _add_arguments(config, self.options.everywhere, self.options.named)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Take the files of suites."""
        return collect_file(file_path, parent, self.suites)


def _add_arguments(config: pytest.Config, everywhere: Iterable[Path], named: Iterable[Path]) -> None:
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


def session_id(config: pytest.Config) -> str:
    """Return what all processes of this test run call it, and no other test run."""
    told: Any = getattr(config, "workerinput", None)
    return str(told["testrunuid"]) if told else os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
