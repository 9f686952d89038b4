"""Failures of cases, as a person reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.excerpt import width_of
from evalkit.findings import Estimate
from evalkit.plugin.messages import COLUMNS, LINES, Failing, Where, Yardstick, case_failure, fitted, worst_draw
from evalkit.types import Completion, Draw
from evalkit.verdicts import Scored, Span, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SmallProject, SuiteTests
    from tests.plugin.conftest import DrawSuite

ESTIMATE = Estimate(0.25, 0.03, 0.72, "a bound", "case")
WHERE = Where("20261126-010203-abcd")


def verdict(name: str, value: float | None, reason: str = "why", **parts: Any) -> Verdict:  # noqa: ANN401 - any field
    """Make a verdict whose loose value is the strict one."""
    return Verdict(name, value, value, reason, **parts)


def draw(repeat: int, text: str, *verdicts: Verdict, **parts: Any) -> Draw:  # noqa: ANN401 - any of a completion
    """Make a draw with its verdicts."""
    values = [each.value for each in verdicts if each.value is not None]
    scored = Scored(verdicts, sum(values) / len(values) if values else None, float(all(each == 1 for each in values)))
    completion = Completion("complete", text=text, applied={"temperature": 0.8, "seed": 4}, **parts)
    return Draw(repeat, completion, scored, 40 + repeat)


DRAWS = (
    draw(0, "Use Kafka.", verdict("max_words", 1.0), verdict("contains_any", 0.0, "found none of `queue`")),
    draw(
        1,
        "Use Kafka, for it is a log.",
        verdict("max_words", 0.0, "7 words, limit 3", spans=(Span(11, 27),)),
        verdict("contains_any", 0.0, "found none of `queue`"),
        served_model="gpt-x-2026",
    ),
    draw(2, "Use a queue.", verdict("max_words", 1.0), verdict("contains_any", 1.0)),
)
FAILING = Failing(DRAWS, {"temperature": 0.8}, ESTIMATE, ["1 of 3 met all constraints"], Yardstick(), WHERE)


def test_a_failure_reads_like_an_assertion() -> None:
    """What broke and how often, what was demanded, the worst draw's words, its settings, and how to see it whole."""
    assert case_failure(FAILING) == (
        "contains_any broken in 2 of 3 draws: adherence 0.25 [0.03, 0.72]",
        "  1 of 3 met all constraints",
        "  also: max_words broken in 1 of 3 draws",
        "draw 2 breaks contains_any: found none of `queue`",
        "draw 2 breaks max_words: 7 words, limit 3",
        "  | Use Kafka, «for it is a log.»",
        "applied: temperature 0.8",
        "served by gpt-x-2026",
        "see all of it: evalkit show 20261126-010203-abcd 41",
    )


def test_settings_that_were_not_applied_as_asked_are_told() -> None:
    """For they may be why."""
    lines = case_failure(replace(FAILING, requested={"temperature": 1.0, "top_p": 0.9}))
    assert "not as asked: temperature: asked for 1.0, applied 0.8; top_p: asked for 0.9, not applied" in lines


def test_what_should_stay_low_is_told_the_other_way_round() -> None:
    """The draw that meets it the most is the worst one."""
    yardstick = Yardstick("constraint:contains_any", "at_most")
    lines = case_failure(replace(FAILING, yardstick=yardstick))
    assert lines[0] == "contains_any met in 1 of 3 draws: contains_any 0.25 [0.03, 0.72]"
    assert "draw 3 meets contains_any: why" in lines
    assert lines[-1].endswith(" 42")


def test_demands_of_the_system_prompt_are_said_to_be_its_own() -> None:
    """And nothing else counts where the measure is about one source."""
    both = draw(0, "Yes.", verdict("max_words", 0.0), verdict("max_words", 0.0, "2 words", source="system"))
    assert Yardstick("adherence_system").telling(both) == [both.scored.verdicts[1]]
    lines = case_failure(replace(FAILING, draws=[both], yardstick=Yardstick("adherence_system")))
    assert "draw 1 breaks max_words of the system prompt: 2 words" in lines


@pytest.mark.parametrize(
    ("measure", "score"),
    [
        ("adherence", 0.5),
        ("full_adherence", 0.0),
        ("adherence_loose", 1.0),
        ("full_adherence_loose", 1.0),
        ("constraint:max_words", 0.0),
        ("constraint:elsewhere", None),
    ],
)
def test_draws_are_told_apart_by_the_measure_that_failed(measure: str, score: float | None) -> None:
    """Strict or loose, of all constraints or of one."""
    verdicts = (Verdict("max_words", 0.0, 1.0, "loosely met"), verdict("contains_any", 1.0))
    one = Draw(0, Completion("complete", text="x"), Scored(verdicts, 0.5, 0.0), 0)
    assert Yardstick(measure).score(one) == score


def test_verdicts_that_are_loosely_met_break_nothing_loosely() -> None:
    """So that they are not shown for it."""
    one = Draw(0, Completion("complete"), Scored((Verdict("max_words", 0.0, 1.0, "loosely met"),), 0.0, 0.0), 0)
    assert not Yardstick("adherence_loose").telling(one)
    assert len(Yardstick("adherence").telling(one)) == 1


