"""Tests of the schema of baselines."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from jsonschema import Draft202012Validator  # noqa: TID253 - the reference for schemas

from evalkit.baselines.file_schema import baseline_schema
from evalkit.baselines.lines import baseline_lines
from tests.baselines.conftest import Rows, case, measured, row, text_of


def _validator() -> Any:  # noqa: ANN401 - jsonschema's types are partly unknown
    return Draft202012Validator(baseline_schema())


def test_the_schema_is_one() -> None:
    """It is valid itself."""
    Draft202012Validator.check_schema(baseline_schema())


@given(rows=measured())
def test_what_is_written_fits(rows: Rows) -> None:
    """Every baseline that is written fits the schema."""
    _validator().validate(json.loads("\n".join(baseline_lines(rows))))


def test_what_is_not_written_does_not_fit() -> None:
    """A case of another form is refused."""
    plain = json.loads(text_of(row(case())))
    validator = _validator()
    for name, value in (("draws", "8"), ("adherence", "one:2"), ("outcomes", "finished:8"), ("check", "x")):
        changed = json.loads(json.dumps(plain))
        changed["rows"][0]["cases"][0][name] = value
        assert not validator.is_valid(changed), name
    assert validator.is_valid(plain)
