"""Tests of drawing in rounds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from evalkit.draw import draw
from evalkit.prepare import prepare
from evalkit.report import report
from evalkit.runs import reopen_run, start_run
from evalkit.selection import Selection
from evalkit.store import Store

if TYPE_CHECKING:
    from evalkit.generate import Tally
    from evalkit.prepare import Prepared
    from evalkit.types import Run
    from tests.conftest import SmallProject

CASES = 30
SUITE = """\
suite: rounds
version: 1
providers: [steady, loose]
repeats: {min: 2, max: 16, until: {measure: adherence, half_width: 0.14}}
seed: 3
constraints:
  - max_words: 8
cases:
""" + "".join(f"  - {{id: c{number}, prompt: Say {number}.}}\n" for number in range(CASES))
STEADY = "adapter: scripted\nmodel: steady\noptions:\n  answers: {'*': yes it does}\n"
LOOSE = "adapter: scripted\nmodel: loose\noptions:\n  words: [3, 14]\n"
# An adapter of the user's that fails as a whole at the fifth repeat while a file named `down` lies beside it.
FLAKY = """
from pathlib import Path
from evalkit.errors import ProviderError
from evalkit.providers.scripted import ScriptedProvider


class Flaky(ScriptedProvider):
    async def complete(self, samples):
        async for sample, completion in super().complete(samples):
            if sample.repeat == 4 and (Path(__file__).parent / "down").exists():
                raise ProviderError("the service went away")
            yield sample, completion
"""


@pytest.fixture
def project(small_project: SmallProject) -> SmallProject:
    """Give a project whose suite is drawn in rounds from two providers."""
    small_project.write("suites/small.yaml", SUITE)
    small_project.write("providers/steady.yaml", STEADY)
    small_project.write("providers/loose.yaml", LOOSE)
    return small_project


def _draw(project: SmallProject, store: Store, run: Run | None = None) -> tuple[Prepared, Run, Tally]:
    if run is None:
        prepared = prepare(project.suite(), project.project, Selection())
        run = start_run(prepared, store)
    else:
        prepared = reopen_run(run, project.project)
    return prepared, run, asyncio.run(draw(prepared, run, store))


def test_rows_that_are_precise_enough_are_drawn_no_further(project: SmallProject) -> None:
    """A provider that always passes stops at the first look; one that wavers goes on, and both runs are complete."""
    with Store(project.folder / "runs.db") as store:
        prepared, run, _ = _draw(project, store)
        finished = report(store.run(run.id), store)
        looks = store.looks(run)
        drawn = {row.provider: sum(row.completions.values()) // CASES for row in finished.summary.rows}
    assert prepared.rounds is not None
    assert prepared.rounds.ends == (2, 3, 6, 10, 16)
    assert looks is not None
    assert drawn["steady"] == 2 < drawn["loose"]
    assert drawn["loose"] in prepared.rounds.ends
    assert finished.summary.missing == 0
    assert any("drawn in rounds" in note for note in finished.summary.notes)


def test_an_ended_run_is_complete_and_draws_nothing_more(project: SmallProject) -> None:
    """Resuming a run that has ended early asks for nothing, and takes no further look."""
    with Store(project.folder / "runs.db") as store:
        _, run, _ = _draw(project, store)
        run = store.run(run.id)
        before = (store.looks(run), store.drawn_count(run.id))
        assert run.finished_at is not None
        assert run.planned == before[1]
        _, _, tally = _draw(project, store, run)
        assert (store.looks(run), store.drawn_count(run.id)) == before
    assert tally.asked == 0


def test_intervals_are_wider_the_more_looks_there_are(project: SmallProject) -> None:
    """A row's interval is at the level of the look that it ended at, and says so."""
    with Store(project.folder / "runs.db") as store:
        _, run, _ = _draw(project, store)
        rows = report(store.run(run.id), store).summary.rows
        project.write("suites/small.yaml", SUITE.replace("{min: 2, max: 16", "2 #"))
        _, plain, _ = _draw(project, store)
        same = report(store.run(plain.id), store).summary.rows
    steady, once = rows[0].measures["adherence"], same[0].measures["adherence"]
    assert steady.low is not None
    assert once.low is not None
    assert steady.estimate == once.estimate == 1.0
    assert steady.low < once.low
    assert once.method.endswith("95 %")
    assert not steady.method.endswith(" 95 %")


def test_a_killed_round_is_finished_before_it_is_looked_at(project: SmallProject) -> None:
    """A run that broke off goes on where it was, and takes the same looks with the same outcome as one that did not."""
    project.write("providers/flaky.py", FLAKY)
    project.write("providers/loose.yaml", LOOSE.replace("scripted", "./flaky.py:Flaky"))
    with Store(project.folder / "whole.db") as store:
        _, run, _ = _draw(project, store)
        whole = report(store.run(run.id), store).summary.rows, store.looks(run)
    down = project.write("providers/down", "")
    with Store(project.folder / "broken.db") as store:
        _, run, tally = _draw(project, store)
        assert tally.failures
        looks = store.looks(run)
        assert looks is not None
        assert len(looks.settled) == 2  # before the round that broke off
        down.unlink()
        _, _, tally = _draw(project, store, store.run(run.id))
        assert not tally.failures
        resumed = report(store.run(run.id), store).summary.rows, store.looks(run)
    assert resumed == whole


def test_a_part_of_the_cells_is_drawn_in_rounds_like_all_of_them(project: SmallProject) -> None:
    """Looks are taken of the rows that there are, and nothing of the other cells is missing."""
    cells = {"steady": tuple(range(0, CASES, 2)), "loose": (3, 1)}
    with Store(project.folder / "runs.db") as store:
        prepared = prepare(project.suite(), project.project, Selection(cells=cells))
        run = start_run(prepared, store)
        tally = asyncio.run(draw(prepared, run, store))
        rows = {row.provider: row for row in report(store.run(run.id), store).summary.rows}
        kept = store.run(run.id)
        drawn = {name: {each.case_id for each in store.drawn(run.id, name)} for name in cells}
    assert kept.finished_at is not None
    assert kept.planned == tally.done == sum(sum(row.completions.values()) for row in rows.values())
    assert rows["loose"].completions["complete"] == 2 * 16  # two cases are never precise enough
    assert drawn == {"steady": {f"c{number}" for number in range(0, CASES, 2)}, "loose": {"c1", "c3"}}