def test_of_draws_that_are_alike_the_first_is_shown() -> None:
    """And none where no draw has a score."""
    alike = [draw(number, "", verdict("max_words", 0.0)) for number in range(3)]
    assert worst_draw(alike, Yardstick()) is alike[0]
    assert worst_draw([draw(0, "", verdict("max_words", None))], Yardstick()) is None


def test_the_end_of_a_traceback_is_shown() -> None:
    """For it says what was raised."""
    detail = "Traceback (most recent call last):\n" + "  in a line\n" * 9 + "KeyError: 'answer'\n"
    lines = case_failure(replace(FAILING, draws=[draw(0, "Yes.", verdict("python", 0.0, detail=detail))]))
    assert lines[2:6] == (
        "draw 1 breaks python: why",
        "      in a line",
        "      in a line",
        "    KeyError: 'answer'",
    )


def test_a_text_that_is_not_there_is_said_not_to_be() -> None:
    """Rather than shown as nothing."""
    empty = draw(0, "", verdict("min_words", 0.0))
    refused = Draw(0, Completion("refusal"), Scored((verdict("min_words", 0.0, "the model refused"),), 0.0, 0.0), 0)
    assert "  (the text is empty)" in case_failure(replace(FAILING, draws=[empty]))
    assert "  (the model refused)" in case_failure(replace(FAILING, draws=[refused]))


def test_the_command_is_to_be_typed_from_here(
    small_project: SmallProject,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    draw_suite: DrawSuite,
) -> None:
    """It names the provider where there are several, and the project where that is somewhere else."""
    drawn = draw_suite("cases: [{id: one, prompt: Hi}]\n", lambda _: "x", providers=("script", "other"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(small_project.folder / "suites")
    run = drawn.found.id
    assert Where.of(drawn.found, "other", drawn.planned.project).show(7) == f"evalkit show {run} other:7"
    monkeypatch.chdir("/")
    shown = Where.of(drawn.found, "other", drawn.planned.project).show(7)
    assert shown == f"evalkit --project {small_project.folder} show {run} other:7"
    assert Where().show(7) is None


TEXTS = st.text(max_size=600)


@given(TEXTS, TEXTS, TEXTS, TEXTS, st.lists(st.tuples(st.integers(0, 700), st.integers(0, 700)), max_size=4))
def test_no_words_break_the_layout(
    text: str, reason: str, name: str, model: str, places: list[tuple[int, int]]
) -> None:
    """At most 25 lines of 100 columns, whatever models and constraints say."""
    spans = tuple(Span(*place) for place in places)
    verdicts = [verdict(f"{name}{number}", 0.0, reason, spans=spans, detail=text) for number in range(6)]
    draws = [draw(0, text, *verdicts, served_model=model)]
    lines = case_failure(replace(FAILING, draws=draws, why=[reason] * 5, requested={"stop": name}))
    assert len(lines) <= LINES
    assert all(width_of(line) <= COLUMNS for line in lines)
    assert all(
        line.isprintable() or "\u200c" in line or "\u200d" in line or "\xa0" in line for line in map(_plain, lines)
    )
    assert lines[-1] == "see all of it: evalkit show 20261126-010203-abcd 40"


def _plain(line: str) -> str:
    """Leave out spaces of other widths, which take room and move nothing."""
    return "".join(character for character in line if not character.isspace())


def test_commands_stay_whole_where_words_give_way() -> None:
    """The middle is what is cut."""
    lines = fitted(["head"], [f"word {number}" for number in range(60)], ["foot"], "evalkit " + "x" * 120)
    assert len(lines) == LINES
    assert lines[0] == "head"
    assert lines[-2:] == ("foot", "see all of it: evalkit " + "x" * 120)


def test_pytest_shows_the_message_alone(suite_tests: SuiteTests) -> None:
    """Under the item's name, without a traceback; the summary has its first line."""
    answers = '{bad: "a \\e[31mred\\n=== FAILURES ===\\n fifth", "*": "Just this."}'
    suite_tests.write("providers/script.yaml", f"adapter: scripted\nmodel: script\noptions:\n  answers: {answers}\n")
    found = suite_tests.run("-rf")
    found.assert_outcomes(passed=1, failed=1)
    lines = found.outlines
    start = next(number for number, line in enumerate(lines) if "_ script[bad] (cases.yaml) _" in line)
    assert lines[start + 1 : start + 8] == [
        "max_words broken in 2 of 2 draws: adherence 0.00 [0.00, 0.84]",
        "  0 of 2 decided draws met all constraints, fewer than 0.5",
        "draw 1 breaks max_words: 4 words, limit 3",
        "  | a \\x1b[31mred",
        "  | === FAILURES ===",
        "  |  «fifth»",
        "served by script",
    ]
    assert lines[start + 8].startswith("see all of it: evalkit show 2")
    assert any(line.startswith("FAILED suites/cases.yaml::script[bad] - max_words broken in 2 of 2") for line in lines)
