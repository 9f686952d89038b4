"""The parts of JSON Schemas, against a validator of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # noqa: TID253 - the reference for schemas

from evalkit.json_schema import COUNT, MAYBE_TEXT, NUMBER, TEXT, document_schema, object_schema

if TYPE_CHECKING:
    from evalkit.types import Json


def _takes(schema: Json, plain: Json) -> bool:
    validator: Any = Draft202012Validator(schema)  # jsonschema's types are partly unknown
    taken: bool = validator.is_valid(plain)
    return taken


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (TEXT, ["", "a"], [None, 1]),
        (MAYBE_TEXT, ["", None], [1]),
        (NUMBER, [0, 1.5, None], ["1"]),
        (COUNT, [0, 3], [-1, 1.5, None]),
    ],
    ids=["text", "maybe text", "number", "count"],
)
def test_a_part_takes_what_it_stands_for(schema: Json, good: list[Json], bad: list[Json]) -> None:
    """And null only where something may not be known."""
    assert [_takes(schema, each) for each in (*good, *bad)] == [True] * len(good) + [False] * len(bad)


def test_properties_are_required_unless_they_are_optional() -> None:
    """Others may be added."""
    schema = object_schema({"here": TEXT, "later": COUNT}, optional=("later",))
    assert _takes(schema, {"here": "a", "more": 1})
    assert not _takes(schema, {"later": 1})
    assert not _takes(schema, {"here": "a", "later": -1})


def test_a_document_has_its_form_and_its_definitions() -> None:
    """The schema itself is one of the dialect that it names."""
    schema = document_schema("a paper", {"format": {"const": 1}, "lines": {"$ref": "#/$defs/lines"}}, {"lines": COUNT})
    Draft202012Validator.check_schema(schema)
    assert _takes(schema, {"format": 1, "lines": 3})
    assert not _takes(schema, {"format": 2, "lines": 3})
    assert not _takes(schema, {"format": 1, "lines": -3})
