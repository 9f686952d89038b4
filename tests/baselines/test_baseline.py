"""Tests of reading baselines as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from evalkit.baselines.baseline import baseline_names, baseline_path, read_baseline
from evalkit.baselines.lines import baseline_lines
from evalkit.errors import BaselineError
from tests.baselines.conftest import OF, Rows, case, measured, row, sorted_rows, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SmallProject


def written(project: SmallProject, text: str, name: str = "main") -> Path:
    """Put a file where a baseline's is."""
    return project.write(f"reports/baselines/{name}.json", text)


@pytest.fixture(scope="module")
def module_project(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    """Give a project that examples of one property share."""
    from tests.conftest import SmallProject

    made = SmallProject(tmp_path_factory.mktemp("project"))
    made.write("pyproject.toml", "[tool.evalkit]\n")
    return made


@given(given_rows=measured())
def test_what_is_read_is_what_was_written(module_project: SmallProject, given_rows: Rows) -> None:
    """Nothing is lost on the way through the file but the order of rows and cases, which are sorted."""
    written(module_project, "\n".join(baseline_lines(given_rows)) + "\n")
    read = read_baseline("main", module_project.project)
    assert [read.row(key) for key in read.keys()] == sorted_rows(given_rows.rows)  # noqa: SIM118 - no mapping
    assert read.of == given_rows.of


def test_a_row_is_found_by_its_key(small_project: SmallProject) -> None:
    """A row that is not there is None."""
    cold, hot = row(case(), temperature=0.0), row(case(met=1), temperature=1.0)
    written(small_project, text_of(hot, cold))
    read = read_baseline("main", small_project.project)
    assert read.row(hot.key) == hot
    assert read.row(row(temperature=3.0).key) is None
    assert list(read.keys()) == [cold.key, hot.key]


def test_no_baseline_of_that_name_is_said_with_the_nearest(small_project: SmallProject) -> None:
    """A name mistyped is answered with the right one; without any, with how to make one."""
    with pytest.raises(BaselineError, match="no baseline `mian`") as none:
        read_baseline("mian", small_project.project)
    assert none.value.hint == "`evalkit baseline save mian RUN` makes it of a run"
    written(small_project, text_of(row()))
    with pytest.raises(BaselineError) as wrong:
        read_baseline("mian", small_project.project)
    assert wrong.value.hint == "did you mean `main`?"


@pytest.mark.parametrize("name", ["../x", "", "a/b", "/etc/x", "..", ".x", "a.json", "x" * 200, "a b", "a\0", "x."])
def test_what_cannot_be_a_name_is_refused(small_project: SmallProject, name: str) -> None:
    """A name is no path, and leads nowhere else."""
    with pytest.raises(BaselineError, match="cannot name a baseline"):
        baseline_path(name, small_project.project)


def test_a_folder_in_the_place_of_the_file_is_said(small_project: SmallProject) -> None:
    """What cannot be read is an error with its reason."""
    (small_project.folder / "reports/baselines/main.json").mkdir(parents=True)
    with pytest.raises(BaselineError, match="cannot be read"):
        read_baseline("main", small_project.project)


def test_names_are_those_of_the_files(small_project: SmallProject) -> None:
    """Without the folder there are none; other files are none."""
    assert baseline_names(small_project.project) == []
    for name in ("b", "a"):
        written(small_project, text_of(row()), name)
    small_project.write("reports/baselines/README.md", "")
    assert baseline_names(small_project.project) == ["a", "b"]


def test_a_row_that_is_there_twice_is_refused(small_project: SmallProject) -> None:
    """Two rows of one provider and condition cannot both hold, even with right checks."""
    twice = Rows(OF, (row(), row()))
    written(small_project, "\n".join(baseline_lines(twice)) + "\n")
    with pytest.raises(BaselineError, match=r"main\.json:5:1: the row of smollm2, .* is there twice, first in line 2"):
        read_baseline("main", small_project.project)
