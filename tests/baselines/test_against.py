"""Reading the baseline that a run is held against, before anything is drawn."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.baselines.against import read_against, read_against_prepared
from evalkit.baselines.files import save_baseline
from evalkit.draw import draw
from evalkit.errors import BaselineError, UsageError
from evalkit.measuring import run_measured
from evalkit.prepare import prepare
from evalkit.runs import start_run
from evalkit.selection import Selection

if TYPE_CHECKING:
    from evalkit.store import Store
    from tests.conftest import SmallProject


@pytest.fixture
def saved(small_project: SmallProject, store: Store) -> SmallProject:
    """Give a project with the baseline `main` of its suite, without system `dense`."""
    suite = small_project.suite()
    prepared = prepare(suite, small_project.project, Selection(axes={"system": ("none",)}))
    run = start_run(prepared, store)
    asyncio.run(draw(prepared, run, store))
    save_baseline("main", run_measured(store, run, suite), small_project.project)
    return small_project


def test_rows_that_it_lacks_are_said(saved: SmallProject) -> None:
    """Those that it has are compared."""
    said: list[str] = []
    prepared = prepare(saved.suite(), saved.project, Selection())
    found = read_against_prepared("main", saved.project, prepared, said.append)
    assert found is not None
    assert found.of.name == "main"
    assert said == [
        (
            "baseline main has no row to compare with script, temperature 0.0, system dense; "
            "script, temperature 1.0, system dense"
        )
    ]


def test_its_name_may_hold_the_name_of_the_suite(saved: SmallProject) -> None:
    """So that one option names the baselines of many suites."""
    with pytest.raises(BaselineError, match="no baseline `small-main`"):
        read_against("{suite}-main", saved.project, saved.suite())


def test_without_a_name_there_is_none(saved: SmallProject) -> None:
    """And nothing is read."""
    assert read_against_prepared(None, saved.project, prepare(saved.suite(), saved.project, Selection())) is None


def test_one_without_any_of_the_rows_is_refused(saved: SmallProject) -> None:
    """Nothing could be compared, whatever was drawn."""
    prepared = prepare(saved.suite(), saved.project, Selection(axes={"system": ("dense",)}))
    with pytest.raises(UsageError, match="has none of the rows that this run is made of, such as script, temperature"):
        read_against_prepared("main", saved.project, prepared)


def test_one_of_another_suite_or_version_is_refused(saved: SmallProject) -> None:
    """Its numbers mean something else."""
    for change, words in (({"name": "other"}, "suite other"), ({"version": 2}, "version 2")):
        with pytest.raises(UsageError, match=f"baseline main does not fit: this run is of .*{words}") as caught:
            read_against("main", saved.project, replace(saved.suite(), **change))
        assert caught.value.exit_code == 2


def test_a_name_that_is_not_there_is_refused_with_the_nearest(saved: SmallProject) -> None:
    """As everywhere."""
    with pytest.raises(BaselineError, match="no baseline `mian`") as caught:
        read_against("mian", saved.project, saved.suite())
    assert "main" in str(caught.value.hint)
