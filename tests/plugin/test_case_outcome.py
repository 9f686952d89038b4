"""What one case of a test run comes to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from evalkit.plugin.case_outcome import judge_case
from evalkit.store import Store
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.plugin.case_outcome import CaseOutcome, State
    from evalkit.types import Sample
    from tests.plugin.conftest import DrawSuite as Draw

GOOD, BAD = "Use Kafka", "Use Kafka, for it is a log"
BODY = """\
repeats: {repeats}
constraints: [{{max_words: 3}}]
cases:
  - id: one
    prompt: Say one thing.
{gates}"""
GATE = "gates: [{measure: adherence, at_least: 0.9}]\n"
ELSEWHERE = "axes: {temperature: [0.0, 1.0]}\ngates: [{measure: adherence, at_least: 0.9, where: {temperature: 1.0}}]\n"
ERROR = Completion("error", error="the server is unwell")


def _outcome(
    draw_suite: Draw, answers: Sequence[Completion | str | None], gates: str = "", at_least: float | None = None
) -> CaseOutcome:
    body = BODY.format(repeats=len(answers), gates=gates)
    drawn = draw_suite(body, lambda sample: answers[sample.repeat])
    return judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(), at_least)


@pytest.mark.parametrize(
    ("met", "draws", "at_least", "state"),
    [
        (1, 1, None, "passed"),
        (0, 1, None, "failed"),
        (2, 4, None, "passed"),
        (1, 4, None, "failed"),
        (3, 4, 0.8, "failed"),
        (4, 5, 0.8, "passed"),
        (0, 2, 0.0, "passed"),
    ],
)
def test_without_gates_enough_draws_must_meet_everything(
    draw_suite: Draw, met: int, draws: int, at_least: float | None, state: State
) -> None:
    """All of them where there is one, half of them where there are more, unless the ini says otherwise."""
    found = _outcome(draw_suite, [GOOD] * met + [BAD] * (draws - met), at_least=at_least)
    assert found.state == state
    if state == "failed":
        wanted = at_least or (1 if draws == 1 else 0.5)
        assert f"{met} of {draws} decided draw" in found.lines[1]
        assert found.lines[1].endswith(f"fewer than {wanted:g}")


def test_draws_that_are_undecided_do_not_count(draw_suite: Draw) -> None:
    """Neither for nor against: a cut text may still keep within nothing, and a refusal is no answer."""
    cut = Completion("truncated", text="Use")
    found = _outcome(draw_suite, [GOOD, cut, Completion("refusal")])
    assert found.state == "passed"
    assert found.properties["decided"] == 1


@pytest.mark.parametrize(
    ("met", "draws", "state"),
    [(0, 1, "passed"), (0, 2, "failed"), (2, 4, "passed"), (1, 4, "failed"), (4, 4, "passed")],
)
def test_with_gates_a_case_fails_only_when_it_is_shown_to_miss_one(
    draw_suite: Draw, met: int, draws: int, state: State
) -> None:
    """One broken draw of one shows nothing of 0.9, for the case may reach 0.95; two broken of two do."""
    found = _outcome(draw_suite, [GOOD] * met + [BAD] * (draws - met), GATE)
    assert found.state == state
    assert found.estimate is not None
    assert found.estimate.estimate == met / draws
    assert found.estimate.scope == "case"
    if state == "passed":
        assert found.lines[0].startswith(f"adherence {met / draws:.2f} [")
    else:
        assert found.lines[0].startswith(f"max_words broken in {draws - met} of {draws} draws: adherence ")
        assert found.lines[1].startswith("  gate adherence at least 0.9: this case comes to ")


def test_a_gate_of_another_condition_fails_no_case(draw_suite: Draw) -> None:
    """The suite has gates, and none speaks of this case."""
    drawn = draw_suite(BODY.format(repeats=3, gates=ELSEWHERE), lambda _: BAD)
    for temperature, state in ((0.0, "passed"), (1.0, "failed")):
        cell = drawn.cell(temperature=temperature)
        assert judge_case(drawn.store, drawn.found, drawn.planned, cell, None).state == state


def test_what_compares_is_left_to_the_gate(draw_suite: Draw) -> None:
    """A case alone is held against no other condition."""
    gates = (
        "axes: {temperature: [0.0, 1.0]}\ngates: [{measure: adherence, no_worse_than: {temperature: 0.0}, margin: 0.1,"
    )
    drawn = draw_suite(
        BODY.format(repeats=3, gates=gates + " where: {temperature: 1.0}}]\n"),
        lambda sample: GOOD if sample.condition.get("temperature") == 0 else BAD,
    )
    assert judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(temperature=1.0), None).state == "passed"


@pytest.mark.parametrize(
    ("answers", "state", "words"),
    [
        ([Completion("refusal"), Completion("refusal")], "undecided", "nothing was decided: 2 refusal"),
        ([Completion("truncated", text="Use")] * 2, "undecided", "nothing was decided: max_words: "),
        ([Completion("unsupported", error="no `top_k` here")] * 2, "undecided", "unsupported: no `top_k` here"),
        ([ERROR, ERROR], "error", "2 of 2 draws failed or are missing, more than the share that may (0.05)"),
        ([GOOD, ERROR], "error", "1 of 2 draws failed or are missing, more than the share that may (0.05)"),
        ([GOOD, None], "error", "1 of 2 draws failed or are missing, more than the share that may (0.05)"),
        ([None, None], "error", "nothing was drawn of this case"),
    ],
    ids=["refused", "cut", "unsupported", "failed", "one failed", "one missing", "none"],
)
def test_what_cannot_be_judged_says_why(
    draw_suite: Draw, answers: list[Completion | str | None], state: State, words: str
) -> None:
    """Nothing decided is undecided, too much failed is an error; neither passes nor fails, gates or not."""
    for gates in ("", GATE):
        found = _outcome(draw_suite, answers, gates)
        assert (found.state, found.lines[0][: len(words)]) == (state, words)
        assert "adherence" not in found.properties or answers[0] == GOOD
        assert found.unsupported == words.startswith("unsupported")


def test_some_draws_may_fail(draw_suite: Draw) -> None:
    """As many as the suite allows; the rest is judged."""
    found = _outcome(draw_suite, [GOOD, GOOD, GOOD, ERROR], "max_failed: 0.25\n")
    assert found.state == "passed"
    assert found.properties["errors"] == 1


def test_a_case_of_which_nothing_is_demanded_passes(draw_suite: Draw) -> None:
    """It may be there for its measures alone."""
    drawn = draw_suite("repeats: 2\ncases: [{id: one, prompt: Hi}]\n", lambda _: "anything")
    found = judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(), None)
    assert (found.state, found.lines) == ("passed", ("nothing is demanded of its 2 draws",))


def test_a_constraint_that_never_applies_decides_nothing(draw_suite: Draw) -> None:
    """Something was demanded, and no answer was one that it speaks of."""
    when = "{when: {if: {contains_any: [Rust]}, then: {max_words: 3}}}"
    body = f"repeats: 2\ncases: [{{id: one, prompt: Hi, constraints: [{when}]}}]\n"
    drawn = draw_suite(body, lambda _: BAD)
    found = judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(), None)
    assert found.state == "undecided"
    assert found.lines[0] == "nothing was decided: no constraint applies to any of its draws"


def test_verdicts_are_made_once(draw_suite: Draw) -> None:
    """They are stored, so that nobody after this judges again."""
    drawn = draw_suite(BODY.format(repeats=2, gates=""), lambda sample: (GOOD, BAD)[sample.repeat])
    positions = drawn.planned.prepared.positions(drawn.cell().number)
    assert all(each.scored is None for each in drawn.store.drawn_at(drawn.found.id, "script", positions))
    first = judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(), None)
    stored = drawn.store.drawn_at(drawn.found.id, "script", positions)
    assert [each.scored.adherence for each in stored if each.scored is not None] == [1, 0]
    assert judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(), None) == first


def test_only_the_cell_itself_is_read(draw_suite: Draw) -> None:
    """Its neighbours do not matter, whatever they say."""
    body = "repeats: 2\nconstraints: [{max_words: 3}]\ncases:\n" + "".join(
        f"  - {{id: {name}, prompt: {name}}}\n" for name in ("one", "two", "three")
    )

    def answer(sample: Sample) -> str:
        return GOOD if sample.case_id == "two" else BAD

    drawn = draw_suite(body, answer)
    states = [judge_case(drawn.store, drawn.found, drawn.planned, cell, None).state for cell in drawn.planned.cells()]
    assert states == ["failed", "passed", "failed"]


def test_in_rounds_only_the_draws_that_are_due_count(draw_suite: Draw) -> None:
    """Those of later rounds are not missing, and the intervals are wider for there being several looks."""
    gates = "gates: [{measure: adherence, at_least: 0.5}]\n"
    body = BODY.format(repeats="{min: 3, max: 12, until: decided}", gates=gates)
    drawn = draw_suite(body, lambda sample: GOOD if sample.repeat < 3 else None)
    looked = judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(), None)
    assert (looked.state, looked.properties["repeats"]) == ("passed", 3)
    at_once = _outcome(draw_suite, [GOOD] * 3, gates)
    assert float(looked.properties["adherence_low"]) < float(at_once.properties["adherence_low"])


def test_several_processes_judge_at_once(draw_suite: Draw) -> None:
    """Each with a connection of its own, to the same outcomes."""
    cases = "".join(f"  - {{id: c{number}, prompt: Say {number}.}}\n" for number in range(40))
    body = f"repeats: 2\nconstraints: [{{max_words: 3}}]\ncases:\n{cases}"
    drawn = draw_suite(body, lambda sample: GOOD if sample.position % 3 else BAD)
    cells = list(drawn.planned.cells())

    def judge(order: int) -> dict[str, CaseOutcome]:
        with Store(drawn.store.path) as store:
            return {cell.case_id: judge_case(store, drawn.found, drawn.planned, cell, None) for cell in cells[::order]}

    with ThreadPoolExecutor(4) as threads:
        first, *others = threads.map(judge, (1, -1, 1, -1))
    assert len(first) == 40
    assert all(other == first for other in others)
    stored = drawn.store.drawn_at(drawn.found.id, "script", range(80))
    assert all(each.scored is not None for each in stored)
