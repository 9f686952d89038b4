"""report.json, as a whole."""

from __future__ import annotations

import io
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.findings import Estimate, JudgedGate, Report, Row, Spent, Summary
from evalkit.reports.json_report import JsonWriter, report_json, report_schema
from evalkit.types import OUTCOMES, Condition, LeftOut, Usage

if TYPE_CHECKING:
    from evalkit.types import Json

EXPECTED = Path(__file__).parent / "expected" / "report.json"

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
NUMBERS = st.none() | st.floats()
COUNTS = st.integers(min_value=0, max_value=10**6)
VALUES = TEXTS | st.integers() | st.floats() | st.booleans() | st.lists(TEXTS, max_size=2).map(tuple)
SETTINGS = st.dictionaries(TEXTS, VALUES, max_size=2)
CONDITIONS = st.builds(
    Condition, st.dictionaries(TEXTS, VALUES | st.none(), max_size=2).map(lambda values: tuple(values.items()))
)
ESTIMATES = st.builds(Estimate, NUMBERS, NUMBERS, NUMBERS, TEXTS, st.sampled_from(["population", "case"]))
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
)
SPENT = st.builds(Spent, COUNTS, NUMBERS, COUNTS, st.floats(min_value=0, max_value=1e6), USAGES, COUNTS, COUNTS)
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
    ),
    st.lists(st.builds(JudgedGate, TEXTS, st.sampled_from(["passed", "worse"]), TEXTS), max_size=2).map(tuple),
    st.dictionaries(TEXTS, st.dictionaries(TEXTS, TEXTS | NUMBERS | st.integers(), max_size=2), max_size=2),
)


def validator() -> Any:  # noqa: ANN401 - jsonschema's own class
    """Make a validator of the schema."""
    import jsonschema

    return jsonschema.Draft202012Validator(report_schema())


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
    document = json.loads(written(report).encode("utf-8"), parse_constant=refuse)
    validator().validate(document)
    assert [row["cases"] for row in document["rows"]] == [row.cases for row in report.summary.rows]


def test_schema_is_a_valid_one() -> None:
    """The schema keeps to the draft that it names."""
    validator().check_schema(report_schema())


def the_shape() -> Json:
    """Return the smallest document of format 1 that other programs may rely on."""
    completions = {"complete": 7, "truncated": 1, "refusal": 0, "error": 0}
    measures = {"adherence": {"estimate": 0.81, "low": 0.6, "high": 0.93, "method": "..."}}
    row = {
        "provider": "smollm2",
        "model": "...",
        "served": ["..."],
        "condition": {"temperature": 0.8, "system": "dense", "turns": 4},
        "applied": {"temperature": 0.8, "max_tokens": 48},
        "unsupported": None,
        "cases": 2,
        "completions": completions,
        "scores": {"decided": 15, "undecided": 1},
        "cost_usd": None,
        "measures": measures,
    }
    suite = {"name": "quick", "version": 1, "hash": "..."}
    gates = [{"name": "...", "verdict": "not_worse", "why": "..."}]
    return {"format": 1, "evalkit": "0.1.0", "suite": suite, "run": "...", "rows": [row], "gates": gates}


def test_format_1_is_accepted() -> None:
    """A document with the fields that format 1 promises meets the schema."""
    assert validator().is_valid(the_shape())


@pytest.mark.parametrize("field", ["provider", "served", "applied", "unsupported", "completions", "cost_usd"])
def test_promised_field_may_not_be_missing(field: str) -> None:
    """The schema refuses a row without a field that format 1 promises."""
    document = the_shape()
    del document["rows"][0][field]
    (fault,) = validator().iter_errors(document)
    assert fault.message == f"'{field}' is a required property"


def test_tuples_are_lists(report: Report) -> None:
    """A setting on which draws differ is a list of the values met."""
    assert json.loads(written(report))["rows"][2]["applied"]["top_p"] == ["0.9", "1.0"]


def test_every_outcome_is_counted_even_at_zero(report: Report) -> None:
    """A reader need not guess what a missing count means."""
    assert report_json(report)["rows"][3]["completions"] == {**dict.fromkeys(OUTCOMES, 0), "unsupported": 24}
