"""JSON Schemas of suites and profiles."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.schema import profile_schema, suite_schema

GOOD: dict[str, Any] = {
    "suite": "s",
    "providers": ["script"],
    "repeats": 2,
    "max_tokens": 9,
    "axes": {"temperature": [0, 0.5], "system": ["a", None], "refresh": ["never", 2], "tone": "kind"},
    "systems": {
        "a": "Be brief.",
        "b": {"rules": ["x", {"says": "y", "constraints": [{"max_words": 8}]}], "filler": {"file": "f.txt"}},
        "c": None,
        "d": {"text": {"file": "d.md"}, "constraints": ["valid_json"]},
    },
    "conversation": {"file": "talk.yaml", "mode": "live"},
    "cases": [{"id": "a", "prompt": {"file": "p.md"}, "constraints": [{"max_words": 8}, {"not": "valid_json"}]}],
    "measures": ["exact_agreement", {"distinct_n": 3}],
    "gates": [{"measure": "adherence", "at_least": 0.5, "where": {"system": ["a"]}}],
}


def problems(changes: dict[str, Any]) -> list[str]:
    """Return what the schema says against the good suite with some keys changed."""
    import jsonschema

    checker: Any = jsonschema.Draft202012Validator(suite_schema())
    return [error.message for error in checker.iter_errors({**GOOD, **changes})]


def test_schemas_are_schemas() -> None:
    """Both follow the dialect that they name."""
    import jsonschema

    for schema in (suite_schema(), profile_schema()):
        jsonschema.Draft202012Validator.check_schema(schema)


def test_good_suite_is_valid() -> None:
    """All of the language in one suite."""
    assert problems({}) == []


@pytest.mark.parametrize("xfail", [True, "later", {"where": {"case": "a"}}, ["later", {"reason": "soon"}]])
def test_every_form_of_expected_failures_is_valid(xfail: object) -> None:
    """Whatever the loader takes, editors take."""
    assert problems({"xfail": xfail, "tags": ["nightly"]}) == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"repets": 2}, id="unknown key"),
        pytest.param({"xfail": {}}, id="expected failure that says nothing"),
        pytest.param({"xfail": 1}, id="expected failure as a number"),
        pytest.param({"repeats": 0}, id="no repeats"),
        pytest.param({"repeats": 10_000_000}, id="too many repeats"),
        pytest.param({"suite": ".."}, id="suite that climbs"),
        pytest.param({"suite": None}, id="no name"),
        pytest.param({"axes": {"density": [0]}}, id="density of nothing"),
        pytest.param({"axes": {"refresh": ["nevr"]}}, id="refresh misspelt"),
        pytest.param({"axes": {"max_tokens": 0.5}}, id="half a token"),
        pytest.param({"systems": {"a": {"ruls": ["x"]}}}, id="key of a system"),
        pytest.param({"systems": {"a": {"rules": [{"say": "x"}]}}}, id="key of a rule"),
        pytest.param({"systems": {"a": {"text": "x", "constraints": [{"max_word": 3}]}}}, id="demand of a system"),
        pytest.param({"systems": {"a": {"text": "x", "rules": ["y"]}}}, id="text and rules"),
        pytest.param({"constraints": [{"when": {"if": "valid_json"}}]}, id="condition without a demand"),
        pytest.param({"constraints": [{"weighted": [{"constraint": "valid_json"}]}]}, id="no weight"),
        pytest.param({"constraints": [{"weighted": [{"weight": 1, "constraint": {"max_word": 3}}]}]}, id="in a weight"),
        pytest.param({"constraints": [{"in_each": {"part": "chapter", "constraint": "valid_json"}}]}, id="no part"),
        pytest.param({"cases": [{"id": "a"}]}, id="case without a prompt"),
        pytest.param({"conversation": {"file": "a", "exchanges": [{"user": "x"}]}}, id="conversation twice"),
        pytest.param({"axes": {"temperature": [-1]}}, id="temperature below 0"),
        pytest.param({"axes": {"top_p": []}}, id="empty axis"),
        pytest.param({"cases": []}, id="no cases"),
        pytest.param({"cases": [{"id": "a", "prompt": "x", "constraints": [{"max_word": 3}]}]}, id="no constraint"),
        pytest.param({"cases": [{"id": "a", "prompt": "x", "constraints": [{"max_words": "3"}]}]}, id="argument"),
        pytest.param({"conversation": {"mode": "live"}}, id="no exchanges"),
        pytest.param({"measures": ["exact_agrement"]}, id="no measure"),
        pytest.param({"truncated": "asis"}, id="unknown choice"),
        pytest.param({"judged": "thoughts"}, id="unknown part"),
        pytest.param({"gates": [{"measure": "adherence", "atleast": 1}]}, id="key of a gate"),
    ],
)
def test_typos_are_not_valid(changes: dict[str, Any]) -> None:
    """What the loader refuses for its form, an editor marks."""
    assert problems(changes)


@pytest.mark.parametrize(
    "constraint",
    [
        {"at_least": {"n": 1, "of": ["valid_json", {"max_words": 3}]}},
        {"weighted": [{"weight": 0.5, "constraint": "valid_json"}]},
        {"weighted": {"of": [{"weight": 1, "constraint": {"max_words": 3}}], "at_least": 0.5}},
        {"when": {"if": "valid_json", "then": {"max_words": 3}}},
        {"in_any": {"part": "json", "pointer": "/a", "constraint": {"max_words": 3}}},
        {"in_reasoning": {"not": "valid_json"}},
    ],
    ids=lambda constraint: next(iter(constraint)),
)
def test_constraints_made_of_others_are_valid(constraint: dict[str, Any]) -> None:
    """As lists of constraints, as records that hold one, and by names that are words of Python's."""
    assert problems({"constraints": [constraint]}) == []


