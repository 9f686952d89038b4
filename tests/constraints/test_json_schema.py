"""JSON as a schema wants it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.json_schema import LONGEST, JsonSchema
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.errors import ArgumentError

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$"},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
        "tags": {"type": "array", "uniqueItems": True, "items": {"$ref": "#/$defs/tag"}},
    },
    "patternProperties": {"^x-": {"type": "null"}},
    "additionalProperties": False,
    "$defs": {"tag": {"enum": ["a", "b"]}},
}


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ('{"name": "kafka"}', "the JSON is as the schema wants it", '{"name": "kafka"}'),
        ("[]", 'the document is `[]`, against `type: "object"`', "[]"),
        ("{}", 'the document has no `"name"`, which the schema requires', "{}"),
        ('{"name": "K"}', '`/name` is `"K"`, against `pattern: "^[a-z]+$"`', '"K"'),
        ('{"name": "k", "score": 0}', "`/score` is `0`, against `minimum: 1`", "0"),
        ('{"name": "k", "score": true}', '`/score` is `true`, against `type: "integer"`', "true"),
        ('{"name": "k", "tags": ["a", "c"]}', '`/tags/1` is `"c"`, against `enum: […] of 2`', '"c"'),
        ('{"name": "k", "tags": ["a", "a"]}', "`/tags` is `[…] of 2`, against `uniqueItems: true`", '["a", "a"]'),
        ('{"name": "k", "x-a": null}', "the JSON is as the schema wants it", '{"name": "k", "x-a": null}'),
        ('{"name": "k", "x-a": 1}', '`/x-a` is `1`, against `type: "null"`', "1"),
        ('{"name": "k", "y": [3]}', "`/y` is a member that the schema does not allow", "[3]"),
    ],
)
def test_the_first_violation_is_named_where_it_stands(text: str, reason: str, place: str) -> None:
    """Its place, the value met and the keyword."""
    score = JsonSchema(SCHEMA).score(f" {text}\n", whole=True)
    assert (score.reason, [f" {text}\n"[span.start : span.end] for span in score.spans]) == (reason, [place])
    assert score.value == (1 if "wants it" in reason else 0)


@pytest.mark.parametrize("text", ["", "no", '{"name": "k"} x', "```json\n{}\n```", '{"name": NaN}'])
def test_what_is_not_json_is_broken(text: str) -> None:
    """Whatever the schema."""
    assert JsonSchema({}).score(text, whole=True).value == 0


@pytest.mark.parametrize(
    ("text", "value"), [('{"name": 1', None), ('{"name": 1}', None), ('{"name": "k"} so', 0), ("Sure", 0)]
)
def test_a_cut_text_is_broken_only_when_it_can_be_no_json(text: str, value: float | None) -> None:
    """A violation is not final before the document is, for a key may come again."""
    assert JsonSchema(SCHEMA).score(text, whole=False).value == value


def test_beyond_what_is_judged_is_undecided() -> None:
    """Length, depth, and references that never end."""
    assert JsonSchema({}).score(f"[{'1,' * LONGEST}1]", whole=True).value is None
    assert JsonSchema({"items": {"$ref": "#"}}).score("[" * 900 + "]" * 900, whole=True).value is None


def test_a_pattern_takes_linear_time() -> None:
    """One that keeps Python's `re` busy for ever."""
    schema = JsonSchema({"pattern": "^(a+)+$"})
    assert schema.score(json.dumps("a" * 20_000 + "!"), whole=True).value == 0


def test_it_is_built_from_a_suite_with_its_lists_and_can_be_hashed() -> None:
    """Equal schemas are equal constraints."""
    spec: Any = {"json_schema": {"schema": {"enum": [1, [2]]}, "fence": True}}
    one, other = (construct(CONSTRAINTS, spec, beside=None) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one.score("```\n[2]\n```", whole=True).value == 1


def test_a_schema_is_json_itself() -> None:
    """YAML also knows dates."""
    with pytest.raises(ArgumentError, match="holds what is not JSON"):
        JsonSchema({"const": date(2026, 1, 1)})
    with pytest.raises(ArgumentError, match="no JSON Schema"):
        JsonSchema({"type": "nonsense"})


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 8) | st.text("aA1", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "score", "tags", "x-a"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(_VALUES)
def test_the_library_by_itself_agrees(value: Any) -> None:  # noqa: ANN401 - any JSON
    """With the keywords that are replaced here as it has them."""
    from jsonschema import Draft202012Validator

    library: Any = Draft202012Validator(SCHEMA)
    known = library.is_valid(value)
    assert JsonSchema(SCHEMA).score(json.dumps(value), whole=True).value == known
