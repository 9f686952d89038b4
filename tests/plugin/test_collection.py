"""What is collected of suites, and under which names and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import ANSWERS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SuiteTests

SWEEP = """\
axes: {temperature: [0.2, 0.25], system: [none, dense]}
systems: {none: null, dense: Be brief.}
gates:
  - {measure: adherence, at_least: 0.8, where: {system: dense, temperature: 0.2}}
"""
GOOD, BAD = "suites/cases.yaml::script[good]", "suites/cases.yaml::script[bad]"


def test_one_item_is_collected_for_each_provider_condition_and_case(suite_tests: SuiteTests) -> None:
    """The gates come after the cases of their suite."""
    suite_tests.write("providers/other.yaml", "adapter: scripted\nmodel: other\n")
    suite_tests.suite(SWEEP)
    assert suite_tests.names("--evalkit-provider", "other", "--evalkit-provider", "script") == [
        *(
            f"suites/cases.yaml::{provider}[t:{temperature}][system:{system}][{case}]"
            for provider in ("other", "script")
            for temperature in (0.2, 0.25)
            for system in ("none", "dense")
            for case in ("good", "bad")
        ),
        "suites/cases.yaml::gate[adherence][at_least:0.8][system:dense][t:0.2]",
    ]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("dense and t:0.2] and good", ["script[t:0.2][system:dense][good]"]),
        ("temperature:0.2] and none] and bad", ["script[t:0.2][system:none][bad]"]),
        ("gate", ["gate[adherence][at_least:0.8][system:dense][t:0.2]"]),
        ("not script and not gate", []),
    ],
)
def test_k_selects_by_axis_values(suite_tests: SuiteTests, expression: str, names: list[str]) -> None:
    """A value is closed by its bracket, so that 0.2 is not 0.25."""
    suite_tests.suite(SWEEP)
    assert suite_tests.names("-k", expression) == [f"suites/cases.yaml::{name}" for name in names]


def test_items_stand_where_the_suite_has_them(suite_tests: SuiteTests) -> None:
    """So that an editor can go to the case, or to the gate."""
    suite_tests.suite(SWEEP)
    places = {item.name: item.location[:2] for item in suite_tests.items()}
    assert places["script[t:0.2][system:none][good]"] == ("suites/cases.yaml", 5)
    assert places["script[t:0.2][system:none][bad]"] == ("suites/cases.yaml", 6)
    assert places["gate[adherence][at_least:0.8][system:dense][t:0.2]"] == ("suites/cases.yaml", 10)


def test_items_are_marked_by_tags_and_by_what_their_provider_is(suite_tests: SuiteTests) -> None:
    """A model in this process is slow, and a server is asked live; a gate is what any of its providers is."""
    suite_tests.ini('evalkit_suites = ["suites"]', 'addopts = ["--strict-markers"]')
    suite_tests.write("providers/hosted.yaml", "adapter: openai\nmodel: gpt-5.4-mini\n")
    suite_tests.suite("tags: [nightly, 2-turns]\ngates: [{measure: adherence, at_least: 0.8}]\n")
    suite_tests.suite(name="other")
    chosen = ("--evalkit-provider", "script", "--evalkit-provider", "hosted", "--evalkit-provider", "smollm2")
    assert len(suite_tests.names("-m", "evalkit", *chosen)) == 13
    assert len(suite_tests.names("-m", "nightly", *chosen)) == 7
    assert suite_tests.names("-m", "nightly and slow and live", *chosen) == [
        "suites/cases.yaml::gate[adherence][at_least:0.8]"
    ]
    assert suite_tests.names("-m", "2-turns and not slow and not live", *chosen) == [GOOD, BAD]
    assert suite_tests.names("-m", "slow and not nightly", *chosen) == [
        "suites/other.yaml::smollm2[good]",
        "suites/other.yaml::smollm2[bad]",
    ]


def test_only_yaml_with_the_key_suite_is_a_suite(suite_tests: SuiteTests) -> None:
    """Conversations and anything else beside suites are left alone."""
    suite_tests.write("suites/talk.yaml", "- {user: 'suite: what?', assistant: None.}\n")
    suite_tests.write("suites/notes.txt", "suite: no\n")
    suite_tests.write("suites/deeper/more.yml", suite_tests.suite().read_text().replace("suite: cases", "suite: more"))
    assert [name for name in suite_tests.names() if "good" in name] == [
        GOOD,
        "suites/deeper/more.yml::script[good]",
    ]


def test_suites_elsewhere_are_collected_when_they_are_named(suite_tests: SuiteTests) -> None:
    """By the option, which counts from where pytest was called, or by their path."""
    suite_tests.write("more/one.yaml", suite_tests.suite().read_text().replace("suite: cases", "suite: one"))
    suite_tests.write("tests/test_it.py", "def test_it(): pass\n")
    assert len(suite_tests.names()) == 3
    assert len(suite_tests.names("--evalkit", "more")) == 5
    assert len(suite_tests.names("--evalkit", "more", "tests")) == 3
    assert suite_tests.names("more/one.yaml::script[bad]") == ["more/one.yaml::script[bad]"]
    assert suite_tests.names("tests") == ["tests/test_it.py::test_it"]


def test_a_suite_is_collected_once(suite_tests: SuiteTests) -> None:
    """However often its folder is named."""
    assert suite_tests.names("--evalkit", "suites", "--evalkit", "suites/cases.yaml", "suites") == [GOOD, BAD]


def test_test_paths_and_suites_are_collected_together(suite_tests: SuiteTests) -> None:
    """The ini file names both, and neither hides the other."""
    suite_tests.ini('evalkit_suites = ["suites"]', 'testpaths = ["tests"]')
    suite_tests.write("tests/test_it.py", "def test_it(): pass\n")
    suite_tests.write("test_that.py", "def test_that(): pass\n")
    assert suite_tests.names() == ["tests/test_it.py::test_it", GOOD, BAD]


def test_elsewhere_in_the_project_suites_are_collected_like_tests(
    suite_tests: SuiteTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without suites has none; a path to them has all, and their names do not change."""
    suite_tests.write("tests/test_it.py", "def test_it(): pass\n")
    monkeypatch.chdir(suite_tests.folder / "tests")
    assert suite_tests.names() == ["tests/test_it.py::test_it"]
    assert suite_tests.names("../suites") == [GOOD, BAD]
    assert suite_tests.names("--evalkit", "../suites/cases.yaml") == ["tests/test_it.py::test_it", GOOD, BAD]


