"""`evalkit compare` on runs of the scripted provider, in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from evalkit.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.types import Json
    from tests.conftest import SmallProject

GOOD = "adapter: scripted\nmodel: script\noptions:\n  answers: {'*': one two three}\n"
BAD = "adapter: scripted\nmodel: script\noptions:\n  answers: {'*': one two three four five six seven eight nine}\n"


@dataclass(frozen=True)
class Said:
    """What a command wrote."""

    stdout: str
    stderr: str


@dataclass(frozen=True)
class Commands:
    """The command line in one project folder."""

    project: SmallProject
    capsys: pytest.CaptureFixture[str]

    @property
    def folder(self) -> Path:
        """Where the project is."""
        return self.project.folder

    def write(self, relative: str, text: str) -> None:
        """Write a file of the project."""
        self.project.write(relative, text)

    def __call__(self, *arguments: str, expect: int = 0) -> Said:
        """Run a command and check its exit code."""
        with pytest.raises(SystemExit) as exited:
            main(["--project", str(self.folder), *arguments])
        said = self.capsys.readouterr()
        assert exited.value.code == expect, said
        assert "Traceback" not in said.err
        return Said(said.out, said.err)


@pytest.fixture
def evalkit(
    small_project: SmallProject, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Commands:
    """Give the command line in a project with the suite `suites/small.yaml` on the scripted provider `script`."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(small_project.folder)
    return Commands(small_project, capsys)


def _run(evalkit: Commands, *options: str) -> str:
    """Run the small suite and return the run's id."""
    evalkit("run", "suites/small.yaml", "--format", "none", *options)
    return evalkit("runs", "--limit", "1").stdout.split()[0]


def _document(evalkit: Commands, *arguments: str) -> Json:
    return json.loads(evalkit("compare", *arguments, "--format", "json").stdout)


def test_a_worse_run_is_worse_and_exits_with_0(evalkit: Commands) -> None:
    """Ten pairs of draws that all fell are evidence of harm; gates, not this command, fail a run."""
    evalkit.write("providers/script.yaml", GOOD)
    before = _run(evalkit, "--repeats", "5")
    evalkit.write("providers/script.yaml", BAD)
    after = _run(evalkit, "--repeats", "5")
    found = _document(evalkit, "last", before)
    assert (found["run"], found["explored"]["name"]) == (after, f"run {before}")
    assert {row["verdict"] for row in found["headline"]} == {"worse"}
    assert {(row["new"], row["old"], row["cases"], row["units"]) for row in found["headline"]} == {(0.0, 1.0, 2, 10)}
    explored = {row["measure"] for row in found["explored"]["rows"]}
    assert explored >= {"full_adherence", "constraint:max_words", "exact_agreement"}
    assert "adherence" not in explored


def test_the_other_way_round_it_is_better(evalkit: Commands) -> None:
    """At margin 0, being shown not to be worse is being shown to be better."""
    evalkit.write("providers/script.yaml", GOOD)
    good = _run(evalkit, "--repeats", "5")
    evalkit.write("providers/script.yaml", BAD)
    bad = _run(evalkit, "--repeats", "5")
    assert {row["verdict"] for row in _document(evalkit, good, bad)["headline"]} == {"not_worse"}


def test_whole_text(evalkit: Commands) -> None:
    """The table names both runs, what was held against what, and everything else apart."""
    evalkit.write("providers/script.yaml", GOOD)
    before = _run(evalkit)
    after = _run(evalkit)
    text = evalkit("compare", after[:-1], before, "--margin", "0.05", "--where", "system=dense").stdout
    lines = text.splitlines()
    assert lines[0] == f"small: run {after} against run {before}"
    assert lines[1] == "adherence of these very cases (scope suite); margin 0.05; level 0.05 over 2 rows (Holm)"
    assert "undecided  0.0          1.00  1.00" in text
    assert f"To explore, against run {before}: " in text


