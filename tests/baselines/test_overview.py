"""Tests of summing baselines up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.baselines.baseline import read_baseline
from evalkit.baselines.files import save_baseline
from evalkit.baselines.overview import overview, overview_json
from evalkit.measured import CaseScores
from evalkit.sketches import Sketches, sketch_texts
from tests.baselines.conftest import OF, Rows, case, row

if TYPE_CHECKING:
    from tests.conftest import SmallProject


def test_rows_come_with_means_and_counts(small_project: SmallProject) -> None:
    """A mean is over cases; what has no score is counted apart, and so is what was kept."""
    undecided = case("b", 0, 4, outcomes={"truncated": 3}, scores={"adherence": CaseScores((), missing=4)}, run="other")
    rows = Rows(OF, (row(case("a", 0), undecided), row(case("a"), case("c", scores={}), temperature=0.0)))
    save_baseline("main", rows, small_project.project, sketches=Sketches({(*row().key, "a"): sketch_texts(["one"])}))
    baseline = read_baseline("main", small_project.project)
    found = overview(baseline)
    assert (found.cases, found.repeats, found.kept) == (3, (4, 8), 1)
    assert found.bytes == baseline.path.stat().st_size
    assert found.sketch_bytes is not None
    cold, hot = found.rows
    assert hot["means"] == {
        "adherence": 0.5, "full_adherence": 0.0, "adherence_loose": 0.5, "full_adherence_loose": 0.0
    }  # fmt: skip
    assert (hot["due"], hot["completions"], hot["unscored"]) == (12, {"complete": 8, "truncated": 3}, 4)
    assert (cold["cases"], cold["unscored"]) == (2, 8)
    assert overview_json(baseline, found, rows=True)["rows"] == found.rows
    assert overview_json(baseline, found, rows=False)["rows"] == 2


def test_nothing_at_all_has_an_overview(small_project: SmallProject) -> None:
    """No row, no case, no repeat."""
    save_baseline("main", Rows(OF, ()), small_project.project)
    found = overview(read_baseline("main", small_project.project))
    assert (found.rows, found.cases, found.repeats, found.sketch_bytes) == ([], 0, (0, 0), None)