def test_collecting_opens_no_store_and_makes_no_call(suite_tests: SuiteTests) -> None:
    """Nothing is written anywhere."""
    before = sorted(suite_tests.folder.rglob("*"))
    found = suite_tests.run("--collect-only", "-p", "no:cacheprovider")
    assert found.ret == 0
    assert sorted(suite_tests.folder.rglob("*")) == before


def test_collecting_imports_no_adapter_and_no_model(suite_tests: SuiteTests) -> None:
    """Nor the slow part of the statistics."""
    suite_tests.write("providers/hosted.yaml", "adapter: openai\nmodel: gpt-5.4-mini\n")
    unwanted = ("torch", "transformers", "openai", "anthropic", "scipy.stats", "evalkit.providers.scripted")
    suite_tests.write(
        "conftest.py",
        "import sys\n\ndef pytest_collection_finish(session):\n"
        f"    print('imported:', len(session.items), [name for name in {unwanted!r} if name in sys.modules])\n",
    )
    chosen = ("--evalkit-provider", "script", "--evalkit-provider", "hosted", "--evalkit-provider", "smollm2")
    found = suite_tests.run("--collect-only", "-q", "-s", *chosen, apart=True)
    found.stdout.fnmatch_lines(["imported: 6 []"])


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("max_words: 3", "max_word: 3"), "suites/broken.yaml:4:15: no constraint named `max_word`"),
        (("[script]", "[scirpt]"), "no provider `scirpt`"),
        (("  - {id: good", "\t- {id: good"), "suites/broken.yaml:6:1: not valid YAML: *"),
        (("cases:", "cases: []\nvariables: {}\ntags:"), "suites/broken.yaml:5:8: a suite needs at least one case"),
    ],
    ids=["constraint", "provider", "yaml", "no samples"],
)
def test_a_broken_suite_is_one_item_and_the_rest_runs(
    suite_tests: SuiteTests, change: tuple[str, str], line: str
) -> None:
    """It is an error with its place and a hint, and without a traceback."""
    suite_tests.write("suites/broken.yaml", suite_tests.suite().read_text().replace(*change))
    found = suite_tests.run()
    found.assert_outcomes(errors=1, passed=1, failed=1)
    found.stdout.fnmatch_lines(["* ERROR at setup of load (broken.yaml) *", line, "", "hint: *"])
    found.stdout.no_fnmatch_line("*Traceback*")
    found.stdout.no_fnmatch_line("*items.py*")