def test_two_values_of_an_axis_are_held_against_one_another(evalkit: Commands) -> None:
    """The scope is that of cases like these then, and the rows differ in that axis alone."""
    _run(evalkit)
    found = _document(evalkit, "last", "--axis", "system=dense,none", "--measure", "adherence", "--margin", "0.1")
    assert [(row["row"]["condition"], row["against"]["condition"]) for row in found["headline"]] == [
        ({"temperature": each, "system": "dense"}, {"temperature": each, "system": "none"}) for each in (0.0, 1.0)
    ]
    assert {(row["scope"], row["margin"]) for row in found["headline"]} == {("population", 0.1)}
    assert {row["margin"] for row in found["explored"]["rows"]} == {0.0}


def test_two_providers_are_held_against_one_another(evalkit: Commands) -> None:
    """Under every condition that both have; the first one is judged."""
    evalkit.write("providers/script.yaml", BAD)
    evalkit.write("providers/other.yaml", GOOD)
    _run(evalkit, "--provider", "script", "--provider", "other")
    text = evalkit("compare", "last", "--provider", "script,other", "--format", "md").stdout
    assert text.startswith("# small: provider script of run ")
    assert "| 0.0 | none | 0.00 | 1.00 | -1.000 [" in text


def test_system_prompts_with_demands_of_their_own_are_compared_by_the_cases(evalkit: Commands) -> None:
    """`adherence` means other things on the two sides then, and `adherence_case` stands for it, in words."""
    suite = evalkit.folder / "suites/small.yaml"
    text = suite.read_text(encoding="utf-8").replace(
        "dense: Answer in at most 8 words.", "dense: {text: Answer briefly., constraints: [max_sentences: 1]}"
    )
    suite.write_text(text, encoding="utf-8")
    _run(evalkit)
    found = evalkit("compare", "last", "--axis", "system=dense,none").stdout
    assert "adherence_case stands for adherence" in found
    done = evalkit("compare", "last", "--axis", "system=dense,none", "--measure", "adherence", expect=2)
    assert "no case can be compared on adherence: 2 cases judged by other constraints on the two sides" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("last",), "compare takes one of OTHER, --axis and --provider"),
        (("last", "last", "--axis", "system=dense,none"), "compare takes one of"),
        (("last", "last"), "cannot be held against itself"),
        (("last", "--axis", "system=dense"), "--axis takes two values, got 1"),
        (("last", "--axis", "system=dense,dense"), "names the value dense twice"),
        (("last", "--axis", "weather=dense,none"), "no axis `weather`"),
        (("last", "--provider", "script"), "--provider takes two providers, got `script`"),
        (("last", "--provider", "script,other"), "the run has no provider `other`"),
        (("last", "--axis", "system=dense,none", "--measure", "adherance"), "the suite has no measure `adherance`"),
        (("last", "--axis", "system=dense,none", "--measure", "constraint:no"), "no case can be compared on constr"),
        (("last", "--axis", "system=dense,none", "--margin", "1"), "the margin of adherence must be at least 0"),
        (("last", "--axis", "system=dense,none", "--margin", "nan"), "the margin of adherence must be at least 0"),
        (("last", "--axis", "system=dense,none", "--alpha", "0"), "a level must lie above 0 and at most at 0.3"),
        (("last", "--axis", "system=dense,none", "--alpha", "1"), "a level must lie above 0 and at most at 0.3"),
        (
            ("last", "--axis", "system=dense,none", "--measure", "exact_agreement", "--scope", "suite"),
            "exact_agreement is one number for all draws of a case",
        ),
    ],
)
def test_what_cannot_be_compared_is_said_in_words(drawn: Commands, arguments: tuple[str, ...], words: str) -> None:
    """Wrong usage exits with 2 and a sentence."""
    assert words in drawn("compare", *arguments, expect=2).stderr


@pytest.fixture
def drawn(evalkit: Commands) -> Commands:
    """Give a project with one run."""
    _run(evalkit)
    return evalkit


