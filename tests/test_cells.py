"""Reading a run back cell by cell, and judging what has not been judged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from evalkit.cells import scored_cell, scored_cells, system_constraints
from evalkit.constraints.scope import InEveryTurn
from evalkit.expand import Plan, expand, live_sample, slots
from evalkit.store import Store
from evalkit.types import Case, Completion, Condition, Conversation, Exchange, Profile, System
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Outcome, Run, Suite


@dataclass(frozen=True)
class Shorter:
    """A constraint that notes what it is asked."""

    name: ClassVar[str] = "shorter"

    than: int
    judged: list[str] = field(default_factory=list[str], compare=False)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge by length; what is cut may still grow."""
        self.judged.append(text)
        if len(text) >= self.than:
            return Score(0.0, "too long")
        return Score(1.0 if whole else None, "short")


CONDITIONS = tuple(Condition((("temperature", temperature),)) for temperature in (1.0, 0.0))
SELECTED: dict[str, Any] = {"providers": ["second"], "repeats": 1, "cases": [], "axes": {}}
PROVIDERS = (Profile("second", "scripted", "m-2"), Profile("first", "scripted", "m-1"))


def _suite(make_suite: Callable[..., Suite], constraint: Shorter, **parts: object) -> Suite:
    cases = (Case("two", "Say two.", {}, (constraint,)), Case("one", "Say one."))
    return make_suite(cases=cases, repeats=3, settings={"max_tokens": 9}, **parts)


def _drawn(store: Store, suite: Suite, *, outcomes: tuple[Outcome, ...] = ("complete",), keep: int = 99) -> Run:
    """Store a run whose texts grow with their position."""
    run = store.create_run(
        suite,
        seed=7,
        seed_from="suite",
        selection={"providers": [profile.name for profile in PROVIDERS], "repeats": 3, "cases": [], "axes": {}},
        planned=24,
        versions={},
        profiles=PROVIDERS,
    )
    for profile in PROVIDERS:
        plan = Plan(suite, profile, 7, seed_drawn=False)
        samples = list(expand(plan, slots(CONDITIONS, suite.cases, 3)))[:keep]
        store.commit(
            run.id,
            [
                (sample, Completion(outcomes[sample.position % len(outcomes)], text="x" * sample.position))
                for sample in samples
            ],
        )
    return run


def test_cells_come_by_provider_condition_and_case(store: Store, make_suite: Callable[..., Suite]) -> None:
    """In the order of the run, with every repeat and its number."""
    suite = _suite(make_suite, Shorter(2))
    cells = list(scored_cells(store, _drawn(store, suite), suite))
    assert [(cell.provider, cell.model, cell.condition, cell.case_id) for cell in cells] == [
        (profile.name, profile.model, condition, case)
        for profile in PROVIDERS
        for condition in CONDITIONS
        for case in ("two", "one")
    ]
    assert [[(draw.repeat, draw.position) for draw in cell.draws] for cell in cells[:2]] == [
        [(0, 0), (1, 1), (2, 2)],
        [(0, 3), (1, 4), (2, 5)],
    ]
    assert cells[0].requested == {"max_tokens": 9, "temperature": 1.0}
    assert [draw.scored.adherence for draw in cells[0].draws] == [1, 1, 0]
    assert [draw.scored.verdicts for draw in cells[1].draws] == [()] * 3


def test_a_verdict_is_made_once(store: Store, make_suite: Callable[..., Suite]) -> None:
    """The second reading takes it from the store."""
    constraint = Shorter(2)
    suite = _suite(make_suite, constraint)
    run = _drawn(store, suite)
    first = list(scored_cells(store, run, suite))
    asked = len(constraint.judged)
    assert asked > 0
    assert list(scored_cells(store, run, suite)) == first
    assert len(constraint.judged) == asked


