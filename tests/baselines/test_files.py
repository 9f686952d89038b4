"""Tests of saving baselines."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.baselines.baseline import read_baseline
from evalkit.baselines.files import save_baseline
from evalkit.draw import draw
from evalkit.errors import BaselineError
from evalkit.measuring import run_measured
from evalkit.prepare import prepare
from evalkit.runs import start_run, suite_of
from evalkit.selection import Selection
from evalkit.sketches import Sketches, sketch_texts
from tests.baselines.conftest import OF, Rows, case, row, sorted_rows, text_of

if TYPE_CHECKING:
    from evalkit.baselines.files import SavedFile
    from evalkit.store import Store
    from tests.conftest import SmallProject

SCORED = Rows(OF, (row(case("a")),))
OTHER = Rows(OF, (row(case("a", 3)),))
SKETCHES = Sketches({(*row().key, "a"): sketch_texts(["one", "two"])})


def _done(saved: list[SavedFile]) -> list[tuple[str, str]]:
    return [(each.path.name, each.done) for each in saved]


def test_a_baseline_is_a_file_with_its_sketches(small_project: SmallProject) -> None:
    """Both are written, read back, and belong together; nothing else is left in the folder."""
    project = small_project.project
    saved = save_baseline("main", SCORED, project, sketches=SKETCHES)
    assert _done(saved) == [("main.json", "wrote"), ("main.sketches", "wrote")]
    assert saved[0].path.read_text(encoding="utf-8") == text_of(*SCORED.rows)
    read = read_baseline("main", project)
    assert read.row(row().key) == row(case("a"))
    sketches = read.sketches()
    assert sketches is not None
    assert (sketches.of(*row().key, "a") == sketch_texts(["one", "two"])).all()
    assert sorted(path.name for path in project.baselines.iterdir()) == ["main.json", "main.sketches"]


def test_a_run_comes_back_as_it_was_measured(small_project: SmallProject, store: Store) -> None:
    """What a stored run scored, its own measures included, is what its baseline says, but for the order."""
    prepared = prepare(small_project.suite(), small_project.project, Selection())
    run = start_run(prepared, store)
    asyncio.run(draw(prepared, run, store))
    measured = run_measured(store, run, suite_of(run))
    save_baseline("main", measured, small_project.project)
    read = read_baseline("main", small_project.project)
    rows = [row for key in measured.keys() if (row := measured.row(key)) is not None]  # noqa: SIM118 - no mapping
    assert [read.row(key) for key in read.keys()] == sorted_rows(rows)  # noqa: SIM118 - no mapping
    assert len(rows) == 4
    assert replace(read.of, name=run.id) == measured.of


def test_the_same_again_changes_nothing(small_project: SmallProject) -> None:
    """Saving what is there already is no mistake."""
    save_baseline("main", SCORED, small_project.project, sketches=SKETCHES)
    again = save_baseline("main", SCORED, small_project.project, sketches=SKETCHES)
    assert _done(again) == [("main.json", "kept"), ("main.sketches", "kept")]


def test_another_one_of_that_name_is_not_overwritten(small_project: SmallProject) -> None:
    """Unless the user says so; sketches that do not belong to the new one go with the old one."""
    project = small_project.project
    save_baseline("main", SCORED, project, sketches=SKETCHES)
    with pytest.raises(BaselineError, match="baseline `main` exists and says something else") as refused:
        save_baseline("main", OTHER, project)
    assert "evalkit baseline promote main RUN" in (refused.value.hint or "")
    assert read_baseline("main", project).row(row().key) == SCORED.rows[0]
    assert _done(save_baseline("main", OTHER, project, replace=True)) == [
        ("main.json", "wrote"),
        ("main.sketches", "deleted"),
    ]
    read = read_baseline("main", project)
    assert read.row(row().key) == OTHER.rows[0]
    assert read.sketches() is None


def test_sketches_of_an_older_version_are_refused(small_project: SmallProject) -> None:
    """A merge that took the two files from different commits is noticed."""
    project = small_project.project
    old = save_baseline("main", SCORED, project, sketches=SKETCHES)[1].path.read_bytes()
    save_baseline("main", OTHER, project, sketches=SKETCHES, replace=True)[1].path.write_bytes(old)
    with pytest.raises(BaselineError, match=r"main\.sketches belongs to another version of this baseline"):
        read_baseline("main", project).sketches()


def test_a_name_with_points_keeps_them(small_project: SmallProject) -> None:
    """Only the ending is taken off."""
    save_baseline("v1.2", SCORED, small_project.project, sketches=SKETCHES)
    read = read_baseline("v1.2", small_project.project)
    assert (read.of.name, read.path.name) == ("v1.2", "v1.2.json")
    assert read.sketches() is not None


def test_what_cannot_be_written_is_said(small_project: SmallProject) -> None:
    """A file in the place of the folder is an error with its reason."""
    small_project.write("reports/baselines", "")
    with pytest.raises(BaselineError, match="cannot be written"):
        save_baseline("main", SCORED, small_project.project)
    with pytest.raises(BaselineError, match="cannot name a baseline"):
        save_baseline("../main", SCORED, small_project.project)
