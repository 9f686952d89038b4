"""How baselines are written for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.baselines.baseline import read_baseline
from evalkit.baselines.files import save_baseline
from evalkit.baselines.overview import overview
from evalkit.cli.baseline_lines import list_line, overview_lines
from evalkit.measured import CaseScores
from tests.baselines.conftest import OF, Rows, case, row

if TYPE_CHECKING:
    from tests.conftest import SmallProject


def test_a_baseline_is_shown_with_its_rows(small_project: SmallProject) -> None:
    """Whole output: what it is of, what was kept, and each row with means and counts."""
    odd = case("b", 0, 4, outcomes={"refusal": 3}, scores={"adherence": CaseScores((), missing=4)}, run="other")
    rows = (row(case("a", 4), odd), row(case("a", outcomes={}, scores={}), temperature=0.0))
    save_baseline("main", Rows(replace(OF, date=None), rows), small_project.project)
    baseline = read_baseline("main", small_project.project)
    found = overview(baseline)
    hot = "smollm2  temperature 0.8, system dense"
    assert list(overview_lines(baseline, found)) == [
        "baseline main of suite tone, version 2 (ffffffffffff)",
        f"run {OF.run}; written by evalkit {baseline.evalkit}, scoring version 1",
        "2 rows, 2 cases, 4 to 8 repeats; no sketches of the texts",
        "1 cell kept from earlier runs",
        "",
        "smollm2  temperature 0.0  adherence –  full_adherence –  1 case  nothing drawn, 8 without a score",  # noqa: RUF001 - a dash is what is not known
        f"{hot}  adherence 0.75  full_adherence 0.50  2 cases  8 complete, 3 refusal, 4 without a score",
    ]
    assert list_line(baseline, found) == (
        f"main  tone 2  {OF.run}  –  2 rows  2 cases  4 to 8 repeats  {found.bytes:,} bytes"  # noqa: RUF001 - as above
    )
