"""What reports tell besides the numbers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from evalkit.draw import draw
from evalkit.expand import Plan, expand, slots
from evalkit.findings import Row
from evalkit.notes import batch_notes, judge_notes, kill_notes, served_notes
from evalkit.prepare import prepare
from evalkit.report import report
from evalkit.runs import start_run
from evalkit.selection import Selection
from evalkit.types import EMPTY, Condition

if TYPE_CHECKING:
    from evalkit.store import Store
    from tests.conftest import SmallProject


def _row(provider: str, model: str, *served: str) -> Row:
    """Make a row of which only matters who was asked and who answered."""
    return Row(
        provider=provider,
        model=model,
        served=served,
        condition=Condition(),
        requested=EMPTY,
        applied=EMPTY,
        unsupported=None,
        cases=1,
        completions={"complete": 1},
        decided=1,
        undecided=0,
        rule_share=None,
        input_tokens=None,
        cost_usd=None,
        measures={},
    )


@pytest.mark.parametrize(
    ("judged", "note"),
    [
        ("reasoning", "constraints and measures look at the reasoning, not the answer (`judged: reasoning`)"),
        ("both", "constraints and measures look at the reasoning and the answer together (`judged: both`)"),
    ],
)
def test_a_report_says_when_more_than_the_answer_is_judged(
    small_project: SmallProject, store: Store, judged: str, note: str
) -> None:
    """A reader of the numbers must know that they are not of the answers; the scripted model shows no reasoning."""
    text = (small_project.folder / "suites" / "small.yaml").read_text(encoding="utf-8")
    small_project.write("suites/small.yaml", text.replace("axes:\n", f"judged: {judged}\naxes:\n"))
    prepared = prepare(small_project.suite(), small_project.project, Selection())
    run = start_run(prepared, store)
    asyncio.run(draw(prepared, run, store))
    summary = report(run, store).summary
    assert note in summary.notes
    assert {row.undecided for row in summary.rows} == {6 if judged == "reasoning" else 0}


def test_a_report_says_what_is_in_batches_and_what_was_lost(small_project: SmallProject, store: Store) -> None:
    """What may have been paid for twice is no secret."""
    prepared = prepare(small_project.suite(), small_project.project, Selection())
    run = start_run(prepared, store)
    plan = Plan(prepared.suite, prepared.profiles[0], run.seed, seed_drawn=False)
    samples = list(expand(plan, slots(prepared.sweep.conditions, prepared.cases, prepared.repeats)))
    store.batches.lose(store.batches.intend(run.id, "script", samples[:5]).id)
    for part in (samples[5:10], samples[10:12]):
        store.batches.intend(run.id, "script", part)
    notes = report(run, store).summary.notes
    assert set(batch_notes(store, run.id)) <= set(notes)
    waiting, lost = (note for note in notes if note.startswith("script: "))
    assert waiting == "script: samples in batches that are not collected yet: 7"
    assert lost.startswith("script: a process was killed while it submitted a batch, and the vendor does not seem")
    assert lost.endswith("samples asked again: 5")


def test_calls_that_a_kill_broke_off_are_told() -> None:
    """Of the provider that had any under way, and of no other."""
    assert list(kill_notes({"one": 1200, "two": 0})) == [
        "one: calls under way when the run was stopped, and asked again: at most 1,200"
    ]


def test_another_model_than_the_one_asked_for_is_named() -> None:
    """Once for a provider, over all its rows; a dated name of the model asked for is not another one."""
    rows = [
        _row("one", "gpt-4.1", "gpt-4.1-2025-04-14"),
        _row("two", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1"),
        _row("two", "gpt-4.1", "gpt-4.1-nano"),
        _row("three", "gpt-4.1"),
    ]
    assert list(served_notes(rows)) == [
        "two: another model answered than the one asked for: gpt-4.1-mini and gpt-4.1-nano, not gpt-4.1"
    ]


def test_an_alias_is_resolved() -> None:
    """What answers bears another name by intention."""
    assert list(served_notes([_row("one", "gemini-flash-latest", "gemini-3.5-flash")])) == [
        "one: gemini-flash-latest is an alias, and gemini-3.5-flash answered"
    ]


def test_a_report_says_who_judged_and_who_judged_itself(small_project: SmallProject, store: Store) -> None:
    """With the judge's model and settings, and how many judgements are missing."""
    text = (small_project.folder / "suites/small.yaml").read_text(encoding="utf-8")
    small_project.write(
        "suites/small.yaml", text.replace("  - max_words: 8\n", "  - {judge: {question: Kind?, by: wise}}\n")
    )
    small_project.write("providers/wise.yaml", "adapter: scripted\nmodel: script\nsettings: {temperature: 0.5}\n")
    prepared = prepare(small_project.suite(), small_project.project, Selection())
    run = start_run(prepared, store)
    missing, who, itself = judge_notes(run, prepared.suite, 7)
    assert missing == "judgements that are missing: 7; verdicts that hang on them are undecided"
    assert who.startswith("wise judges (script, temperature 0.5); ")
    assert itself == "wise judges the answers of script, which is the same model; models tend to prefer their own"
    assert len(list(judge_notes(run, prepared.suite, 0))) == 2
