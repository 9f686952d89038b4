"""promptfoo's assertions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.arguments import construct
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.importing.assertions import Asserted, asserted
from evalkit.templates import render

if TYPE_CHECKING:
    from evalkit.constraints.judge import Judge

VERDICTS: list[tuple[dict[str, Any], str, bool]] = [
    ({"type": "contains", "value": "Kafka"}, "Use Kafka.", True),
    ({"type": "contains", "value": "Kafka"}, "Use kafka.", False),
    ({"type": "contains", "value": 42}, "It is 42.", True),
    ({"type": "icontains", "value": "Kafka"}, "use KAFKA", True),
    ({"type": "not-icontains", "value": "Kafka"}, "use KAFKA", False),
    ({"type": "contains-all", "value": ["a", "b"]}, "b a", True),
    ({"type": "contains-all", "value": "a, b"}, "only a", False),
    ({"type": "icontains-all", "value": ["A", "b"]}, "B a", True),
    ({"type": "contains-any", "value": ["x", "b"]}, "b", True),
    ({"type": "not-contains-any", "value": ["x", "b"]}, "b", False),
    ({"type": "icontains-any", "value": ["X"]}, "x", True),
    ({"type": "equals", "value": "a.\n(b)"}, "a.\n(b)", True),
    ({"type": "equals", "value": "a."}, "ab", False),
    ({"type": "equals", "value": "a"}, "a\n", False),
    ({"type": "not-equals", "value": "é"}, "é", False),
    ({"type": "starts-with", "value": "[x"}, "[x] y", True),
    ({"type": "starts-with", "value": "x"}, " x", False),
    ({"type": "regex", "value": r"^\d+$"}, "12", True),
    ({"type": "not-regex", "value": "(?i)no"}, "NO", False),
    ({"type": "is-json"}, '{"a": 1}', True),
    ({"type": "not-is-json"}, "{", True),
    ({"type": "contains", "value": "Bon {{name}}"}, "Bon Ada", True),
    ({"type": "contains-any", "value": ["{{name}}"]}, "Bob", False),
]


@pytest.mark.parametrize(("given", "text", "met"), VERDICTS)
def test_a_mapped_assertion_judges_as_promptfoo_does(given: dict[str, Any], text: str, *, met: bool) -> None:
    """Its documented meaning, the test's variables filled in."""
    found = asserted(given, {"name": "Ada"})
    assert found.unmapped == ()
    assert construct(CONSTRAINTS, found.spec, beside=None).score(text, whole=True).value == met


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("text", "no `type`"),
        ({"value": "x"}, "no `type`"),
        ({"type": "factuality", "value": "kind"}, "a model has to judge it"),
        ({"type": "llm-rubric"}, "must be a text, got"),
        ({"type": "llm-rubric", "value": " "}, "must hold more than white space"),
        ({"type": "cost", "threshold": 0.1}, "what answers cost"),
        ({"type": "latency", "threshold": 10}, "times"),
        ({"type": "javascript", "value": "true"}, "no such constraint"),
        ({"type": "not-a-type"}, "no such constraint"),
        ({"type": "contains", "value": ""}, "must hold more than white space"),
        ({"type": "contains", "value": ["a"]}, "must be a text"),
        ({"type": "contains-all", "value": 3}, "must be a list"),
        ({"type": "contains-all", "value": 'a,"b,c"'}, "must be a list"),
        ({"type": "equals", "value": {"a": 1}}, "must be a text"),
        ({"type": "equals", "value": "file://x.txt"}, "another file"),
        ({"type": "contains", "value": "{{missing}}"}, "`missing`"),
        ({"type": "contains", "value": "{{"}, "malformed"),
        ({"type": "regex", "value": "(?=x)"}, "RE2"),
        ({"type": "contains", "value": "x", "transform": "output.a"}, "transformed"),
        ({"type": "is-json", "value": "no schema"}, "no JSON"),
    ],
)
def test_what_has_no_place_is_said(given: Any, why: str) -> None:  # noqa: ANN401 - any YAML
    """No constraint, and the reason in words."""
    found = asserted(given, {})
    assert found.spec is None
    assert len(found.unmapped) == 1
    assert why in found.unmapped[0]


def test_what_is_asked_besides_is_said() -> None:
    """A weight or threshold has no place; the assertion itself stays."""
    found = asserted({"type": "contains", "value": "x", "weight": 2, "metric": "m"}, {})
    assert found.spec == {"contains_all": {"keywords": ["x"], "ignore_case": False}}
    assert found.unmapped == ("`weight` of assertion `contains` is left out",)
    assert asserted({"type": "contains", "value": "x", "weight": 1}, {}).unmapped == ()


def test_a_rubric_becomes_a_judge_s_question() -> None:
    """Variables are filled in once, and what then looks like one is the rubric's own; a score has no place."""
    given = {"type": "llm-rubric", "value": "greets {{name}}", "threshold": 0.8, "provider": "openai:gpt-5"}
    found = asserted(given, {"name": "{{Ada}}"})
    assert found.unmapped == (
        "`threshold` of assertion `llm-rubric` is left out",
        "`provider` of assertion `llm-rubric` is left out",
    )
    judge: Judge = construct(CONSTRAINTS, found.spec, beside=None)
    assert judge.sees == "text"
    assert judge.by is None
    assert render(judge.question, {}) == "Does the text meet this demand: greets {{Ada}}"


def test_a_rubric_may_be_negated() -> None:
    """As any other assertion."""
    found = asserted({"type": "not-llm-rubric", "value": "polite"}, {})
    assert found == Asserted({"not": {"judge": {"question": "Does the text meet this demand: polite", "sees": "text"}}})
