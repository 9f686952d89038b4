"""`evalkit runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_runs_are_listed_newest_first(evalkit: CommandLine) -> None:
    """Each run has its line; --limit keeps the newest."""
    evalkit("run", "suites/small.yaml")
    evalkit("run", "suites/small.yaml", "--repeats", "1")
    lines = evalkit("runs").stdout.splitlines()
    assert [line.split("  ")[3] for line in lines] == ["8/8", "24/24"]
    limited = evalkit("runs", "--limit", "1")
    assert len(limited.stdout.splitlines()) == 1
    assert "and 1 older" in limited.stderr


def test_no_store_is_said(evalkit: CommandLine) -> None:
    """Without a store there is an error that names the command that makes one."""
    assert "evalkit run SUITE" in evalkit("runs", expect=3).stderr