def test_a_file_that_is_no_text_is_one_item(suite_tests: SuiteTests) -> None:
    """It is meant to be a suite, and says where it is not."""
    (suite_tests.folder / "suites/cases.yaml").write_bytes(b"suite: cases\ndescription: \xff\n")
    found = suite_tests.run()
    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines(["suites/cases.yaml:2:14: not UTF-8 text"])


def test_a_file_that_nobody_may_read_is_one_item(suite_tests: SuiteTests) -> None:
    """Whether it is a suite cannot be known, which is no reason to pass it over."""
    locked = suite_tests.suite(name="locked")
    locked.chmod(0)
    try:
        if _readable(locked):
            pytest.skip("this user may read everything")
        found = suite_tests.run()
    finally:
        locked.chmod(0o600)
    found.assert_outcomes(errors=1, passed=1, failed=1)
    found.stdout.fnmatch_lines(["suites/locked.yaml cannot be read: Permission denied"])


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def test_of_two_suites_with_one_name_the_second_is_an_error(suite_tests: SuiteTests) -> None:
    """It names both files; alone, each of them runs."""
    second = suite_tests.suite(name="second")
    second.write_text(second.read_text().replace("suite: second", "suite: cases"))
    found = suite_tests.run()
    found.assert_outcomes(errors=1, passed=1, failed=1)
    found.stdout.fnmatch_lines(["suites/second.yaml: suite `cases` has the name of suites/cases.yaml"])
    suite_tests.run("suites/second.yaml").assert_outcomes(passed=1, failed=1)


def test_a_broken_suite_says_so_where_one_of_its_items_is_asked_for(suite_tests: SuiteTests) -> None:
    """An editor runs an item by its name, which is not there any more."""
    suite_tests.write("suites/cases.yaml", suite_tests.suite().read_text().replace("max_words", "max_word"))
    found = suite_tests.run(GOOD)
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stdout.fnmatch_lines(["suites/cases.yaml:4:15: no constraint named `max_word`"])
    suite_tests.run("suites/cases.yaml::load").assert_outcomes(errors=1)


GATES = """\
gates:
  - {measure: adherence, at_least: 0.8, on: estimate}
  - {measure: adherence, at_least: 0.2, on: estimate}
"""


@pytest.mark.parametrize(
    ("xfail", "outcomes"),
    [
        ("true", {"xfailed": 2, "xpassed": 2}),
        ("{where: {case: bad}, reason: too hard}", {"xfailed": 1, "failed": 1, "passed": 2}),
        ("{where: {case: good}}", {"xpassed": 1, "failed": 2, "passed": 1}),
        ("[{where: {case: good}}, {where: {case: bad}}]", {"xfailed": 2, "xpassed": 2}),
    ],
    ids=["all", "the bad case", "the good case", "each case"],
)
def test_a_failure_may_be_expected(suite_tests: SuiteTests, xfail: str, outcomes: dict[str, int]) -> None:
    """Of what is selected; of a gate only where all that it looks at is."""
    suite_tests.suite(f"{GATES}xfail: {xfail}\n")
    assert suite_tests.run("-rxX").parseoutcomes() == outcomes


def test_the_reason_of_an_expected_failure_is_shown(suite_tests: SuiteTests) -> None:
    """As pytest shows reasons."""
    suite_tests.suite("xfail: {where: {case: bad}, reason: too hard}\n")
    suite_tests.run("-rx").stdout.fnmatch_lines([f"XFAIL {BAD.replace('[', '[[]')} - too hard*"])


def test_a_provider_that_fails_is_no_expected_failure(suite_tests: SuiteTests) -> None:
    """What nobody answered says nothing of the demand."""
    suite_tests.write("providers/script.yaml", ANSWERS.rstrip() + "\n  faults: {error: 1.0}\n")
    suite_tests.suite("xfail: true\n")
    suite_tests.run().assert_outcomes(errors=2)
