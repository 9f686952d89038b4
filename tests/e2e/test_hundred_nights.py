"""A hundred nights through runs and baselines give what the functions give on the same scores."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from evalkit.baselines.baseline import read_baseline
from evalkit.baselines.files import save_baseline
from evalkit.cells import scored_cells
from evalkit.draw import draw
from evalkit.measured import CaseScores
from evalkit.measuring import run_measured
from evalkit.pairing import pair_cases
from evalkit.prepare import prepare
from evalkit.report import report
from evalkit.runs import start_run
from evalkit.selection import Selection
from evalkit.statistics.differences import p_above, p_below
from evalkit.statistics.multiplicity import holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.measured import RowKey
    from evalkit.store import Store
    from evalkit.types import Run, Suite
    from tests.conftest import SmallProject

NIGHTS = 100
MARGIN, PER_RUN = 0.2, 0.1
CASES = "".join(f"  - {{id: case-{number}, prompt: Say thing {number}.}}\n" for number in range(8))
SUITE = f"""\
suite: small
providers: [script]
repeats: 4
max_failed: 0.5
alarms: {{per_run: {PER_RUN}}}
noise: independent
axes: {{temperature: [0.5, 1.0]}}
constraints: [max_words: 9]
cases:
{CASES}gates: [{{measure: adherence, no_worse_than: baseline, margin: {MARGIN}}}]
"""
OPTIONS = ("words: [1, 10]", "words: [1, 18]", "words: [1, 9]", "words: [1, 10], faults: {refusal: 0.1, error: 0.05}")
"""The same as the baseline, worse, perfect, and the same with answers that are missing."""


def _night(project: SmallProject, store: Store, seed: int, options: str) -> tuple[Run, Suite]:
    project.write("providers/script.yaml", f"adapter: scripted\nmodel: script\noptions: {{{options}}}\n")
    suite = project.suite()
    prepared = prepare(suite, project.project, Selection())
    run = start_run(prepared, store, seed=seed)
    asyncio.run(draw(prepared, run, store))
    return run, suite


def _scores(store: Store, run: Run, suite: Suite) -> dict[RowKey, list[CaseScores]]:
    """Count scores as they are in the store, by nothing that gates use."""
    found: dict[RowKey, list[CaseScores]] = {}
    for cell in scored_cells(store, run, suite):
        values = [draw.scored.adherence for draw in cell.draws]
        counts = sorted(Counter(value for value in values if value is not None).items())
        found.setdefault((cell.provider, cell.condition), []).append(
            CaseScores(tuple(counts), missing=values.count(None))
        )
    return found


def _evidence(new: Sequence[CaseScores], old: Sequence[CaseScores]) -> tuple[float, float]:
    worse = p_below(pair_cases(new, old, scope="suite", missing="in_favour"), -MARGIN)
    return worse, p_above(pair_cases(new, old, scope="suite", missing="against"), -MARGIN)


@pytest.mark.slow
def test_a_hundred_nights_are_judged_as_their_scores_are(small_project: SmallProject, store: Store) -> None:
    """Night by night the same p, raw and corrected, and the same verdict; each verdict is met."""
    small_project.write("suites/small.yaml", SUITE)
    first, suite = _night(small_project, store, 1, OPTIONS[0])
    save_baseline("main", run_measured(store, first, suite), small_project.project)
    before = _scores(store, first, suite)
    baseline = read_baseline("main", small_project.project)
    verdicts: Counter[str] = Counter()
    for night in range(NIGHTS):
        run, suite = _night(small_project, store, 1000 + night, OPTIONS[night % len(OPTIONS)])
        (gate,) = report(run, store, baseline=baseline, look=True).gates
        now = _scores(store, run, suite)
        worse, not_worse = zip(*(_evidence(now[key], before[key]) for key in now), strict=True)
        assert [each.row for each in gate.compared] == list(now)
        assert [each.p_worse for each in gate.compared] == list(worse)
        assert [each.p_not_worse for each in gate.compared] == list(not_worse)
        assert [each.corrected_worse for each in gate.compared] == holm(worse)
        assert [each.corrected_not_worse for each in gate.compared] == holm(not_worse)
        harm = any((p or 0) <= PER_RUN for p in holm(worse))
        none = all((p or 0) <= PER_RUN for p in holm(not_worse))
        assert gate.verdict == ("worse" if harm else "not_worse" if none else "undecided")
        verdicts[gate.verdict] += 1
    assert set(verdicts) == {"worse", "not_worse", "undecided"}
