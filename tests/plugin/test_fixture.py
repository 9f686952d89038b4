"""Asking language models from test functions, and what becomes of the tests."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from evalkit.store import Store
from vendors.asked import Reply
from vendors.faults import Fault

if TYPE_CHECKING:
    from evalkit.types import Run
    from sitting import SessionProject
    from tests.conftest import SuiteTests
    from vendors.asked import Asked, Vendor
    from vendors.server import FakeVendors

HEAD = "import asyncio\nimport pytest\nimport evalkit as ek\n\n"


@pytest.fixture(scope="module", autouse=True)
def library_loaded() -> None:
    """Import what the fake vendor is asked with, which each inner test run would else do anew."""
    for module in ("anthropic", "httpx2", "evalkit.providers.hosted.adapter"):
        import_module(module)


@pytest.fixture
def tests(suite_tests: SuiteTests) -> SuiteTests:
    """Give a project whose test functions ask the scripted provider, and that collects no suites."""
    suite_tests.ini('evalkit_provider = "script"', 'filterwarnings = ["error"]')
    return suite_tests


def _run(tests: SuiteTests, body: str, *arguments: str) -> pytest.RunResult:
    tests.write("tests/test_it.py", HEAD + body)
    return tests.run("-rA", "tests", *arguments)


def _hosted(tests: SuiteTests, vendors: FakeVendors, vendor: Vendor = "claude", **changes: object) -> None:
    profile: dict[str, object] = {
        "adapter": vendor,
        "model": "claude-haiku-4-5",
        "key_env": "EVALKIT_TEST_KEY",
        "base_url": vendors.base_url(vendor),
        "limits": {"attempts": 1, "concurrency": 2},
        **changes,
    }
    tests.write("providers/hosted.yaml", json.dumps(profile))


def _stored(tests: SuiteTests) -> list[Run]:
    with Store(tests.folder / ".evalkit/runs.db", create=False) as store:
        return store.runs()


def test_complete_returns_one_answer(tests: SuiteTests) -> None:
    """With what was applied; braces in a prompt are sent as they are."""
    body = """\
def test_it(evalkit):
    found = evalkit.complete("Fill in {{ name }}.", temperature=0.5)
    assert (found.text, found.outcome) == ("Just this.", "complete")
    assert found.applied["temperature"] == 0.5
"""
    _run(tests, body).assert_outcomes(passed=1)
    with Store(tests.folder / ".evalkit/runs.db", create=False) as store:
        (drawn,) = store.drawn(store.run("last").id, "script")
    assert [message.content for message in drawn.messages] == ["Fill in {{ name }}."]


def test_sample_returns_completions_with_their_run(tests: SuiteTests) -> None:
    """System prompt and history are sent before the prompt, and the run is listed under the test's name."""
    body = """\
@pytest.mark.parametrize("tone", ["a b"])
def test_it(evalkit, tone):
    found = evalkit.sample("Well?", n=3, system="Be {brief}.", history=[("Hello.", "Hi.")], temperature=0)
    assert len(found) == 3
    assert found.texts == ["Just this."] * 3
    assert [each.text for each in found[1:]] == ["Just this."] * 2
    print(repr(found), found.run, found.case, found.provider)
"""
    _run(tests, body).assert_outcomes(passed=1)
    (run,) = _stored(tests)
    assert run.suite_name == "tests-test_it.py-test_it-a-b"
    assert run.finished_at is not None
    with Store(tests.folder / ".evalkit/runs.db", create=False) as store:
        drawn = next(store.drawn(run.id, "script"))
    assert [(message.role, message.content) for message in drawn.messages] == [
        ("system", "Be {brief}."),
        ("user", "Hello."),
        ("assistant", "Hi."),
        ("user", "Well?"),
    ]


