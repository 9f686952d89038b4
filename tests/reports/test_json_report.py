"""report.json, as a whole."""

from __future__ import annotations

import io
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evalkit.findings import (
    Change,
    Compared,
    Comparison,
    Demand,
    Estimate,
    JudgedGate,
    Needed,
    Operating,
    Pooled,
    Report,
    Row,
    Spent,
    Standing,
    Summary,
)
from evalkit.reports.json_report import JsonWriter, report_json
from evalkit.reports.report_schema import report_schema
from evalkit.types import OUTCOMES, Condition, LeftOut, Usage

EXPECTED = Path(__file__).parent / "expected" / "report.json"

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
NUMBERS = st.none() | st.floats()
COUNTS = st.integers(min_value=0, max_value=10**6)
VALUES = TEXTS | st.integers() | st.floats() | st.booleans() | st.lists(TEXTS, max_size=2).map(tuple)
SETTINGS = st.dictionaries(TEXTS, VALUES, max_size=2)
CONDITIONS = st.builds(
    Condition, st.dictionaries(TEXTS, VALUES | st.none(), max_size=2).map(lambda values: tuple(values.items()))
)
ESTIMATES = st.builds(Estimate, NUMBERS, NUMBERS, NUMBERS, TEXTS, st.sampled_from(["population", "case"]), NUMBERS)
STANDINGS = st.builds(Standing, COUNTS, COUNTS, COUNTS, ESTIMATES, ESTIMATES)
DEMANDS = st.builds(Demand, TEXTS, st.none() | TEXTS, st.sampled_from(["case", "system"]), st.none() | TEXTS)
CONSTRAINTS = st.dictionaries(DEMANDS, STANDINGS, max_size=2)
USAGES = st.builds(Usage, *(st.none() | COUNTS for _ in range(5)))
ROWS = st.builds(
    Row,
    provider=TEXTS,
    model=TEXTS,
    served=st.lists(TEXTS, max_size=2).map(tuple),
    condition=CONDITIONS,
    requested=SETTINGS,
    applied=SETTINGS,
    unsupported=st.none() | TEXTS,
    cases=COUNTS,
    completions=st.dictionaries(st.sampled_from(OUTCOMES), COUNTS),
    decided=COUNTS,
    undecided=COUNTS,
    rule_share=NUMBERS,
    input_tokens=NUMBERS,
    cost_usd=NUMBERS,
    measures=st.dictionaries(TEXTS, ESTIMATES, max_size=2),
    tokens=USAGES,
    retries=COUNTS,
    constraints=CONSTRAINTS,
    families=st.dictionaries(TEXTS, STANDINGS, max_size=1),
)
POOLED = st.builds(Pooled, TEXTS, st.none() | TEXTS, VALUES | st.none(), CONSTRAINTS)
SPENT = st.builds(Spent, COUNTS, NUMBERS, COUNTS, st.floats(min_value=0, max_value=1e6), USAGES, COUNTS, COUNTS)
CHANCES = st.floats(0, 1)
KEYS = st.tuples(TEXTS, CONDITIONS)
COMPARED = st.builds(
    Compared,
    measure=TEXTS,
    row=KEYS,
    against=KEYS,
    new=NUMBERS,
    old=NUMBERS,
    difference=ESTIMATES,
    margin=CHANCES,
    cases=COUNTS,
    units=COUNTS,
    p_worse=st.none() | CHANCES,
    p_not_worse=st.none() | CHANCES,
    corrected_worse=st.none() | CHANCES,
    corrected_not_worse=st.none() | CHANCES,
    smallest_p=CHANCES,
    method=TEXTS,
    verdict=st.sampled_from(["worse", "not_worse", "undecided"]),
    needed=st.none() | st.builds(Needed, st.none() | COUNTS, st.none() | COUNTS),
    flags=st.lists(TEXTS, max_size=1).map(tuple),
)
COMPAREDS = st.lists(COMPARED, max_size=1).map(tuple)
GATES = st.builds(
    JudgedGate,
    name=TEXTS,
    verdict=st.sampled_from(["passed", "worse"]),
    why=TEXTS,
    alarming=st.booleans(),
    compared=COMPAREDS,
    operating=st.none() | st.builds(Operating, CHANCES, CHANCES, NUMBERS, NUMBERS),
)
CHANGES = st.builds(Change, TEXTS, TEXTS, NUMBERS, NUMBERS, st.none() | st.booleans(), TEXTS)
REPORTS = st.builds(
    Report,
    st.builds(
        Summary,
        run=TEXTS,
        suite_name=TEXTS,
        suite_version=st.integers(),
        suite_hash=TEXTS,
        rows=st.lists(ROWS, max_size=2).map(tuple),
        left_out=st.lists(st.builds(LeftOut, CONDITIONS, TEXTS, TEXTS), max_size=2).map(tuple),
        missing=COUNTS,
        notes=st.lists(TEXTS, max_size=2).map(tuple),
        spent=st.dictionaries(TEXTS, SPENT, max_size=2),
        pooled=st.lists(POOLED, max_size=2).map(tuple),
    ),
    st.lists(GATES, max_size=2).map(tuple),
    st.none() | st.builds(Comparison, TEXTS, COMPAREDS, st.lists(TEXTS, max_size=1).map(tuple)),
    st.lists(CHANGES, max_size=1).map(tuple),
    st.dictionaries(TEXTS, st.dictionaries(TEXTS, TEXTS | NUMBERS | st.integers(), max_size=2), max_size=2),
)


def written(report: Report) -> str:
    """Write report.json."""
    stream = io.StringIO()
    JsonWriter().write(report, (), stream)
    return stream.getvalue()


def refuse(word: str) -> float:
    """Refuse the words that JSON does not have."""
    raise AssertionError(word)


def test_whole_report(report: Report) -> None:
    """All that a report holds is written in the documented shape and order."""
    expected = EXPECTED.read_text(encoding="utf-8").replace("VERSION", version("prompt-evalkit"))
    assert written(report) == expected


@given(REPORTS)
def test_any_report_is_strict_json_that_keeps_to_the_schema(report: Report) -> None:
    """Whatever a report holds, what is written is UTF-8, has no NaN and meets the schema."""
    from jsonschema import Draft202012Validator

    document = json.loads(written(report).encode("utf-8"), parse_constant=refuse)
    validator: Any = Draft202012Validator(report_schema())
    validator.validate(document)
    assert [row["cases"] for row in document["rows"]] == [row.cases for row in report.summary.rows]


def test_tuples_are_lists(report: Report) -> None:
    """A setting on which draws differ is a list of the values met."""
    assert json.loads(written(report))["rows"][2]["applied"]["top_p"] == ["0.9", "1.0"]


def test_every_outcome_is_counted_even_at_zero(report: Report) -> None:
    """A reader need not guess what a missing count means."""
    assert report_json(report)["rows"][3]["completions"] == {**dict.fromkeys(OUTCOMES, 0), "unsupported": 24}
