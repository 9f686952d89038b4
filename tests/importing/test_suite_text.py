"""Suites written as YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import example, given
from hypothesis import strategies as st

from evalkit.importing.imported import ImportedCase
from evalkit.importing.suite_text import suite_text
from evalkit.load.document import parse_document

if TYPE_CHECKING:
    from evalkit.types import Json

TEXTS = st.text(st.sampled_from(" \t\n\r:#-|>'\"\\{}[],&*!%@`~abnullyes0") | st.characters(codec="utf-8"), max_size=40)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _read(case: ImportedCase) -> dict[str, Json]:
    text = suite_text("made", [case], provider="smollm2", description="d: #", max_tokens=16)
    data = parse_document(text, "made.yaml").data
    assert {key: data[key] for key in ("suite", "version", "description", "providers", "max_tokens")} == {
        "suite": "made",
        "version": 1,
        "description": "d: #",
        "providers": ["smollm2"],
        "max_tokens": 16,
    }
    (read,) = data["cases"]
    return dict(read)


@given(prompt=TEXTS, variable=TEXTS | st.none() | st.booleans() | st.integers() | st.floats(-10, 10), spec=VALUES)
@example("first\n\n  third\n- x", "null", {"a b": [True]})
@example(" indented\nfirst", "~", "true")
@example("ends\n", "0x1f", {"null": None})
@example("spaces\n   \nonly", "\x85", [])
@example("tab\n\tline", "\ufeff", {})
def test_yaml_gives_back_what_was_written(prompt: str, variable: Json, spec: Json) -> None:
    """Prompts, variables and constraints of any content survive the way through YAML exactly."""
    read = _read(ImportedCase("1000", prompt, {"name": variable}, (spec, "valid_json")))
    assert read == {
        "id": "1000",
        "prompt": prompt,
        "variables": {"name": variable},
        "constraints": [spec, "valid_json"],
    }


def test_the_text_is_one_that_people_can_read() -> None:
    """A prompt of several lines stands in lines, and a constraint as people write it."""
    case = ImportedCase("a", "One.\n\nTwo: #3", constraints=({"max_words": 60}, {"not": {"matches": "x y"}}))
    text = suite_text("made", [case], provider="smollm2", description="d")
    assert text.splitlines()[4:] == [
        "cases:",
        "  - id: a",
        "    prompt: |-",
        "      One.",
        "",
        "      Two: #3",
        "    constraints:",
        "      - max_words: 60",
        '      - not: {matches: "x y"}',
    ]
