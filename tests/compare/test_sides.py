"""Tests of everything that two sides have in common."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.compare.sides import (
    Wanted,
    comparable,
    compare_sides,
    hold,
    measures_of,
    pair_providers,
    pair_sides,
    pair_values,
)
from evalkit.errors import UsageError
from evalkit.measured import MeasuredOf
from measured_rows import Rows, adherence, case, row, scores

GOOD, BAD = adherence(*[scores(1.0, 1.0)] * 12), adherence(*[scores(0.0, 0.0)] * 12)
OF = MeasuredOf("run-1", "run-1", "suite", 1, "hash")


def test_rows_pair_by_provider_and_condition() -> None:
    """What only one side has is named and not compared."""
    new = Rows([row(GOOD, temperature=0.0), row(GOOD, temperature=1.0)])
    old = Rows([row(GOOD, temperature=0.0), row(GOOD, temperature=0.0, provider="hosted")], "run-0")
    paired = pair_sides(new, old)
    assert [(one[1].label, other[1].label) for one, other in paired.keys] == [("temperature 0.0", "temperature 0.0")]
    assert paired.name == "run run-0"
    assert paired.left_out == (
        "local, temperature 1.0: only on the new side",
        "hosted, temperature 0.0: only on the old side",
    )


def test_where_selects_conditions_of_both_sides() -> None:
    """A condition that is not chosen is neither compared nor left out."""
    side = Rows([row(GOOD, temperature=0.0), row(GOOD, temperature=1.0)])
    paired = pair_sides(side, side, where={"temperature": (1.0,)})
    assert [key[1].label for key, _ in paired.keys] == ["temperature 1.0"]
    assert paired.left_out == ()


def test_two_values_of_an_axis_pair_where_all_else_is_the_same() -> None:
    """The value named first is the one that is judged."""
    side = Rows(
        [
            row(BAD, temperature=0.0, system="dense"),
            row(GOOD, temperature=0.0, system="fluffy"),
            row(GOOD, temperature=1.0, system="dense"),
        ]
    )
    paired = pair_values(side, "system", ("dense", "fluffy"))
    assert [(one[1].label, other[1].label) for one, other in paired.keys] == [
        ("temperature 0.0, system dense", "temperature 0.0, system fluffy")
    ]
    assert (paired.name, paired.left_out) == (
        "system fluffy",
        ("local, temperature 1.0, system dense: has no counterpart",),
    )
    held = hold(paired, Wanted("population", ("adherence",), margin=0.1))
    assert [(each.new, each.old, each.verdict) for each in held.headline] == [(0.0, 1.0, "worse")]


def test_two_providers_pair_under_the_same_condition() -> None:
    """Models that differ are no flag, since they are meant to."""
    side = Rows([row(GOOD, provider="a", served=("m",), t=1), row(GOOD, provider="b", served=("n",), t=1)])
    paired = pair_providers(side, ("a", "b"))
    assert [(one[0], other[0]) for one, other in paired.keys] == [("a", "b")]
    assert hold(paired, Wanted("population", ("adherence",))).headline[0].flags == ()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (replace(OF, name="main", suite_name="other"), "run-1 is of suite suite, and main of suite other"),
        (replace(OF, name="main", suite_version=2), "run-1 is of version 1 of suite suite, and main of version 2"),
        (replace(OF, name="main", scoring=9), "turn verdicts into other scores (1 and 9)"),
    ],
)
def test_other_suites_versions_and_scorings_are_not_comparable(other: MeasuredOf, words: str) -> None:
    """The reason is given in words, and pairing refuses."""
    why = comparable(OF, other)
    assert why is not None
    assert words in why
    side = Rows([row(GOOD)])
    side.of = other
    with pytest.raises(UsageError, match="run-1"):
        pair_sides(Rows([row(GOOD)]), side)


def test_changed_texts_of_a_suite_are_comparable() -> None:
    """A changed prompt is what a comparison is for."""
    assert comparable(OF, replace(OF, suite_hash="other")) is None


def test_everything_in_common_is_explored_by_itself() -> None:
    """Levels but the loose ones, constraints, and measures of raw texts; the headline is not among them."""
    found = {
        "constraint:max_words": scores(1.0),
        "adherence_loose": scores(1.0),
        "adherence_case": scores(1.0),
        "adherence": scores(1.0),
    }
    values = {"distinct_2": 0.5, "distinct_2_normalised": 0.5}
    one = row([case("a", found, values)])
    assert measures_of(one, one) == ["adherence", "constraint:max_words", "distinct_2"]
    held = hold(pair_sides(Rows([one]), Rows([one], "run-0")), Wanted("suite", ("adherence",)))
    assert [each.measure for each in held.headline] == ["adherence"]
    assert [(each.measure, each.scope) for each in held.explored.rows] == [
        ("constraint:max_words", "suite"),
        ("distinct_2", "population"),
    ]


def test_numbers_by_source_are_explored_where_system_prompts_demand_something() -> None:
    """Without that, `adherence_case` is adherence once more."""
    found = {"adherence": scores(1.0), "adherence_case": scores(1.0), "adherence_system": scores(1.0)}
    one = row([case("a", found)])
    assert measures_of(one, one) == ["adherence", "adherence_system", "adherence_case"]


def test_the_two_families_are_corrected_apart() -> None:
    """A table to explore, however long, does not weaken the headline."""
    found = {"adherence": scores(0.0), **{f"constraint:c{index}": scores(1.0) for index in range(30)}}
    before = {**found, "adherence": scores(1.0)}
    new, old = (row([case(f"{index}", each) for index in range(12)]) for each in (found, before))
    held = hold(pair_sides(Rows([new]), Rows([old], "run-0")), Wanted("suite", ("adherence",), margin=0.05))
    assert held.headline[0].corrected_worse == held.headline[0].p_worse
    assert len(held.explored.rows) == 30
    assert {each.verdict for each in held.explored.rows} == {"undecided"}


def test_exploring_finds_both_directions() -> None:
    """At margin 0 a rise is found as well as a fall."""
    new = row([case(f"{index}", {"adherence": scores(1.0), "constraint:x": scores(0.0)}) for index in range(12)])
    old = row([case(f"{index}", {"adherence": scores(0.0), "constraint:x": scores(1.0)}) for index in range(12)])
    found = compare_sides(Rows([new]), Rows([old], "run-0"), Wanted("suite"), name="baseline main")
    assert [(each.measure, each.verdict) for each in found.rows] == [
        ("adherence", "not_worse"),
        ("constraint:x", "worse"),
    ]
    assert found.name == "baseline main"


def test_what_could_not_be_run_is_left_out() -> None:
    """A condition that the model does not take is no zero."""
    cut = row([case("a", {"adherence": scores(missing=2)}, outcomes={"unsupported": 2})], t=1)
    new, old = Rows([row(GOOD, t=0), cut]), Rows([row(GOOD, t=0), row(GOOD, t=1)], "run-0")
    held = hold(pair_sides(new, old), Wanted("suite", ("adherence",)))
    assert [each.row[1].label for each in held.headline] == ["t 0"]
    assert held.explored.left_out == ("local, t 1: not supported on the new side",)


def test_cases_left_out_are_said_once_for_all_rows() -> None:
    """The same case missing in three rows is one line."""
    new = Rows([row(GOOD[:11], t=index) for index in range(3)])
    old = Rows([row(GOOD, t=index) for index in range(3)], "run-0")
    assert hold(pair_sides(new, old), Wanted("suite")).explored.left_out == (
        "3 of 3 rows: 1 case only on the old side: 011",
    )


def test_nothing_in_common_is_an_empty_answer() -> None:
    """Sides without a common row have no rows, no verdict and no error."""
    held = hold(pair_sides(Rows([row(GOOD, t=1)]), Rows([row(GOOD, t=2)], "run-0")), Wanted("suite", ("adherence",)))
    assert (held.headline, held.explored.rows) == ((), ())
    assert len(held.explored.left_out) == 2


def test_what_is_open_says_what_would_decide_it() -> None:
    """Twelve cases that are all alike show no drop of 10 points; more of them, or of their repeats, would."""
    side = Rows([row(GOOD)])
    (open_,) = hold(pair_sides(side, Rows([row(GOOD)], "run-0")), Wanted("suite", ("adherence",), margin=0.1)).headline
    assert open_.verdict == "undecided"
    assert open_.needed is not None
    assert open_.needed.cases is not None
    assert open_.needed.cases > 12
    assert open_.needed.repeats == 3
    (shown,) = hold(pair_sides(side, Rows([row(BAD)], "run-0")), Wanted("suite", ("adherence",), margin=0.1)).headline
    assert (shown.verdict, shown.needed) == ("not_worse", None)