def test_the_same_prompt_asked_twice_is_drawn_twice(tests: SuiteTests, vendors: FakeVendors) -> None:
    """Also with --evalkit-reuse, which takes for each call what the same call was given in the last test run."""
    _hosted(tests, vendors)
    body = """\
def test_it(evalkit):
    first, second = evalkit.complete("Say.", provider="hosted"), evalkit.complete("Say.", provider="hosted")
    assert first.request_id != second.request_id
"""
    _run(tests, body).assert_outcomes(passed=1)
    assert len(vendors.completions("claude")) == 2
    _run(tests, body, "--evalkit-reuse").assert_outcomes(passed=1)
    assert len(vendors.completions("claude")) == 2
    _run(tests, body).assert_outcomes(passed=1)
    assert len(vendors.completions("claude")) == 4


def test_async_tests_ask_while_their_loop_goes_on(tests: SuiteTests) -> None:
    """Several at a time, and the plain methods work in a running loop as well."""
    body = """\
def test_it(evalkit):
    async def ask():
        one, two = await asyncio.gather(evalkit.acomplete("One."), evalkit.asample("Two.", 2))
        assert one.text == "Just this."
        assert len(two) == 2
        assert evalkit.assert_adheres(two, [{"max_words": 3}]).estimate == 1
        assert evalkit.complete("Three.").text == "Just this."
    asyncio.run(ask())
"""
    _run(tests, body).assert_outcomes(passed=1)
    assert len(_stored(tests)) == 3


def test_calls_at_the_same_time_are_under_way_together(tests: SuiteTests, vendors: FakeVendors) -> None:
    """Each is a run of its own."""
    _hosted(tests, vendors)
    vendors.latency_s = 0.2
    body = """\
def test_it(evalkit):
    async def ask():
        await asyncio.gather(*(evalkit.acomplete(f"Say {n}.", provider="hosted") for n in range(4)))
    asyncio.run(ask())
"""
    _run(tests, body).assert_outcomes(passed=1)
    assert vendors.most_at_once == 4


def test_what_is_shown_not_to_adhere_fails(tests: SuiteTests) -> None:
    """The message is that of a case: the constraint, the interval, the words, and how to see the rest."""
    body = """\
def test_it(evalkit):
    evalkit.assert_adheres(evalkit.sample("Say.", 4), [{"max_words": 1}, {"contains_all": ["this"]}], at_least=0.95)
"""
    found = _run(tests, body)
    found.assert_outcomes(failed=1)
    (run,) = _stored(tests)
    found.stdout.fnmatch_lines(
        [
            "E       evalkit.errors.GateFailed: max_words broken in 4 of 4 draws: adherence 0.50 [[]*",
            "E         gate adherence at least 0.95: this case comes to 0.* at most (one-sided 95 % limit)",
            "E       draw 1 breaks max_words: 2 words, limit 1",
            "E         | Just «this».",
            f"E       see all of it: evalkit show {run.id} 0",
            "tests/test_it.py:6: GateFailed",
        ]
    )
    found.stdout.no_fnmatch_line("*own_loop.py*")


def test_what_is_not_shown_passes_and_tells_its_interval(tests: SuiteTests) -> None:
    """One broken draw of one is no proof against 0.9, and two of two are."""
    body = """\
@pytest.mark.parametrize("n", [1, 2])
def test_it(evalkit, n):
    found = evalkit.assert_adheres(evalkit.sample("Say.", n), ["valid_json"])
    assert (found.estimate, found.low) == (0, 0)
    assert 0.9 < found.high < 1
"""
    found = _run(tests, body)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(
        ["adherence 0.00 [[]0.00, 0.9*], exact binomial*", "FAILED tests/test_it.py::test_it[[]2]*"]
    )


