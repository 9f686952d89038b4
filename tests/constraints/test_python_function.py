"""Functions of a user's own: what they may return, and that nothing they do ends the run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.arguments import construct
from evalkit.constraints.composite import describe
from evalkit.constraints.python_function import PythonFunction
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.errors import ArgumentError
from evalkit.protocols import Context
from evalkit.types import Case, Completion, Condition, Message
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = Path(__file__).parent / "own"


def function(name: str, **arguments: float) -> PythonFunction:
    """Build the constraint as a suite does."""
    spec = {"python": {"function": f"checks.py:{name}", **arguments}}
    built = construct(CONSTRAINTS, spec, beside=OWN)
    assert isinstance(built, PythonFunction)
    return built


@pytest.mark.parametrize(
    ("name", "text", "score"),
    [
        ("polite", "Yes, please.", Score(1.0, "says `please`", (Span(5, 11),))),
        ("polite", "Yes.", Score(0.0, "no `please`")),
        ("short", "Yes.", Score(1.0, "`short` returned True")),
        ("short", "Yes, of course.", Score(0.0, "`short` returned False")),
        ("share", "Yes.", Score(0.25, "`share` returned 0.25")),
        ("chatty", "Yes.", Score(1.0, "`chatty` returned True")),
    ],
)
def test_returned_value_is_the_score(name: str, text: str, score: Score) -> None:
    """A Score, a bool and a number are taken; what is printed and read disturbs nothing."""
    assert function(name).score(text, whole=True) == score


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("silent", "`silent` returned None, which is no Score, bool or number from 0 to 1"),
        ("too_much", "`too_much` returned 7.0, which is no Score, bool or number from 0 to 1"),
        ("not_a_number", "`not_a_number` returned nan, which is no Score, bool or number from 0 to 1"),
        ("beside_the_text", "`beside_the_text` returned a span outside the text of 4 characters: [[0, 10000]]"),
        ("broken", "`broken` raised KeyError: 'politeness'"),
        ("leaving", "`leaving` raised SystemExit: 3"),
        ("crashing", "`crashing` ended its process (exit code 7)"),
    ],
)
def test_fault_is_undecided_and_the_next_call_works(name: str, reason: str) -> None:
    """Whatever a function does wrong is said, is no zero, and leaves the others alone."""
    score = function(name).score("Yes.", whole=True)
    assert (score.value, score.reason) == (None, reason)
    assert function("polite").score("please", whole=True).value == 1


def test_traceback_begins_in_the_users_file() -> None:
    """What to mend is kept, and nothing of evalkit's own."""
    detail = function("broken").score("Yes.", whole=True).detail
    assert detail is not None
    assert detail.startswith("Traceback (most recent call last):\n  File ")
    assert "checks.py" in detail.splitlines()[1]
    assert detail.endswith("KeyError: 'politeness'")
    assert "worker.py" not in detail


def test_function_that_hangs_is_killed_and_in_the_end_not_asked() -> None:
    """Three calls in a row that take too long are enough; one that answers in between begins a new count."""
    hanging = function("hanging", time_limit_s=0.5)
    slow = Score(None, "`hanging` took longer than 0.5 s and was ended")
    assert [hanging.score("x", whole=True), hanging.score("x", whole=True)] == [slow, slow]
    assert hanging.score("please", whole=True).value == 1
    assert [hanging.score("x", whole=True) for _ in range(3)] == [slow] * 3
    assert hanging.score("please", whole=True).reason == "`hanging` was not asked: it took too long 3 times in a row"


@pytest.mark.parametrize("text", ["", "ünï\ud83d please", "please\n" * 100_000, '"}\n{"'])
def test_any_text_reaches_the_function(text: str) -> None:
    """Length, line breaks, quotes and half a character are no trouble."""
    assert function("polite").score(text, whole=True).value == ("please" in text)


def test_function_is_told_what_was_asked() -> None:
    """Prompt and system prompt are those that were sent, not the suite's templates."""
    context = Context(
        Case("sea", "{{ animal }}?", {"n": 3}),
        Condition((("temperature", 0.5),)),
        (Message("system", "Be brief."), Message("user", "Whales?")),
        Completion("complete", "Yes."),
    )
    told = function("told").within(context)
    assert told.score("Yes.", whole=True).reason == "sea|Whales?|Be brief.|3|0.5"
    assert function("told").score("Yes.", whole=True).value is None


def test_cut_text_is_undecided_without_a_call() -> None:
    """Nobody knows what the function would say of the whole."""
    score = function("crashing").score("Yes", whole=False)
    assert (score.value, score.reason) == (None, "`crashing` was not asked, as the text was cut off")


def test_report_names_the_function() -> None:
    """Several functions are told apart."""
    assert describe(function("polite")) == "python polite"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"function": "checks.py"}, "must be `FILE.py:NAME`"),
        ({"function": "checks:polite"}, "must be `FILE.py:NAME`"),
        ({"function": "checks.py:polite", "time_limit_s": 0.0}, "must be above 0, got 0"),
        ({"function": "nowhere.py:polite"}, r"no file `.*nowhere\.py` for `nowhere.py:polite`"),
        ({"function": "../test_logic.py:polite"}, "is not below"),
        ({"function": "checks.py:police"}, "defines no `police`"),
        ({"function": "checks.py:later"}, "is an `async` function"),
        ({"function": "checks.py:one"}, "cannot be called with two arguments"),
        ({"function": "wrong.py:polite"}, r"wrong\.py:1 is not Python"),
    ],
)
def test_wrong_suite_is_told_before_anything_is_asked(
    arguments: Mapping[str, object], message: str, tmp_path: Path
) -> None:
    """Nothing is run to find that out."""
    beside = OWN
    if arguments["function"] == "wrong.py:polite":
        (tmp_path / "wrong.py").write_text("def polite(:\n", encoding="utf-8")
        beside = tmp_path
    with pytest.raises(ArgumentError, match=message):
        construct(CONSTRAINTS, {"python": arguments}, beside=beside)


def test_function_may_import_what_stands_beside_it(tmp_path: Path) -> None:
    """A check is a module like any other."""
    (tmp_path / "words_of_ours.py").write_text("WORD = 'please'\n", encoding="utf-8")
    source = "from words_of_ours import WORD\n\n\ndef asks(text, case):\n    return WORD in text\n"
    (tmp_path / "asking.py").write_text(source, encoding="utf-8")
    asks = construct(CONSTRAINTS, {"python": "asking.py:asks"}, beside=tmp_path)
    assert asks.score("please", whole=True).value == 1


def test_process_ends_with_ours(tmp_path: Path) -> None:
    """No worker is left behind, even one that is busy when its parent leaves."""
    (tmp_path / "checks.py").write_text("import os\n\n\ndef pid(text, case):\n    raise ValueError(os.getpid())\n")
    code = (
        "from pathlib import Path\nfrom evalkit.constraints.python_function import PythonFunction\n"
        f"built = PythonFunction('checks.py:pid').resolved(Path({str(tmp_path)!r}))\n"
        "print(built.score('x', whole=True).reason.split()[-1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert not Path(f"/proc/{done.stdout.strip()}").exists()
