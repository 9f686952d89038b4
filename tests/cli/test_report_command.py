"""`evalkit report` on a stored run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_table_is_the_one_of_the_run(evalkit: CommandLine) -> None:
    """The stored run prints the same table as the run itself did."""
    assert evalkit("run", "suites/small.yaml").stdout == evalkit("report", "last").stdout


def test_where_selects_conditions(evalkit: CommandLine) -> None:
    """Only rows with the chosen axis value are reported."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("report", "last", "--where", "system=dense", "--format", "json", "--out", "-")
    rows = json.loads(done.stdout)["rows"]
    assert [row["condition"]["system"] for row in rows] == ["dense", "dense"]


def test_unknown_value_in_where_is_refused(evalkit: CommandLine) -> None:
    """A value that the axis does not have is an error that lists those it has."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("report", "last", "--where", "system=fluffy", expect=2)
    assert "axis `system` has no value fluffy" in done.stderr
    assert "none, dense" in done.stderr


def test_files_go_where_asked(evalkit: CommandLine) -> None:
    """`--out` names the folder of the written reports."""
    evalkit("run", "suites/small.yaml", "--format", "none")
    evalkit("report", "last", "--format", "md,csv", "--out", "elsewhere")
    assert {path.name for path in (evalkit.folder / "elsewhere").iterdir()} == {"report.md", "cells.csv"}


def test_what_a_night_needs_is_written_of_a_real_run(evalkit: CommandLine) -> None:
    """The comment, the page and the test cases of a stored run say what report.json says."""
    evalkit("run", "suites/small.yaml", "--format", "json,comment,html,junit", "--out", "night")
    night = evalkit.folder / "night"
    headline = json.loads((night / "report.json").read_text(encoding="utf-8"))["headline"]
    comment = (night / "comment.md").read_text(encoding="utf-8")
    assert comment.startswith("<!-- evalkit:small -->\n")
    assert f"**Verdict:** {headline['words']}." in comment
    assert f"<strong>{headline['state']}</strong>" in (night / "report.html").read_text(encoding="utf-8")
    assert "<testcase" in (night / "junit.xml").read_text(encoding="utf-8")


def test_stdout_takes_one_format(evalkit: CommandLine) -> None:
    """`--out -` with several formats is refused."""
    evalkit("run", "suites/small.yaml", "--format", "none")
    done = evalkit("report", "last", "--format", "md,csv", "--out", "-", expect=2)
    assert "goes with one `--format`" in done.stderr