def test_only_what_is_new_is_judged(store: Store, make_suite: Callable[..., Suite]) -> None:
    """After a run has gone on."""
    constraint = Shorter(99)
    suite = _suite(make_suite, constraint)
    run = _drawn(store, suite, keep=2)
    list(scored_cells(store, run, suite))
    assert sorted(constraint.judged) == ["", "", "x", "x"]
    plan = Plan(suite, PROVIDERS[0], 7, seed_drawn=False)
    third = list(expand(plan, slots(CONDITIONS, suite.cases, 3)))[2]
    store.commit(run.id, [(third, Completion("complete", text="new"))])
    cells = list(scored_cells(store, run, suite))
    assert [len(cell.draws) for cell in cells] == [3, 2]
    assert [text for text in constraint.judged if text == "new"] == ["new"]
    assert len(constraint.judged) == 5


def test_judging_again_replaces_verdicts(store: Store, make_suite: Callable[..., Suite]) -> None:
    """By another suite with the same cases; the store keeps the later ones."""
    suite = _suite(make_suite, Shorter(2))
    run = _drawn(store, suite)
    list(scored_cells(store, run, suite))
    stricter = _suite(make_suite, Shorter(1))
    again = list(scored_cells(store, run, stricter, again=True))
    assert [draw.scored.adherence for draw in again[0].draws] == [1, 0, 0]
    assert list(scored_cells(store, run, suite)) == again


@pytest.mark.parametrize(
    ("parts", "adherence"),
    [
        ({}, [None, None, 1]),
        ({"truncated": "as_is"}, [1, None, 1]),
        ({"refusals": "fail"}, [None, 0, 1]),
    ],
    ids=["apart", "as it is", "refusals fail"],
)
def test_the_suite_says_how_cut_texts_and_refusals_count(
    store: Store, make_suite: Callable[..., Suite], parts: dict[str, str], adherence: list[float | None]
) -> None:
    """A truncated text, a refusal and a complete one, of one case."""
    suite = _suite(make_suite, Shorter(99), **parts)
    run = _drawn(store, suite, outcomes=("truncated", "refusal", "complete"))
    third = list(scored_cells(store, run, suite))[2]  # whose texts are none of them empty
    assert [draw.scored.adherence for draw in third.draws] == adherence


def test_the_suite_says_what_is_judged(store: Store, make_suite: Callable[..., Suite]) -> None:
    """A suite that asks for the reasoning gets no verdict on answers without any."""
    suite = _suite(make_suite, Shorter(99), judged="reasoning")
    first = next(scored_cells(store, _drawn(store, suite), suite))
    assert [draw.scored.adherence for draw in first.draws] == [None] * 3


