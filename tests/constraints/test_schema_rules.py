"""Schemas that can be held to, and keywords in linear time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from evalkit.constraints.schema_rules import searcher, validator_of
from evalkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "nonsense"}, "no JSON Schema"),
        ({"properties": 3}, "no JSON Schema"),
        ({"$ref": "https://example.org/a"}, "must point into the schema itself"),
        ({"items": {"$dynamicRef": "other.json#a"}}, "must point into the schema itself"),
        ({"$ref": "#/$defs/a"}, "has no '#/$defs/a' to refer to"),
        ({"$ref": "#"}, "refers to itself alone"),
        ({"pattern": "(?=a)"}, "none that RE2 knows"),
        ({"patternProperties": {r"(a)\1": {}}}, "none that RE2 knows"),
        ({"$schema": "https://example.org/draft"}, "names a `$schema` that is not known"),
        ({"patternProperties": {"a": {}}, "unevaluatedProperties": False}, "cannot be judged"),
    ],
)
def test_a_schema_that_cannot_be_held_to_is_refused(schema: dict[str, Any], message: str) -> None:
    """Before anything is asked for."""
    with pytest.raises(ArgumentError, match=message.replace("$", r"\$").replace("(", r"\(")) as caught:
        validator_of(schema)
    assert caught.value.path == ("schema",)


def test_a_schema_nested_without_end_is_refused() -> None:
    """Not by a traceback."""
    schema: dict[str, Any] = {}
    for _ in range(300):
        schema = {"items": schema}
    with pytest.raises(ArgumentError, match="nested more than 200 deep"):
        validator_of(schema)


@pytest.mark.parametrize(
    "draft", ["http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-04/schema#"]
)
def test_earlier_drafts_are_known(draft: str) -> None:
    """By their `$schema`."""
    validator = validator_of(
        {"$schema": draft, "definitions": {"a": {"type": "null"}}, "items": {"$ref": "#/definitions/a"}}
    )
    assert [list(error.absolute_path) for error in validator.iter_errors([None, 1])] == [[1]]


def test_additional_properties_come_in_the_order_of_the_document() -> None:
    """In every run, whatever the seed of hashes."""
    errors = validator_of({"additionalProperties": {"type": "null"}}).iter_errors({"c": 1, "a": 2, "b": None, "d": 3})
    assert [list(error.absolute_path) for error in errors] == [["c"], ["a"], ["d"]]


def test_elements_are_found_to_be_unique_in_linear_time() -> None:
    """Those of different types too, which cannot be sorted; true is not 1."""
    validator = validator_of({"uniqueItems": True})
    start = time.process_time()
    assert validator.is_valid([*range(10_000), *map(str, range(10_000)), True, False, None, [1], {"a": 1}])
    assert time.process_time() - start < 3
    assert not validator.is_valid([{"a": 1, "b": 2}, {"b": 2, "a": 1.0}])


def test_a_pattern_meets_half_a_character() -> None:
    """Which UTF-8 cannot hold."""
    assert searcher("^a.$")("a\ud800")