def test_constraints_may_be_given_with_the_prompt_or_later_or_be_objects(tests: SuiteTests) -> None:
    """Each assertion judges by its own, whatever judged before, and code of one's own stands beside the test."""
    tests.write(
        "tests/own.py",
        "from dataclasses import dataclass\nfrom typing import ClassVar\nfrom evalkit.verdicts import Score\n\n"
        "@dataclass(frozen=True)\nclass Starts:\n    letter: str\n    name: ClassVar[str] = 'starts'\n\n"
        "    def score(self, text, *, whole):\n        return Score(float(text.startswith(self.letter)), 'it looks')\n",
    )
    body = """\
import sys, pathlib
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from own import Starts

def test_it(evalkit):
    found = evalkit.sample("Say.", 3, constraints=["valid_json"])
    assert evalkit.assert_adheres(found, at_least=0).estimate == 0
    assert evalkit.assert_adheres(found, [Starts("J")]).estimate == 1
    assert evalkit.assert_adheres(found, [Starts("J"), {"max_words": 1}], at_least=0.5).estimate == 0.5
    assert evalkit.assert_adheres(found, [{"./own.py:Starts": "X"}], at_least=0).estimate == 0
    assert evalkit.assert_adheres(found, [Starts("J"), {"max_words": 1}], 0, measure="full_adherence") is not None
    assert evalkit.assert_adheres(found, at_least=0).estimate == 0
"""
    _run(tests, body).assert_outcomes(passed=1)


def test_all_constraints_at_once_may_be_asserted(tests: SuiteTests) -> None:
    """The share of answers that meet all of them is another number than the mean share that they meet."""
    body = """\
def test_it(evalkit):
    answers = evalkit.sample("Say.", 8, constraints=[{"max_words": 3}, {"max_words": 1}])
    evalkit.assert_adheres(answers, at_least=0.5)
    with pytest.raises(AssertionError, match="max_words broken in 8 of 8 draws"):
        evalkit.assert_adheres(answers, at_least=0.5, measure="full_adherence")
"""
    _run(tests, body).assert_outcomes(passed=1)


def test_what_nothing_is_decided_of_is_skipped(tests: SuiteTests) -> None:
    """With the reason; with --evalkit-require-decision it is a failure."""
    tests.write("providers/script.yaml", "adapter: scripted\nmodel: script\noptions: {faults: {refusal: 1.0}}\n")
    body = """\
def test_it(evalkit):
    answers = evalkit.sample("Say.", 2)
    assert answers.texts == []
    assert "2 refusal" in repr(answers)
    evalkit.assert_adheres(answers, [{"max_words": 3}])
"""
    found = _run(tests, body)
    found.assert_outcomes(skipped=1)
    found.stdout.fnmatch_lines(["SKIPPED * nothing was decided: 2 refusal"])
    _run(tests, body, "--evalkit-require-decision").assert_outcomes(failed=1)


def test_too_many_failed_draws_are_no_failed_assertion(tests: SuiteTests) -> None:
    """They are an error of the provider, which an expected failure of the gate does not cover."""
    tests.write("providers/script.yaml", "adapter: scripted\nmodel: script\noptions: {faults: {error: 0.5}}\n")
    body = """\
@pytest.mark.xfail(raises=AssertionError, strict=True)
def test_it(evalkit):
    evalkit.assert_adheres(evalkit.sample("Say.", 20, seed=3), [{"max_words": 1}])
"""
    found = _run(tests, body)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["E *ProviderError: * of 20 draws failed or are missing, more than the share that may*"])


