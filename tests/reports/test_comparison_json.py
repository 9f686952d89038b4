"""Comparisons as JSON, and their schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evalkit.compare.sides import Wanted, hold, pair_sides
from evalkit.reports.comparison_json import comparison_schema, held_json
from measured_rows import Rows, adherence, row, scores


@pytest.mark.parametrize("cases", [0, 1, 12])
def test_what_is_written_keeps_to_the_schema(cases: int) -> None:
    """With nothing in common, one case and several, the document has the documented shape and no NaN."""
    from jsonschema import Draft202012Validator

    new, old = (Rows([row(adherence(*[scores(one, missing=1)] * cases), t=None)], str(one)) for one in (0.0, 1.0))
    held = hold(pair_sides(new, old), Wanted("suite", ("adherence",), 0.05))
    document = json.loads(json.dumps(held_json(new.of, 0.05, held.headline, held.explored), allow_nan=False))
    validator: Any = Draft202012Validator(comparison_schema())
    validator.validate(document)
    assert [each["cases"] for each in document["headline"]] == [cases]


def test_schema_is_a_schema() -> None:
    """The schema itself is valid."""
    from jsonschema import Draft202012Validator

    validator: Any = Draft202012Validator
    validator.check_schema(comparison_schema())
