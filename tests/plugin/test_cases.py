"""Running a test function for each case of a suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.conftest import SuiteTests

HEAD = "import evalkit as ek\n\n"
SWEEP = """\
suite: sweep
providers: [script]
temperature: 0.5
axes: {system: [null, dense], tone: [kind, curt], turns: [0, 1]}
systems:
  dense: {rules: [{says: "Be {{ tone }}.", constraints: [{max_words: 5}]}], constraints: [valid_json]}
conversation: {exchanges: [{user: "Hello {{ name }}.", assistant: Hi.}]}
variables: {name: Ada}
constraints: [max_words: 9]
cases:
  - {id: one, prompt: "Say {{ tone }} {{ name }}.", constraints: [{min_words: 2}]}
  - {id: two, prompt: "Say {{ tone }} {{ other }}.", variables: {other: 3}}
"""


def _run(tests: SuiteTests, body: str, *arguments: str) -> pytest.RunResult:
    tests.write("pyproject.toml", '[tool.evalkit]\n[tool.pytest.ini_options]\naddopts = ["--strict-markers"]\n')
    tests.write("tests/test_it.py", HEAD + body)
    return tests.run("-rA", "tests", *arguments)


def test_a_test_runs_for_each_case(suite_tests: SuiteTests) -> None:
    """Named by the case, with its prompt and constraints, and asked as the suite asks it."""
    body = """\
@ek.cases("suites/cases.yaml")
def test_it(evalkit, case):
    assert (case.system, case.suite, case.providers) == (None, "cases", ("script",))
    print(case.id, case.prompt, [each.name for each in case.constraints])
    answers = evalkit.sample(case, 2)
    assert answers.provider == "script"
    assert evalkit.assert_adheres(answers).estimate == 1
"""
    found = _run(suite_tests, body)
    found.assert_outcomes(passed=2)
    found.stdout.fnmatch_lines_random(
        [
            "good Say one thing. [[]'max_words'[]]",
            "bad Say another thing. [[]'max_words'[]]",
            "PASSED tests/test_it.py::test_it[[]good[]]",
            "PASSED tests/test_it.py::test_it[[]bad[]]",
        ]
    )


def test_cases_run_under_every_condition(suite_tests: SuiteTests) -> None:
    """Templates are filled in, and history, system prompt and its demands are those of the condition."""
    suite_tests.write("suites/sweep.yaml", SWEEP)
    body = """\
@ek.cases("suites/sweep.yaml", axes=True)
def test_it(case):
    assert case.settings == {"temperature": 0.5}
    assert case.history == ((("Hello Ada.", "Hi."),) if case.condition.get("turns") else ())
    assert case.messages[-1].content == case.prompt
    names = [each.name for each in case.constraints]
    tone = case.variables["tone"]
    if case.condition.get("system") is None:
        assert case.system is None
        assert names == ["max_words", "min_words"][: len(names)]
    else:
        assert case.system == f"Be {tone}."
        assert names[-2:] == ["max_words", "valid_json"]
    assert case.prompt == f"Say {tone} " + {"one": "Ada.", "two": "3."}[case.id]
"""
    found = _run(suite_tests, body)
    found.assert_outcomes(passed=16)
    found.stdout.fnmatch_lines(["PASSED tests/test_it.py::test_it[[]system:dense-tone:curt-turns:1-two[]]"])


def test_axes_and_cases_may_be_narrowed(suite_tests: SuiteTests) -> None:
    """Without axes the first condition is taken; a mapping keeps all of the axes that it does not name."""
    suite_tests.write("suites/sweep.yaml", SWEEP)
    body = """\
@ek.cases("suites/sweep.yaml")
def test_first(case):
    assert case.condition.as_dict() == {"system": None, "tone": "kind", "turns": 0}

@ek.cases("suites/sweep.yaml", axes={"system": "dense", "turns": [0]}, only="two")
def test_some(case):
    assert case.condition.get("system") == "dense"
"""
    found = _run(suite_tests, body)
    found.assert_outcomes(passed=4)
    found.stdout.fnmatch_lines(
        ["PASSED *::test_first[[]one[]]", "PASSED *::test_some[[]system:dense-tone:curt-turns:0-two[]]"]
    )


def test_what_the_suite_demands_is_asserted(suite_tests: SuiteTests) -> None:
    """Of the case, of all cases, and of the system prompt; what a test says besides wins over the suite."""
    suite_tests.write("suites/sweep.yaml", SWEEP)
    body = """\
@ek.cases("suites/sweep.yaml", axes={"system": "dense", "tone": "kind", "turns": 1}, only="one")
def test_it(evalkit, case):
    answers = evalkit.sample(case, 2)
    assert len(answers.constraints) == 4
    assert evalkit.assert_adheres(answers, at_least=0.5).estimate == 0.75
    assert answers[0].applied["temperature"] == 0.5
    assert evalkit.complete(case, temperature=0.1).applied["temperature"] == 0.1
"""
    _run(suite_tests, body).assert_outcomes(passed=1)


def test_a_suite_is_found_from_the_project_and_from_the_test(suite_tests: SuiteTests) -> None:
    """Also where pytest is called in another folder."""
    suite_tests.write("tests/deep/near.yaml", SWEEP)
    suite_tests.write("tests/deep/test_near.py", HEAD + '@ek.cases("near.yaml")\ndef test_it(case): pass\n')
    suite_tests.write("tests/deep/test_far.py", HEAD + '@ek.cases("suites/cases.yaml")\ndef test_it(case): pass\n')
    suite_tests.run("tests/deep").assert_outcomes(passed=4)


def test_a_broken_suite_is_one_item_that_errors(suite_tests: SuiteTests) -> None:
    """The message has the place and what to do, and everything else runs."""
    suite_tests.write("suites/broken.yaml", "suite: broken\nproviders: [script]\ncases:\n  - {id: one, promt: Say.}\n")
    body = """\
@ek.cases("suites/broken.yaml")
def test_broken(case):
    pass

@ek.cases("suites/cases.yaml", only="godo")
def test_misnamed(case):
    pass

@ek.cases("suites/cases.yaml", axes={"tone": "kind"})
def test_no_axis(case):
    pass

@ek.cases("suites/none.yaml")
def test_missing(case):
    pass

def test_other():
    pass
"""
    found = _run(suite_tests, body)
    found.assert_outcomes(passed=1, errors=4)
    found.stdout.fnmatch_lines(
        [
            "suites/broken.yaml:4:15: unknown key `promt`",
            "hint: did you mean `prompt`?",
            "suite cases has no case `godo`",
            "suite cases has no axis `tone`",
            "no file `suites/none.yaml`",
            "ERROR tests/test_it.py::test_broken[[]load[]]*",
        ]
    )


def test_replies_that_are_not_known_yet_cannot_be_asked(suite_tests: SuiteTests) -> None:
    """A live conversation is made while it is drawn; without turns its cases are like any other."""
    live = SWEEP.replace("assistant: Hi.", "").replace("exchanges: [{", "mode: live, exchanges: [{")
    suite_tests.write("suites/sweep.yaml", live)
    body = """\
@ek.cases("suites/sweep.yaml", axes=True)
def test_all(case):
    pass

@ek.cases("suites/sweep.yaml", axes={"turns": 0})
def test_none(case):
    pass
"""
    _run(suite_tests, body).assert_outcomes(passed=8, errors=1)