def test_a_provider_without_its_key_skips_the_test(
    tests: SuiteTests, vendors: FakeVendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do about it; --evalkit-require-providers makes it a failure."""
    _hosted(tests, vendors)
    monkeypatch.delenv("EVALKIT_TEST_KEY")
    body = 'def test_it(evalkit):\n    evalkit.sample("Say.", 2, provider="hosted")\n'
    found = _run(tests, body)
    found.assert_outcomes(skipped=1)
    found.stdout.fnmatch_lines(["SKIPPED *EVALKIT_TEST_KEY is not set (hint: set the variable*"])
    _run(tests, body, "--evalkit-require-providers").assert_outcomes(failed=1)


def test_a_failing_provider_raises_what_it_failed_with(tests: SuiteTests, vendors: FakeVendors) -> None:
    """One test more or less goes wrong, and the others go on."""
    _hosted(tests, vendors)
    vendors.fault = lambda asked: Fault("status", status=500) if "bad" in asked.prompt else None
    body = """\
@pytest.mark.parametrize("what", ["good", "bad"])
def test_it(evalkit, what):
    evalkit.complete(f"Say {what}.", provider="hosted")
"""
    found = _run(tests, body)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["E *ProviderError: provider hosted: *", "E *hint: `evalkit show * says more"])


def test_a_setting_that_the_model_lacks_skips_the_test(tests: SuiteTests) -> None:
    """Nothing is asked under a wrong label."""
    found = _run(tests, 'def test_it(evalkit):\n    evalkit.complete("Say.", top_p=0.5)\n')
    found.assert_outcomes(skipped=1)
    found.stdout.fnmatch_lines(["SKIPPED *unsupported: *top_p*"])


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        ('evalkit.complete("Say.", temprature=1)', "no setting `temprature`", "did you mean `temperature`*"),
        ('evalkit.complete("Say.", temperature="hot")', "temperature must be a number*", "*"),
        ('evalkit.complete("")', "prompt must not be empty", "*"),
        ('evalkit.sample("Say.", 0)', "`n` must be at least 1, got 0", None),
        ('evalkit.sample("Say.", provider="nobody")', "no provider `nobody`", "*"),
        ('evalkit.sample("Say.", constraints=[{"max_word": 3}])', "no constraint named `max_word`", "did you mean*"),
        ('evalkit.sample("Say.", constraints={"max_words": 3})', "constraints must be a list*", "put brackets*"),
        ('evalkit.sample("Say.", constraints=[3])', "no constraint: 3", "*"),
        ('evalkit.assert_adheres(evalkit.sample("Say."))', "no constraints are given", "*"),
        ('evalkit.assert_adheres(evalkit.sample("Say."), [])', "there is nothing to adhere to", "*"),
        ('evalkit.assert_adheres(evalkit.sample("Say."), ["valid_json"], 90)', "`at_least` must be a share*", "*"),
        ('evalkit.assert_not_worse(evalkit.sample("Say."), "a", ["valid_json"], margin=5)', "`margin` must be*", "*"),
        (
            'evalkit.assert_adheres(evalkit.sample("Say."), [{"judge": "Is it kind?"}])',
            "a constraint asks a judge*",
            "give the constraints to `sample`",
        ),
    ],
)
def test_mistakes_are_said_with_what_to_do(tests: SuiteTests, call: str, message: str, hint: str | None) -> None:
    """Where the test makes them, and without the insides of the plugin."""
    found = _run(tests, f"def test_it(evalkit):\n    {call}\n")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines([f"E *Error: {message}", *([] if hint is None else [f"E *hint: {hint}"])])
    found.stdout.no_fnmatch_line("*own_loop.py*")


def test_whom_to_ask_follows_from_the_test_then_the_option_then_the_ini_file(tests: SuiteTests) -> None:
    """What is nearest to the test wins."""
    for name in ("a", "b"):
        tests.write(f"providers/{name}.yaml", f"adapter: scripted\nmodel: model-{name}\n")
    body = """\
def test_it(evalkit):
    print(evalkit.sample("Say.", 1).provider, evalkit.sample("Say.", 1, provider="a").provider)
"""
    _run(tests, body).stdout.fnmatch_lines(["script a"])
    _run(tests, body, "--evalkit-provider", "b").stdout.fnmatch_lines(["b a"])


def test_a_judge_is_asked_by_constraints_that_are_given_with_the_prompt(
    tests: SuiteTests, vendors: FakeVendors
) -> None:
    """Its votes are drawn in the same run."""
    _hosted(tests, vendors)

    def reply(asked: Asked) -> Reply:
        code = re.search(r"verdict \w+", asked.prompt)
        return Reply("Well done." if code is None else f"It is.\n{code[0]}: yes")

    vendors.reply = reply
    body = """\
def test_it(evalkit):
    answers = evalkit.sample("Say.", 2, provider="hosted", constraints=[{"judge": "Is it kind?"}], judge="hosted")
    assert evalkit.assert_adheres(answers).estimate == 1
"""
    _run(tests, body).assert_outcomes(passed=1)


def test_the_cap_on_cost_is_for_the_whole_test_run(tests: SuiteTests, vendors: FakeVendors) -> None:
    """What the first tests have spent is not there for the last."""
    _hosted(tests, vendors, price={"input": 100, "output": 500}, settings={"max_tokens": 64})
    body = """\
@pytest.mark.parametrize("n", range(8))
def test_it(evalkit, n):
    evalkit.complete("Say one thing.", provider="hosted")
"""
    found = _run(tests, body, "--evalkit-max-cost", "0.045")
    outcomes = found.parseoutcomes()
    assert outcomes["passed"] == len(vendors.completions("claude"))
    assert 1 <= outcomes["passed"] < 8
    found.stdout.fnmatch_lines(["E *UsageError: --evalkit-max-cost 0.045 leaves no room for another call: *"])


def test_suites_and_tests_share_one_cap(tests: SuiteTests, vendors: FakeVendors) -> None:
    """What tests have spent is not there for the suites that are drawn after them."""
    _hosted(tests, vendors, price={"input": 100, "output": 500}, settings={"max_tokens": 64})
    body = 'def test_it(evalkit):\n    evalkit.sample("Say one thing.", 8, provider="hosted")\n'
    suite = ("--evalkit", "suites", "--evalkit-provider", "hosted", "--evalkit-max-cost", "0.056")
    tests.run(*suite, "suites")
    assert len(vendors.completions("claude")) == 4
    _run(tests, body, *suite, "suites").assert_outcomes(passed=1, errors=2)
    assert len(vendors.completions("claude")) < 4 + 8 + 4


def test_the_end_of_the_test_run_says_what_was_asked(tests: SuiteTests) -> None:
    """On a line of its own, beside the suites where there are any."""
    body = 'def test_it(evalkit):\n    evalkit.sample("Say.", 3)\n'
    _run(tests, body).stdout.fnmatch_lines(["*= evalkit =*", "test functions: 1 run: 3 draws, 3 calls, $0"])
    found = _run(tests, body, "--evalkit", "suites", "suites")
    found.stdout.fnmatch_lines(
        [
            "cases: run *: 4 draws, 4 calls, $0",
            "test functions: 1 run: 3 draws, 3 calls, $0",
            "in all: 7 draws, 7 calls, $0",
        ]
    )


def test_updating_baselines_of_suites_makes_none_of_what_tests_ask(tests: SuiteTests) -> None:
    """Only `assert_not_worse` does."""
    body = 'def test_it(evalkit):\n    evalkit.sample("Say.", 3, constraints=["valid_json"])\n'
    _run(tests, body, "--evalkit", "suites", "suites", "--evalkit-update-baseline")
    assert [file.name for file in (tests.folder / "reports/baselines").iterdir() if file.suffix == ".json"] == [
        "cases.json"
    ]


@pytest.mark.slow
def test_workers_share_the_cap(project: SessionProject, vendors: FakeVendors) -> None:
    """What one has spent is not there for the other, up to what is under way; without a cap all six would pass."""
    project.profile("claude", price={"input": 100, "output": 500}, settings={"max_tokens": 64})
    (project.root / "tests").mkdir()
    body = """\
import pytest

@pytest.mark.parametrize("n", range(6))
def test_it(evalkit, n):
    evalkit.sample(f"Say {n}.", 2, provider="claude")
"""
    (project.root / "tests/test_it.py").write_text(body, encoding="utf-8")
    ended = project.ended("-n", "2", "tests", "--evalkit-max-cost", "0.045", expect=1)
    assert ended["passed"] + ended["failed"] == 6
    assert 1 <= ended["passed"] <= 5
    assert len(vendors.completions("claude")) < 12
