"""A run, summarised and judged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from evalkit.draw import draw
from evalkit.prepare import prepare
from evalkit.report import report
from evalkit.runs import reopen_run, start_run
from evalkit.selection import Selection

if TYPE_CHECKING:
    from evalkit.findings import Report
    from evalkit.generate import Tally
    from evalkit.prepare import Prepared
    from evalkit.store import Store
    from evalkit.types import Run
    from tests.conftest import SmallProject


EVERYTHING = Selection()


def _prepare(small: SmallProject, selection: Selection = EVERYTHING) -> Prepared:
    return prepare(small.suite(), small.project, selection)


def _draw(
    small: SmallProject, store: Store, run: Run | None = None, *, seed: int | None = None, reuse: bool = False
) -> tuple[Run, Tally]:
    """Start a run, or go on with one, and draw all there is to draw."""
    prepared = _prepare(small) if run is None else reopen_run(run, small.project)
    run = run or start_run(prepared, store, seed=seed)
    return run, asyncio.run(draw(prepared, run, store, reuse=reuse))


def test_a_drawn_run_is_reported_whole(small_project: SmallProject, store: Store) -> None:
    """Every probe is counted, and the run has an end."""
    run, tally = _draw(small_project, store)
    assert (tally.planned, tally.done) == (24, 24)
    assert store.run(run.id).finished_at is not None
    summary = report(run, store).summary
    assert [row.condition.label for row in summary.rows] == [
        f"temperature {temperature}, system {system}" for temperature in (0.0, 1.0) for system in ("none", "dense")
    ]
    assert {row.completions["complete"] for row in summary.rows} == {6}
    assert summary.missing == 0
    assert {"adherence", "full_adherence", "exact_agreement"} <= set(summary.rows[0].measures)
    assert summary.rows[0].measures["exact_agreement"].estimate == 1
    assert summary.notes[-1] == "seed 11, from the suite"
    assert set(report(run, store).environment["script"]) == {"python"}


def test_a_report_shows_the_rows_that_are_asked_for(small_project: SmallProject, store: Store) -> None:
    """Nothing counts as missing because it is not shown."""
    run, _ = _draw(small_project, store)
    summary = report(run, store, where={"system": ("dense",)}).summary
    assert {row.condition.get("system") for row in summary.rows} == {"dense"}
    assert len(summary.rows) == 2
    assert summary.missing == 0


def _adherence(judged: Report) -> list[float | None]:
    return [row.measures["adherence"].estimate for row in judged.summary.rows]


def test_a_later_suite_judges_everything_again(small_project: SmallProject, store: Store) -> None:
    """And a report without one shows the later verdicts, which are the stored ones."""
    run, _ = _draw(small_project, store)
    assert None not in _adherence(report(run, store))
    text = (small_project.folder / "suites" / "small.yaml").read_text(encoding="utf-8")
    small_project.write("suites/small.yaml", text.replace("max_words: 8", "max_words: 0"))
    assert _adherence(report(run, store, suite=small_project.suite())) == [0] * 4
    assert _adherence(report(run, store)) == [0] * 4


def test_a_report_says_what_a_reader_must_know(small_project: SmallProject, store: Store) -> None:
    """How cut texts and refusals count, shared luck, the seed, and what was left out."""
    text = (small_project.folder / "suites" / "small.yaml").read_text(encoding="utf-8")
    turned = text.replace("axes:\n", "truncated: as_is\nrefusals: fail\naxes:\n  turns: [1]\n  refresh: [never, 1]\n")
    turned += "conversation: {exchanges: [{user: Hi., assistant: Hello.}]}\n"
    small_project.write("suites/small.yaml", turned)
    run, _ = _draw(small_project, store, seed=5)
    summary = report(run, store).summary
    assert summary.notes == (
        "truncated completions are scored as if they were whole (`truncated: as_is`)",
        "refusals count as breaking every constraint (`refusals: fail`)",
        "conditions of one case and repeat share their random draws, where the provider honours seeds",
        "seed 5, from --seed",
    )
    assert {left_out.axis for left_out in summary.left_out} == {"refresh"}
    assert len(summary.left_out) == 2
    assert len(summary.rows) == 6