def test_a_reading_that_stops_early_leaves_the_store_free(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Another run can be written while one is half read."""
    suite = _suite(make_suite, Shorter(2))
    cells = scored_cells(store, _drawn(store, suite), suite)
    next(cells)
    other = _drawn(store, suite)
    next(cells)
    assert len(list(cells)) == 6
    assert store.drawn_count(other.id) == 24


def test_a_run_without_draws_has_no_cells(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Nothing is made up."""
    suite = _suite(make_suite, Shorter(2))
    assert list(scored_cells(store, _drawn(store, suite, keep=0), suite)) == []


def test_a_system_prompt_judges_what_was_drawn_under_it(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Its verdicts come after the case's; under no system prompt, or another, there are none."""
    systems = {"terse": System("Be terse.", constraints=(Shorter(2),)), "kind": System("Be kind."), "none": System()}
    suite = make_suite(
        cases=(Case("one", "Say one.", {}, (Shorter(99),)),), systems=systems, axes={"system": (*systems, None)}
    )
    run = store.create_run(
        suite, seed=7, seed_from="suite", selection=SELECTED, planned=8, versions={}, profiles=PROVIDERS[:1]
    )
    conditions = tuple(Condition((("system", name),)) for name in ("terse", "kind", "none", None))
    samples = list(expand(Plan(suite, PROVIDERS[0], 7, seed_drawn=False), slots(conditions, suite.cases, 2)))
    store.commit(run.id, [(sample, Completion("complete", text="x" * 5)) for sample in samples])
    cells = list(scored_cells(store, run, suite))
    sources = [[verdict.source for verdict in cell.draws[0].scored.verdicts] for cell in cells]
    assert sources == [["case", "system"], ["case"], ["case"], ["case"]]
    assert [cell.draws[0].scored.adherence for cell in cells] == [0.5, 1, 1, 1]
    assert list(scored_cells(store, run, suite)) == cells  # as stored


@pytest.mark.parametrize(("limit", "adherence"), [(6, 1), (5, 0)], ids=["all short", "one long"])
def test_every_turn_of_a_live_conversation_is_judged(
    store: Store, make_suite: Callable[..., Suite], limit: int, adherence: float
) -> None:
    """The replies that the store has, with how they ended, and the answer."""
    exchanges = (Exchange("First?", None), Exchange("Second?", None))
    suite = make_suite(
        cases=(Case("one", "Say one.", {}, (InEveryTurn(Shorter(limit)),)),),
        conversation=Conversation(exchanges, "live"),
        repeats=1,
    )
    run = store.create_run(
        suite, seed=7, seed_from="suite", selection=SELECTED, planned=1, versions={}, profiles=PROVIDERS[:1]
    )
    plan = Plan(suite, PROVIDERS[0], 7, seed_drawn=False)
    (slot,) = slots((Condition((("turns", 2),)),), suite.cases, 1)
    replies = ("xx", "xxxxx")
    for turn, text in enumerate(replies):
        store.commit(run.id, [(live_sample(plan, slot, replies[:turn], turn), Completion("complete", text=text))])
    store.commit(run.id, [(live_sample(plan, slot, replies, None), Completion("complete", text="xxx"))])
    (cell,) = scored_cells(store, run, suite)
    assert cell.draws[0].scored.adherence == adherence
    assert cell.draws[0].scored.verdicts[0].constraint == "in_every_turn(shorter)"


def test_no_system_prompt_is_not_one_called_none(make_suite: Callable[..., Suite]) -> None:
    """Null on the axis names nothing."""
    suite = make_suite(systems={"None": System("Be terse.", constraints=(Shorter(2),))})
    assert system_constraints(suite, Condition((("system", None),))) == ()
    assert system_constraints(suite, Condition((("system", "None"),))) == (Shorter(2),)
    assert system_constraints(suite, Condition((("system", "gone"),))) == ()
    assert system_constraints(suite, Condition()) == ()


def test_one_cell_is_read_alone(store: Store, make_suite: Callable[..., Suite]) -> None:
    """It is the cell that reading the run yields; its verdicts are stored, and its neighbours' are not made."""
    constraint = Shorter(2)
    suite = _suite(make_suite, constraint)
    run = _drawn(store, suite)
    found = scored_cell(store, run, suite, "second", range(6, 9))
    assert sorted(constraint.judged) == sorted(["x" * number for number in (6, 7, 8)])
    asked = len(constraint.judged)
    assert scored_cell(store, run, suite, "second", range(6, 9)) == found
    assert len(constraint.judged) == asked
    cells = list(scored_cells(store, run, suite))
    assert found == next(cell for cell in cells if (cell.provider, cell.draws[0].position) == ("second", 6))


def test_of_a_cell_that_is_not_drawn_there_is_nothing(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Of one that is partly drawn there is that part."""
    suite = _suite(make_suite, Shorter(2))
    run = _drawn(store, suite, keep=4)
    part = scored_cell(store, run, suite, "first", range(3, 6))
    assert part is not None
    assert [draw.position for draw in part.draws] == [3]
    assert scored_cell(store, run, suite, "first", range(6, 9)) is None
    assert scored_cell(store, run, suite, "nobody", range(3)) is None


def test_a_cell_is_judged_where_nothing_can_be_written(store: Store, make_suite: Callable[..., Suite]) -> None:
    """The verdicts are made again the next time."""
    constraint = Shorter(2)
    suite = _suite(make_suite, constraint)
    run = _drawn(store, suite)
    with Store(store.path, busy_timeout_s=0.01) as other:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            first = scored_cell(other, run, suite, "second", range(3))
        assert all(each.scored is None for each in other.drawn_at(run.id, "second", range(3)))
        again = scored_cell(other, run, suite, "second", range(3))
    assert first is not None
    assert again is not None
    assert (
        [draw.scored.adherence for draw in first.draws] == [draw.scored.adherence for draw in again.draws] == [1, 1, 0]
    )
    assert len(constraint.judged) == 6
