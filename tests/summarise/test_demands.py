"""How each constraint and each family was met."""

from __future__ import annotations

import pytest

from evalkit.summarise import summarise
from evalkit.summarise.demands import Gathered, met_in
from evalkit.summarise.judged import judged_draws
from tests.summarise.conftest import cell, draw, verdict


def test_a_constraint_is_told_apart_by_all_that_it_is() -> None:
    """The same name from a system prompt, or as IFEval has it, is another demand."""
    verdicts = [
        verdict(1, name="title", family="format"),
        verdict(0, name="title", family="format", source="system"),
        verdict(0, name="title", family="format", ifeval_id="detectable_format:title"),
    ]
    (row,) = summarise([cell(verdicts, case=case) for case in "ab"], ()).rows
    assert {(each.source, each.ifeval_id): found.strict.estimate for each, found in row.constraints.items()} == {
        ("case", None): 1,
        ("system", None): 0,
        ("case", "detectable_format:title"): 0,
    }


def test_cases_count_the_same_and_verdicts_are_counted() -> None:
    """The mean is over cases; decided and undecided strict verdicts are counted apart."""
    cells = [
        cell([verdict(0)], [verdict(0, 1)], [verdict(0)], [verdict(None)], case="a"),
        cell([verdict(1)], case="b"),
        cell([verdict(None)], case="c"),
    ]
    (row,) = summarise(cells, ()).rows
    (found,) = row.constraints.values()
    assert (found.cases, found.decided, found.undecided) == (2, 4, 2)
    assert found.strict.estimate == 0.5
    assert found.loose.estimate == pytest.approx((1 / 3 + 1) / 2)
    assert found.strict.method == "exact binomial (Clopper-Pearson) over 2 cases, 95 %"
    assert found.loose.method == "Dirichlet bound over 2 cases, 95 %"


def test_constraints_of_one_name_in_one_case_are_averaged_within_each_draw() -> None:
    """Two limits on words make one number of a draw, so that its interval counts draws and not verdicts."""
    (row,) = summarise([cell([verdict(1), verdict(0)], [verdict(1), verdict(None)])], ()).rows
    (found,) = row.constraints.values()
    assert (found.cases, found.decided, found.undecided) == (1, 3, 1)
    assert found.strict.estimate == 0.75
    assert "over its 2 draws" in found.strict.method


def test_a_family_is_all_its_constraints_together() -> None:
    """Those without a family are in none."""
    verdicts = [
        verdict(1, name="max_words", family="length"),
        verdict(0, name="min_words", family="length"),
        verdict(0, name="polite"),
    ]
    (row,) = summarise([cell(verdicts, case=case) for case in "ab"], ()).rows
    assert {family: found.strict.estimate for family, found in row.families.items()} == {"length": 0.5}
    assert row.families["length"].decided == 4


def test_what_was_never_decided_is_not_zero() -> None:
    """It has no estimate, and says so."""
    (row,) = summarise([cell([verdict(None)])], ()).rows
    (found,) = row.constraints.values()
    assert (found.cases, found.strict.estimate, found.strict.method) == (0, None, "nothing was decided")


def test_draws_judged_by_other_constraints_are_sorted_by_what_they_are() -> None:
    """Only somebody else's cells have such; nothing is mixed up."""
    found = met_in(judged_draws([draw([verdict(1, name="a")]), draw([verdict(0, name="b"), verdict(0, name="a")])]))
    assert {name: met.strict for (name, *_), met in found.demands.items()} == {"a": [1, 0], "b": [0]}


def test_the_only_case_with_a_loose_verdict_speaks_of_itself() -> None:
    """A case of which only loose verdicts are decided has no strict number."""
    gathered: Gathered[str] = Gathered()
    gathered.add({"length": next(iter(met_in(judged_draws([draw([verdict(None, 1)])])).demands.values()))})
    found = gathered.standings(0.95)["length"]
    assert (found.strict.estimate, found.loose.estimate, found.loose.scope) == (None, 1, "case")
