"""Options: what they come to, and how one that cannot be ends the test run before anything is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.choices import Chosen
from evalkit.plugin.options import Options, read_options

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SuiteTests


def test_options_are_read_from_both_places(suite_tests: SuiteTests) -> None:
    """Paths of the ini file count from the root, those of the command line from where pytest was called."""
    suite_tests.ini('evalkit_suites = ["suites", "./suites"]', 'evalkit_at_least = "0.75"')
    suite_tests.write("more/deeper/one.yaml", "suite: one\n")
    config = suite_tests.pytester.parseconfigure(
        *suite_tests.plugins(),
        *("--evalkit", "more/../more/deeper", "--evalkit", "suites/cases.yaml"),
        *("--evalkit-provider", "one", "--evalkit-provider", "two", "--evalkit-set", "temperature=0,0.5"),
        *("--evalkit-max-cost", "1.5", "--evalkit-baseline", "nightly-{suite}", "--evalkit-report", "md, json,md"),
        *("--evalkit-update-baseline", "--evalkit-reuse", "--evalkit-resume"),
        *("--evalkit-require-decision", "--evalkit-require-providers"),
    )
    folder = suite_tests.folder
    assert read_options(config) == Options(
        everywhere=(folder / "suites",),
        named=(folder / "more/deeper", folder / "suites/cases.yaml"),
        providers=("one", "two"),
        choices=(Chosen("temperature", ("0", "0.5")),),
        max_cost_usd=1.5,
        baseline="nightly-{suite}",
        update_baseline=True,
        reuse=True,
        resume=True,
        require_decision=True,
        require_providers=True,
        formats=("md", "json"),
        at_least=0.75,
    )


def test_without_options_nothing_is_asked_for(suite_tests: SuiteTests) -> None:
    """The folder of suites alone."""
    config = suite_tests.pytester.parseconfigure(*suite_tests.plugins())
    assert read_options(config) == Options(everywhere=(suite_tests.folder / "suites",))


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--evalkit", "siutes"], "--evalkit names `siutes`, and there is no such file or folder in *", "a folder*"),
        (["--evalkit-set", "temperature"], "--evalkit-set takes AXIS=VALUE,VALUE, got `temperature`", "*=0,0.8"),
        (["--evalkit-set", "t=1", "--evalkit-set", "t=2"], "--evalkit-set names axis `t` twice", "*keeps both values"),
        (["--evalkit-max-cost", "much"], "--evalkit-max-cost takes US dollars, got `much`", "*--evalkit-max-cost 0.5"),
        (["--evalkit-max-cost", "nan"], "--evalkit-max-cost takes US dollars, got `nan`", "*--evalkit-max-cost 0.5"),
        (["--evalkit-max-cost", "-1"], "--evalkit-max-cost must be at least 0, got -1", "0 asks only what is free"),
        (["--evalkit-report", "mdd"], "--evalkit-report has no format `mdd`", "did you mean `md`*"),
        (["-o", "evalkit_at_least=80"], "evalkit_at_least must be a share from 0 to 1, got 80", "80 % is written 0.8"),
        (["-o", "evalkit_at_least=all"], "evalkit_at_least takes a share from 0 to 1, got `all`", "*"),
        (["-o", "evalkit_suites=siutes"], "evalkit_suites names `siutes`, and there is no such file*", "*"),
    ],
)
def test_options_that_cannot_be_end_the_run(
    suite_tests: SuiteTests, arguments: list[str], message: str, hint: str
) -> None:
    """By one sentence and a hint, and pytest's exit code for it."""
    found = suite_tests.run(*arguments)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([f"ERROR: {message}", "", f"hint: *{hint}"])
    found.stderr.no_fnmatch_line("*Traceback*")


def test_a_baseline_may_be_named_by_the_suite() -> None:
    """So that one option does for all suites."""
    assert Options(baseline="nightly-{suite}").baseline_of("tone") == "nightly-tone"
    assert Options().baseline_of("tone") is None


def test_a_file_belongs_to_what_was_named(tmp_path: Path) -> None:
    """The file itself, or a folder above it."""
    folder = tmp_path
    options = Options(everywhere=(folder / "suites",), named=(folder / "more/one.yaml",))
    assert options.holds(folder / "suites/deeper/x.yaml")
    assert options.holds(folder / "more/one.yaml")
    assert not options.holds(folder / "more/two.yaml")
    assert not options.holds(folder / "suites-old/x.yaml")
