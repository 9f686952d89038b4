"""Comparisons of gates, judged together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.compare.evidence import Evidence
from evalkit.compare.judge_comparisons import NO_BASELINE, Selected, judge_comparisons
from evalkit.compare.rows import Asked, compare_row
from evalkit.gate import Alarms, Gate
from evalkit.measured import SCORING
from evalkit.rounds import Looks
from evalkit.statistics.multiplicity import holm
from evalkit.statistics.spending import overall_level
from evalkit.types import Condition
from measured_rows import Rows, adherence, case, row, scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.compare.part import Part
    from evalkit.measured import MeasuredOf, MeasuredRow
    from evalkit.types import AxisValue

GATE = Gate("adherence", no_worse_than="baseline", margin=0.1)


def _row(met: int, **axes: AxisValue) -> MeasuredRow:
    """Make a row of 30 cases with two draws each, of which so many cases meet everything, and the others nothing."""
    found = row(adherence(*[scores(1.0, 1.0)] * met, *[scores(0.0, 0.0)] * (30 - met)))
    return replace(found, condition=Condition(tuple(axes.items())))


def _judge(gates: Sequence[Gate], new: Sequence[MeasuredRow], old: Sequence[MeasuredRow] | None) -> list[Part]:
    return _judged(gates, new, Evidence(Rows(new), None if old is None else Rows(old, name="main")))


def _judged(gates: Sequence[Gate], new: Sequence[MeasuredRow], evidence: Evidence) -> list[Part]:
    there = frozenset(each.key for each in new)
    selected = {
        number: Selected(gate, tuple(each.key for each in new if each.condition.matches(gate.where)), there)
        for number, gate in enumerate(gates)
    }
    return list(judge_comparisons(selected, evidence).values())


@pytest.mark.parametrize(
    ("met", "standing", "verdict"), [(15, "bad", "worse"), (30, "good", "not_worse"), (27, "open", "undecided")]
)
def test_three_verdicts(met: int, standing: str, verdict: str) -> None:
    """Far below, the same, and at the margin itself, where nothing can be shown."""
    (part,) = _judge([GATE], [_row(met)], [_row(30)])
    assert (part.standing, part.compared[0].verdict) == (standing, verdict)
    assert part.why.startswith(f"local: {verdict.replace('_', ' ')}: ")


def test_the_family_is_every_row_of_every_gate() -> None:
    """The corrected p are Holm's over all of them, whichever gate they are of."""
    new = [_row(met, turns=turns) for turns, met in ((0, 24), (4, 27), (8, 30))]
    old = [_row(30, turns=turns) for turns in (0, 4, 8)]
    gates = [
        GATE,
        Gate("adherence", no_worse_than={"turns": 8}, margin=0.1, where={"turns": (0, 4)}),
    ]
    parts = _judge(gates, new, old)
    asked = [Asked("adherence", "suite", 0.1)] * 3 + [Asked("adherence", "population", 0.1)] * 2
    pairs = [*zip(new, old, strict=True), (new[0], new[2]), (new[1], new[2])]
    alone = [compare_row(*pair, each) for pair, each in zip(pairs, asked, strict=True)]
    rows = [each for part in parts for each in part.compared]
    assert [each.corrected_worse for each in rows] == holm([each.p_worse for each in alone])
    assert [each.corrected_not_worse for each in rows] == holm([each.p_not_worse for each in alone])
    assert [part.why.endswith(f"{count} rows compared") for part, count in zip(parts, (3, 2), strict=True)]


def test_one_row_that_is_worse_makes_the_gate_bad_and_is_named() -> None:
    """The others are not in the reason."""
    new = [_row(30, turns=0), _row(10, turns=4)]
    (part,) = _judge([GATE], new, [_row(30, turns=0), _row(30, turns=4)])
    assert part.standing == "bad"
    assert part.why.startswith("local, turns 4: worse: ")
    assert "turns 0" not in part.why
    assert len(part.compared) == 2


def test_a_row_that_the_baseline_lacks_leaves_the_gate_open() -> None:
    """It is named, whatever the others say; one that is worse still makes it bad."""
    new = [_row(30, turns=0), _row(30, turns=4)]
    (part,) = _judge([GATE], new, [_row(30, turns=0)])
    assert part.standing == "open"
    assert part.why == "local, turns 4: baseline main has no such row"
    (worse,) = _judge([GATE], [_row(5, turns=0), new[1]], [_row(30, turns=0)])
    assert worse.standing == "bad"
    assert "local, turns 4: baseline main has no such row" in worse.why


