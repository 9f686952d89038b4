"""What a report explores besides its gates."""

from __future__ import annotations

from evalkit.compare.evidence import Evidence
from evalkit.compare.explored import explored
from evalkit.findings import Report
from measured_rows import Rows, adherence, row, scores, summarised

ROWS = [row(adherence(*[scores(1.0, 1.0)] * 9), turns=turns) for turns in (0, 4)]
REPORT = Report(summarised(*ROWS))


def test_a_run_is_explored_against_its_baseline() -> None:
    """Every row that both have, or those that `where` selects."""
    evidence = Evidence(Rows(ROWS), Rows(ROWS, name="main"))
    found = explored(evidence, REPORT)
    assert found is not None
    assert (found.name, len(found.rows)) == ("baseline main", 2)
    narrowed = explored(evidence, REPORT, where={"turns": (4,)})
    assert narrowed is not None
    assert [each.row[1].turns for each in narrowed.rows] == [4]


def test_nothing_is_explored_where_nothing_can_be_compared() -> None:
    """Without a baseline, with one of another suite, and where too much failed."""
    assert explored(Evidence(Rows(ROWS)), REPORT) is None
    assert explored(Evidence(Rows(ROWS), Rows(ROWS, suite_name="other")), REPORT) is None
    failed = Report(REPORT.summary, incomplete="too much failed")
    assert explored(Evidence(Rows(ROWS), Rows(ROWS)), failed) is None
