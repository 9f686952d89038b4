"""The JSON Schema of report.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.reports.report_schema import report_schema

if TYPE_CHECKING:
    from evalkit.types import Json


def validator() -> Any:  # noqa: ANN401 - jsonschema's own class
    """Make a validator of the schema."""
    import jsonschema

    return jsonschema.Draft202012Validator(report_schema())


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


@pytest.mark.parametrize("field", ["constraint", "source", "cases", "strict", "loose"])
def test_a_constraint_says_what_it_is_and_how_it_was_met(field: str) -> None:
    """The list may be missing; what stands in it may not be without its parts."""
    document = the_shape()
    measure = {"estimate": None, "low": None, "high": None, "method": "nothing was decided"}
    constraint: Json = {
        "constraint": "max_words", "family": "length", "source": "case", "ifeval_id": None,
        "cases": 0, "decided": 0, "undecided": 2, "strict": measure, "loose": measure,
    }  # fmt: skip
    document["rows"][0]["constraints"] = [constraint]
    assert validator().is_valid(document)
    del constraint[field]
    assert not validator().is_valid(document)