def test_every_key_has_a_meaning_for_the_editor() -> None:
    """Settings carry the table's own words."""
    schema = suite_schema()
    assert "logits" in schema["properties"]["temperature"]["description"]
    assert "logits" in schema["properties"]["axes"]["properties"]["temperature"]["description"]


def test_profile_with_a_key_in_it_is_not_valid() -> None:
    """Only the name of a variable may stand in a file."""
    import jsonschema

    checker: Any = jsonschema.Draft202012Validator(profile_schema())
    assert checker.is_valid({"adapter": "scripted", "model": "m", "key_env": "KEY", "supports": {"top_p": False}})
    assert not checker.is_valid({"adapter": "scripted", "model": "m", "api_key": "abc"})


@pytest.mark.parametrize(
    "parts",
    [
        {"settings": {"reasoning_effort": "none", "temperature": 0.5}},
        {"supports": {"temperature": [0, 1], "top_p": False, "seed": "ignored", "reasoning_effort": ["low", "high"]}},
        {"price": {"input": 0, "output": 1.5, "cached": 0.1, "cache_write": 2, "batch_discount": 0.5}},
        {"key_command": "pass show key", "base_url": "http://127.0.0.1:8000/v1", "limits": {"attempts": 3}},
    ],
    ids=["settings", "supports", "price", "key_command"],
)
def test_profiles_may_say_all_that_the_loader_reads(parts: dict[str, Any]) -> None:
    """An editor marks nothing in them."""
    import jsonschema

    checker: Any = jsonschema.Draft202012Validator(profile_schema())
    assert [error.message for error in checker.iter_errors({"adapter": "openai", "model": "m", **parts})] == []


@pytest.mark.parametrize(
    "parts",
    [
        {"settings": {"reasoning_effort": "lots"}},
        {"supports": {"temperature": "perhaps"}},
        {"supports": {"temperature": ["low"]}},
        {"supports": {"reasoning_effort": ["lots"]}},
        {"price": {"input": 1}},
        {"price": {"input": -1, "output": 1}},
        {"price": {"input": 1, "output": 1, "outputs": 2}},
    ],
    ids=["word", "state", "words of a number", "unknown word", "half a price", "negative price", "unknown price"],
)
def test_what_the_loader_refuses_of_a_profile_is_marked(parts: dict[str, Any]) -> None:
    """Where it is a matter of form."""
    import jsonschema

    checker: Any = jsonschema.Draft202012Validator(profile_schema())
    assert not checker.is_valid({"adapter": "openai", "model": "m", **parts})


def test_an_axis_of_a_setting_may_leave_it_alone() -> None:
    """`default` among its values stands for nothing sent; words are the setting's own."""
    assert problems({"axes": {"temperature": ["default", 0.5], "reasoning_effort": ["default", "low"]}}) == []
    assert problems({"axes": {"reasoning_effort": ["lots"]}})
