"""Gates against a baseline, from the command line: what fails a night, what does not, and what is never judged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Folder

pytestmark = pytest.mark.slow

CASES = "".join(f"  - {{id: case-{number:02}, prompt: Say thing {number}.}}\n" for number in range(20))
SUITE = f"""\
suite: nights
providers: [script]
repeats: 8
constraints: [max_words: 9]
cases:
{CASES}"""
GATE = "gates: [{measure: adherence, no_worse_than: baseline, margin: 0.1}]\n"
PATH = "suites/nights.yaml"
GOOD, BAD = "words: [1, 10]", "words: [1, 20]"
"""One answer in ten is too long, or one in two."""


def _script(folder: Folder, options: str) -> None:
    folder.write("providers/script.yaml", f"adapter: scripted\nmodel: script\noptions: {{{options}}}\n")


def _night(folder: Folder, *options: str, expect: int) -> dict[str, Any]:
    """Run the suite against the baseline, and return what became of its gate."""
    folder.run("run", PATH, "--baseline", "main", "--format", "json", *options, expect=expect)
    gates: list[dict[str, Any]] = folder.report()["gates"]
    assert len(gates) == 1
    return gates[0]


@pytest.fixture
def saved(folder: Folder) -> Folder:
    """Give a project with a suite and the baseline `main` of a good night."""
    _script(folder, GOOD)
    folder.write(PATH, SUITE + GATE)
    folder.run("run", PATH, "--seed", "1", "--format", "none")
    folder.run("baseline", "save", "main", "last")
    return folder


def test_worse_is_red_and_the_same_is_green(saved: Folder) -> None:
    """The same drawn again exits 0, with a verdict where there is enough; far worse exits 1 and says by how much."""
    same = _night(saved, "--seed", "2", expect=0)
    assert same["verdict"] in ("not_worse", "undecided")
    assert _night(saved, "--seed", "3", "--repeats", "40", expect=0)["verdict"] != "worse"
    _script(saved, BAD)
    worse = _night(saved, "--seed", "4", expect=1)
    assert (worse["verdict"], worse["alarming"]) == ("worse", True)
    (row,) = worse["compared"]
    assert row["corrected_worse"] <= 0.05
    assert worse["operating"]["false_alarms"] <= 0.05
    assert "difference -0." in worse["why"]
    assert "20 cases x 8 repeats" in worse["why"]
    again = saved.run("report", "last", "--baseline", "main", expect=1)
    assert "gate worse: adherence no worse than baseline by 0.1" in again.stdout
    assert saved.run("report", "last").stdout.count("no baseline was given (--baseline NAME)") == 1


def test_what_cannot_be_known_is_said(saved: Folder) -> None:
    """Two cases with one draw each decide nothing: 0, or 4 where a decision is required, or 1 where proof is."""
    few = ("--case", "case-01", "--case", "case-02", "--repeats", "1")
    assert _night(saved, *few, expect=0)["verdict"] == "undecided"
    undecided = _night(saved, *few, "--require-decision", expect=4)
    assert "would decide it" in undecided["why"]
    saved.write(PATH, SUITE + GATE.replace("margin", "alarm: unproven, margin"))
    assert _night(saved, *few, expect=1)["verdict"] == "undecided"


def test_more_failures_than_may_leave_the_night_incomplete(saved: Folder) -> None:
    """Then nothing is judged, however bad the rest is; fewer are judged, and said."""
    _script(saved, f"{BAD}, faults: {{error: 0.3}}")
    failed = saved.run("run", PATH, "--baseline", "main", "--seed", "5", "--format", "json", expect=3)
    (gate,) = saved.report()["gates"]
    assert gate["verdict"] == "undecided"
    assert gate["why"].startswith("the run is incomplete: ")
    assert saved.report()["incomplete"] in failed.stderr
    saved.write(PATH, SUITE + GATE + "max_failed: 0.9\n")
    judged = saved.run("run", PATH, "--baseline", "main", "--seed", "5", "--format", "json", expect=1)
    assert "draws failed or are missing, no more than may; `--resume " in judged.stderr


def test_what_does_not_fit_is_refused_before_anything_is_drawn(saved: Folder) -> None:
    """A name that is not there, another suite, a newer format, a merge marker, and several suites."""
    drawn = len(saved.stored("key"))
    other = saved.write("suites/other.yaml", SUITE.replace("suite: nights", "suite: other"))
    refusals = {
        "no baseline `mian`": ("run", PATH, "--baseline", "mian"),
        "this run is of suite other": ("run", str(other), "--baseline", "main"),
        "--baseline goes with one suite": ("run", PATH, str(other), "--baseline", "main"),
    }
    for words, arguments in refusals.items():
        assert words in saved.run(*arguments, expect=2).stderr
    file = saved.path / "reports/baselines/main.json"
    text = file.read_text(encoding="utf-8")
    format_ = json.loads(text)["format"]
    for broken in (text.replace(f'"format":{format_}', f'"format":{format_ + 1}', 1), "<<<<<<< ours\n" + text):
        assert broken != text
        file.write_text(broken, encoding="utf-8")
        assert "reports/baselines/main.json:" in saved.run("run", PATH, "--baseline", "main", expect=2).stderr
    assert len(saved.stored("key")) == drawn


def test_a_suite_without_a_gate_is_held_against_its_baseline_all_the_same(folder: Folder) -> None:
    """Whoever names a baseline wants to know whether it got worse; `check` says what that can find."""
    _script(folder, GOOD)
    folder.write(PATH, SUITE)
    folder.run("run", PATH, "--seed", "1", "--format", "none")
    folder.run("baseline", "save", "main", "last")
    assert _night(folder, "--seed", "2", expect=0)["name"] == "adherence no worse than baseline"
    checked = folder.run("check", PATH, "--offline", "--baseline", "main").stdout
    assert "gate adherence no worse than baseline\n" in checked
    assert "by the baseline" in " ".join(checked.split())
    plan = json.loads(folder.run("check", PATH, "--offline", "--format", "json").stdout)
    assert plan["suites"][0]["gates"] == []
    _script(folder, BAD)
    assert _night(folder, "--seed", "3", expect=1)["verdict"] == "worse"


def test_a_condition_is_held_against_another_one_of_the_run(folder: Folder) -> None:
    """No baseline is needed for that; `not worse` of cases like these needs enough of them, which `check` says."""
    _script(folder, GOOD)
    axes = "axes: {temperature: [0.0, 1.0]}\n"
    gate = "gates: [{measure: adherence, no_worse_than: {temperature: 0.0}, where: {temperature: 1.0}, margin: 0.1}]\n"
    folder.write(PATH, SUITE + axes + gate)
    folder.run("run", PATH, "--seed", "1", "--format", "json")
    (judged,) = folder.report()["gates"]
    assert judged["compared"][0]["against"]["condition"] == {"temperature": 0.0}
    assert judged["compared"][0]["scope"] == "population"
    checked = folder.run("check", PATH, "--offline").stdout
    assert "takes 29 cases whatever the repeats; and there" in checked
