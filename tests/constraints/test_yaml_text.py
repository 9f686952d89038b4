"""YAML as a whole text."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from evalkit.constraints.yaml_text import LONGEST, ValidYaml
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    "text",
    [
        "a: 1",
        "- a\n- b\n",
        "  a: 1\n  b: 2\n",
        "\n\na:\r\n  - 1\r\n",
        "---\na: 1\n---\nb: 1\n",
        "{a: [1, 2]}",
        "a: &x 1\nb: *x",
        "a: 漢",
        "!!python/object:os.system {}",
        "a: &x 1\nb: &x 2\n",
        "x: {<<: {a: 1}, <<: {b: 1}}",
    ],
)
def test_mappings_and_lists_are_met(text: str) -> None:
    """Indented as a whole or not; tags do nothing."""
    assert ValidYaml().score(text, whole=True).value == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", Span(0, 0)),
        ("# only a remark", Span(0, 15)),
        ("Use Kafka.", Span(0, 10)),
        ("a: 1\na: 2", Span(5, 6)),
        ("a: [1", Span(5, 5)),
        ("a: *x", Span(3, 4)),
        ("\ta: 1", Span(0, 1)),
        ("a: b: c", Span(4, 5)),
        ("a: \x00", Span(3, 4)),
        ("a: \ud800", Span(3, 4)),
        ("```yaml\na: 1\n```", Span(0, 1)),
    ],
)
def test_anything_else_is_broken(text: str, place: Span) -> None:
    """A lone value too, for any sentence is one."""
    score = ValidYaml().score(text, whole=True)
    assert (score.value, score.spans) == (0, (place,))


def test_a_bomb_of_aliases_is_not_expanded() -> None:
    """Ten to the power of thirty elements are as many nodes as were written."""
    lines = ["a0: &a0 [x]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30))]
    start = time.process_time()
    assert ValidYaml().score("\n".join(lines), whole=True).value == 1
    assert time.process_time() - start < 3


@pytest.mark.parametrize("text", ["a: b\n" * LONGEST, "[" * 2_000, "- " * 5_000], ids=["long", "brackets", "lists"])
def test_what_the_parser_cannot_follow_is_undecided(text: str) -> None:
    """No verdict on the text follows from a limit of the parser."""
    assert ValidYaml().score(text, whole=True).value is None


def test_a_cut_text_is_undecided() -> None:
    """Whatever it says so far."""
    assert ValidYaml().score("a: 1", whole=False).value is None
    assert ValidYaml().score("a: b: c", whole=False).value is None


def test_one_fence_may_be_accepted() -> None:
    """Blanks at the start of its first line belong to the document."""
    assert ValidYaml(fence=True).score("```yaml\n  a: 1\n  b: 2\n```", whole=True).value == 1
    assert ValidYaml(fence=True).score("```yaml\na: 1", whole=True).value == 0


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b c", "1"]), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(_VALUES, min_size=1, max_size=3)
    | st.dictionaries(st.text("ab", min_size=1), _VALUES, min_size=1, max_size=3)
)
def test_what_yaml_writes_is_met(document: Any) -> None:  # noqa: ANN401 - any YAML
    """Whatever it says."""
    stream = io.StringIO()
    writer: Any = YAML(typ="safe", pure=True)
    writer.dump(document, stream)
    assert ValidYaml().score(stream.getvalue(), whole=True).value == 1