def test_without_a_baseline_nothing_is_compared_with_one() -> None:
    """Conditions of the run itself still are."""
    new = [_row(30, system="dense"), _row(30, system="fluffy")]
    inside = Gate("adherence", no_worse_than={"system": "fluffy"}, margin=0.2, where={"system": ("dense",)})
    against, within = _judge([GATE, inside], new, None)
    assert (against.standing, against.why, against.compared) == ("open", NO_BASELINE, ())
    assert within.standing == "good"
    assert within.compared[0].against == new[1].key


OF = Rows([]).of


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (replace(OF, suite_name="other"), "suite other"),
        (replace(OF, suite_version=2), "version 2"),
        (replace(OF, scoring=SCORING + 1), "scored by versions of evalkit"),
    ],
    ids=["suite", "version", "scoring"],
)
def test_what_is_not_comparable_is_named_and_open(of: MeasuredOf, words: str) -> None:
    """It never passes."""
    new, old = Rows([_row(30)]), Rows([_row(30)], name="main")
    old.of = of
    (part,) = _judged([GATE], [_row(30)], Evidence(new, old))
    assert part.standing == "open"
    assert words in part.why


def test_cases_that_are_judged_otherwise_are_named() -> None:
    """What is left is compared."""
    changed = [*adherence(*[scores(1.0, 1.0)] * 30), case("new", {"adherence": scores(0.0, 0.0)})]
    (part,) = _judge([GATE], [row(changed)], [_row(30)])
    assert part.standing == "good"
    assert part.why.endswith("1 case only on the new side: new")


def test_no_common_case_is_open() -> None:
    """There is nothing to test, which is no pass."""
    (part,) = _judge([GATE], [row([case("new", {"adherence": scores(1.0, 1.0)})])], [_row(30)])
    assert part.standing == "open"
    assert "no case was decided on both sides, there is nothing to test" in part.why
    assert part.open_rows == ()


def test_a_gate_on_the_estimate_is_in_no_family() -> None:
    """It has a verdict for every difference, and no p."""
    bare = replace(GATE, on="estimate")
    new, old = [_row(26)], [_row(30)]
    on_estimate, on_interval = _judge([bare, GATE], new, old)
    assert (on_estimate.standing, on_estimate.compared[0].p_worse) == ("bad", None)
    assert on_interval.compared[0].corrected_worse == on_interval.compared[0].p_worse
    (same,) = _judge([bare], [_row(27)], old)
    assert same.standing == "good"
    (lower,) = _judge([replace(bare, better="lower")], [_row(26)], old)
    assert lower.standing == "good"
    (nothing,) = _judge([bare], [row([])], old)
    assert nothing.standing == "open"


def test_the_budget_of_alarms_is_the_level() -> None:
    """A smaller one takes more evidence."""
    new, old = [_row(23)], [_row(30)]
    for per_run, standing in ((0.3, "bad"), (0.0001, "open")):
        (part,) = _judged([GATE], new, Evidence(Rows(new), Rows(old), alarms=Alarms(per_run)))
        assert part.standing == standing


def test_a_run_in_rounds_pays_for_its_looks() -> None:
    """The p are those that hold at whichever look it ended, and the method says so."""
    new, old = [_row(23)], [_row(30)]
    looks = Looks((2, 4, 8))
    (part,) = _judged([GATE], new, Evidence(Rows(new), Rows(old), looks=looks))
    (alone,) = _judge([GATE], new, old)
    assert alone.compared[0].p_worse is not None
    assert part.compared[0].p_worse == overall_level(alone.compared[0].p_worse, 0, looks.fractions)
    assert "whichever of 3 looks" in part.compared[0].method


def test_rows_that_more_draws_might_decide_are_open() -> None:
    """Those that are decided are not drawn further."""
    new = [_row(27, turns=0), _row(30, turns=4)]
    (part,) = _judge([GATE], new, [_row(30, turns=0), _row(30, turns=4)])
    assert part.open_rows == (new[0].key,)
