"""How demands were met along each axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.summarise import summarise
from evalkit.types import Condition
from tests.summarise.conftest import cell, verdict

if TYPE_CHECKING:
    from evalkit.findings import Pooled
    from evalkit.types import AxisValue, Cell


def at(temperature: AxisValue, system: AxisValue) -> Condition:
    """Make a condition on two axes."""
    return Condition((("temperature", temperature), ("system", system)))


def cells() -> list[Cell]:
    """Make two cases under four conditions: met at temperature 0 alone, and in case b under `dense` too."""
    met = {(0.0, "none"): "ab", (0.0, "dense"): "ab", (1.0, "none"): "", (1.0, "dense"): "b"}
    return [
        cell([verdict(float(case in those))], case=case, condition=at(*place))
        for place, those in met.items()
        for case in "ab"
    ]


def shares(pooled: tuple[Pooled, ...]) -> dict[tuple[str | None, AxisValue], float | None]:
    """Return the share met of the only demand at each place."""
    return {(each.axis, each.value): next(iter(each.constraints.values())).strict.estimate for each in pooled}


def test_other_axes_are_pooled_and_each_case_counts_once() -> None:
    """Shares along each axis, and over all conditions first."""
    found = summarise(cells(), ()).pooled
    assert shares(found) == {
        (None, None): 0.625,
        ("temperature", 0.0): 1,
        ("temperature", 1.0): 0.25,
        ("system", "none"): 0.5,
        ("system", "dense"): 0.75,
    }
    (everywhere, *_) = found
    (standing,) = everywhere.constraints.values()
    assert (standing.cases, standing.decided) == (2, 8)
    assert standing.strict.method == "Dirichlet bound over 2 cases, 95 %"


def test_a_condition_that_decided_nothing_counts_for_nothing() -> None:
    """The case's number is the mean over the conditions that decided it."""
    undecided = cell([verdict(None)], case="a", condition=at(0.0, "none"))
    found = summarise([undecided, *cells()[2:]], ()).pooled
    (standing,) = next(each for each in found if each.axis is None).constraints.values()
    assert standing.undecided == 1
    assert standing.strict.estimate == ((1 + 0 + 0) / 3 + (1 + 0 + 1) / 3) / 2


def test_an_axis_with_one_value_is_no_axis() -> None:
    """What is the same everywhere is the whole, which comes first anyway."""
    found = summarise([each for each in cells() if each.condition.get("system") == "none"], ()).pooled
    assert [(each.axis, each.value) for each in found] == [(None, None), ("temperature", 0.0), ("temperature", 1.0)]


def test_only_the_chosen_conditions_are_pooled() -> None:
    """The rows are of all conditions, because gates are judged on the whole run."""
    found = summarise(cells(), (), where={"temperature": (1.0,)})
    assert len(found.rows) == 4
    assert shares(found.pooled) == {(None, None): 0.25, ("system", "none"): 0, ("system", "dense"): 0.5}


def test_one_and_true_are_two_values() -> None:
    """Python takes them for equal."""
    places = [cell([verdict(float(value is True))], condition=at(value, None)) for value in (1, True)]
    found = [each for each in summarise(places, ()).pooled if each.axis == "temperature"]
    assert [next(iter(each.constraints.values())).strict.estimate for each in found] == [0, 1]


def test_a_single_case_has_no_interval_over_conditions() -> None:
    """Its draws are not alike, and say nothing of other cases."""
    found = summarise([each for each in cells() if each.case_id == "a"], ()).pooled
    (standing,) = found[0].constraints.values()
    assert (standing.strict.estimate, standing.strict.low, standing.strict.scope) == (0.5, None, "case")


def test_providers_are_never_pooled() -> None:
    """Each has its own numbers, though only one of them has a value of an axis."""
    more = [cell([verdict(0)], case=case, condition=at(0.0, "none"), provider="other") for case in "ab"]
    found = summarise([*cells(), *more], ()).pooled
    assert [(each.axis, each.value) for each in found if each.provider == "other"] == [
        (None, None),
        ("temperature", 0.0),
        ("system", "none"),
    ]