def test_runs_of_two_suites_are_not_comparable(evalkit: Commands) -> None:
    """Another name is another suite, another version says that numbers stopped being comparable."""
    first = _run(evalkit)
    suite = evalkit.folder / "suites/small.yaml"
    text = suite.read_text(encoding="utf-8")
    suite.write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")
    second = _run(evalkit)
    done = evalkit("compare", second, first, expect=2)
    assert f"{second} is of version 2 of suite small, and {first} of version 1" in done.stderr
    suite.write_text(text.replace("suite: small", "suite: other"), encoding="utf-8")
    done = evalkit("compare", _run(evalkit), first, expect=2)
    assert "is of suite other" in done.stderr


def test_no_condition_in_common_is_said(evalkit: Commands) -> None:
    """Runs of two temperatures have nothing to compare, which is no verdict."""
    first = _run(evalkit, "--set", "temperature=0.0")
    second = _run(evalkit, "--set", "temperature=1.0")
    done = evalkit("compare", second, first, expect=2)
    assert f"run {second} and run {first} have no condition in common" in done.stderr


def test_no_case_in_common_is_said(evalkit: Commands) -> None:
    """Runs of two cases have nothing to compare either."""
    first = _run(evalkit, "--case", "one")
    second = _run(evalkit, "--case", "two")
    done = evalkit("compare", second, first, expect=2)
    assert "no case can be compared on adherence: 1 case only on the new side: two; 1 case only on" in done.stderr


def test_cases_that_only_one_run_has_are_listed(evalkit: Commands) -> None:
    """What both have is compared, and the rest is named."""
    first = _run(evalkit, "--case", "one")
    second = _run(evalkit)
    text = evalkit("compare", second, first).stdout
    assert "not compared: 4 of 4 rows: 1 case only on the new side: two" in text


def test_all_errors_decide_nothing(evalkit: Commands) -> None:
    """A run in which every call failed is neither worse nor not worse."""
    evalkit.write("providers/script.yaml", GOOD)
    first = _run(evalkit)
    evalkit.write("providers/script.yaml", GOOD + "  faults: {error: 1.0}\n")
    evalkit("run", "suites/small.yaml", "--format", "none", expect=3)
    assert "(incomplete) against run" in evalkit("compare", "last", first).stdout
    found = _document(evalkit, "last", first, "--margin", "0.3")
    assert {row["verdict"] for row in found["headline"]} == {"undecided"}
    assert {(row["new"], row["missing"]) for row in found["headline"]} == {(None, 6)}
    assert "6 of 6 draws failed against 0 of 6" in found["headline"][0]["flags"]


def test_a_baseline_is_named_with_its_kind(evalkit: Commands) -> None:
    """`baseline:NAME` holds a run against a file, without the run that it came from."""
    evalkit.write("providers/script.yaml", GOOD)
    _run(evalkit, "--repeats", "5")
    evalkit("baseline", "save", "main", "last")
    evalkit.write("providers/script.yaml", BAD)
    _run(evalkit, "--repeats", "5")
    found = _document(evalkit, "last", "baseline:main", "--measure", "adherence", "--measure", "exact_agreement")
    assert found["explored"]["name"] == "baseline main"
    assert [(row["measure"], row["verdict"], row["scope"]) for row in found["headline"][:2]] == [
        ("adherence", "worse", "suite"),
        ("exact_agreement", "undecided", "population"),
    ]
    assert "no baseline `nightly`" in evalkit("compare", "last", "baseline:nightly", expect=2).stderr


def test_a_measure_without_an_upper_end_is_compared_by_its_median(evalkit: Commands) -> None:
    """`first_divergence` has no bounds, which the suite says, and gets the sign test."""
    suite = evalkit.folder / "suites/small.yaml"
    text = suite.read_text(encoding="utf-8").replace("[exact_agreement]", "[first_divergence]")
    suite.write_text(text, encoding="utf-8")
    first = _run(evalkit)
    _run(evalkit, "--seed", "5")
    found = _document(evalkit, "last", first, "--measure", "first_divergence", "--where", "temperature=1.0")
    assert {row["method"].split(" over")[0] for row in found["headline"]} == {"exact sign test"}
    assert all(row["method"].endswith("above 0.025") for row in found["headline"])
