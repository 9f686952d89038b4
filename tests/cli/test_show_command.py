"""`evalkit show` for runs and samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_run_lists_its_cells(evalkit: CommandLine) -> None:
    """A run shows its seed, its versions and a line for each cell."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("show", "last")
    assert "seed 11 (suite)" in done.stdout
    assert "0-2  temperature 0.0, system none; one  adherence" in done.stdout
    assert len([line for line in done.stdout.splitlines() if "adherence" in line]) == 8


def test_sample_shows_prompt_answer_and_verdicts(evalkit: CommandLine) -> None:
    """A sample shows what was sent, what came back and what each constraint says."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("show", "last", "8")
    assert "[system] Answer in at most 8 words." in done.stdout
    assert "[user] Say one thing." in done.stdout
    assert "--- answer (complete" in done.stdout
    assert "max_words" in done.stdout


def test_listing_can_be_narrowed(evalkit: CommandLine) -> None:
    """`--where`, `--case` and `--limit` choose cells."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("show", "last", "--where", "system=dense", "--case", "two", "--limit", "1")
    assert len([line for line in done.stdout.splitlines() if "adherence" in line]) == 1
    assert "and 1 more cells" in done.stderr


def test_unknown_sample_is_refused(evalkit: CommandLine) -> None:
    """A number that the run does not have, and a word, are errors."""
    evalkit("run", "suites/small.yaml")
    assert "has no sample 99" in evalkit("show", "last", "99", expect=2).stderr
    assert "`first` is not a sample" in evalkit("show", "last", "first", expect=2).stderr
