"""A text's parts, and which of them are there to stay."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.json_text import is_array, is_object, pointer_of
from evalkit.constraints.markdown import LONGEST
from evalkit.constraints.parts import NoPartsError, PartKind, parts_of
from evalkit.verdicts import Span

KINDS: list[PartKind] = [kind for kind in get_args(PartKind) if kind != "json"]
TEXT = """Before.

# One

Body of *one*.

## Inner
> quoted
> - item
>   - inner item

Two
===
- a
  goes on

  - b
- c

1. x
2) y

~~~python
def f():

    pass
~~~
```
```

    indented
"""


def _found(text: str, kind: PartKind, **arguments: Any) -> list[str]:  # noqa: ANN401 - as `parts_of` takes them
    return [text[span.start : span.end] for span in parts_of(text, kind, **arguments).spans]


def test_sections_stand_below_headings() -> None:
    """Every heading that stands by itself begins one; what comes before the first is none."""
    one, inner, two = _found(TEXT, "section")
    assert one == "Body of *one*."
    assert inner.startswith("> quoted")
    assert two.startswith("- a")
    assert two.endswith("indented")


def test_sections_of_a_level_hold_those_below_it() -> None:
    """A deeper heading belongs to the section, one at the same level or above it ends it."""
    one, two = _found(TEXT, "section", level=1)
    assert one.startswith("Body of *one*.\n\n## Inner")
    assert one.endswith("inner item")
    assert two.startswith("- a")
    assert _found(TEXT, "section", level=2) == ["> quoted\n> - item\n>   - inner item"]
    assert _found(TEXT, "section", level=3) == []


def test_items_say_what_stands_beside_their_mark() -> None:
    """Without the mark, and without the lists inside."""
    assert _found(TEXT, "list_item") == ["item", "inner item", "a\n  goes on", "b", "c", "x", "y"]


def test_code_stands_between_its_fences() -> None:
    """Of back-ticks or tildes, empty or not, and indented without a fence."""
    assert _found(TEXT, "code_block") == ["def f():\n\n    pass", "", "indented"]


def test_code_that_is_not_closed_goes_on_to_the_end() -> None:
    """As Markdown has it."""
    assert _found("```\na\nb\n", "code_block") == ["a\nb"]
    assert _found("```", "code_block") == [""]
    assert _found("```\n\n\n", "code_block") == ["\n"]


@pytest.mark.parametrize(
    ("text", "lines", "paragraphs"),
    [
        ("", [], []),
        (" \n\t\n", [], []),
        ("a\nb\n\nc", ["a", "b", "c"], ["a\nb", "c"]),
        ("a\r\n\r\nb\r\n", ["a", "b"], ["a", "b"]),
        ("a\rb\r \rc", ["a", "b", "c"], ["a\rb", "c"]),
        ("  a \n", ["a"], ["a"]),
        ("a\u2028b", ["a\u2028b"], ["a\u2028b"]),
    ],
    ids=["empty", "blank", "line feeds", "both", "carriage returns", "indented", "line separator"],
)
def test_lines_and_paragraphs(text: str, lines: list[str], paragraphs: list[str]) -> None:
    """Blank lines are none, and part paragraphs, whichever the line ends are."""
    assert _found(text, "line") == lines
    assert _found(text, "paragraph") == paragraphs


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", ['{"a": [{"b": 1}, {"b":"x"} , 3], "c~/d": {}, "": null}']),
        ("/a", ['[{"b": 1}, {"b":"x"} , 3]']),
        ("/a/*", ['{"b": 1}', '{"b":"x"}', "3"]),
        ("/a/*/b", ["1", '"x"']),
        ("/a/1/b", ['"x"']),
        ("/*/*", ['{"b": 1}', '{"b":"x"}', "3"]),
        ("/c~0~1d", ["{}"]),
        ("/", ["null"]),
        ("/x", []),
        ("/a/3", []),
        ("/a/01", []),
        ("/a/2/b", []),
    ],
)
def test_values_of_json(pointer: str, found: list[str]) -> None:
    """RFC 6901, with `*` for each; a fence around the document does not matter."""
    document = '{"a": [{"b": 1}, {"b":"x"} , 3], "c~/d": {}, "": null}'
    assert _found(document, "json", pointer=pointer) == found
    assert _found(f"\n```json\n{document}\n```\n", "json", pointer=pointer) == found


def test_the_last_of_repeated_keys_counts() -> None:
    """As it does for Python's parser and most others."""
    assert _found('{"a": 1, "a": 2}', "json", pointer="/a") == ["2"]


@pytest.mark.parametrize(("text", "undecided"), [("no", False), ("[" * 100_000, True), ("1" * 5_000, True)])
def test_what_is_not_json_has_no_values(text: str, undecided: bool) -> None:
    """That is a fact of the text, unless the parser's own limit is met."""
    with pytest.raises(NoPartsError) as caught:
        parts_of(text, "json")
    assert caught.value.undecided is undecided


@pytest.mark.parametrize("pointer", ["a", "/a~", "/~2"])
def test_a_pointer_must_be_one(pointer: str) -> None:
    """An empty text, or steps that each begin with a slash."""
    with pytest.raises(ValueError, match="JSON Pointer"):
        parts_of("{}", "json", pointer=pointer)


@pytest.mark.parametrize("text", ["a\n" * (LONGEST // 2) + "b", ">" * 200 + "a"], ids=["long", "deep"])
def test_markdown_beyond_what_is_read_is_undecided(text: str) -> None:
    """Lines and paragraphs are found all the same."""
    for kind in ("section", "list_item", "code_block"):
        with pytest.raises(NoPartsError) as caught:
            parts_of(text, kind)
        assert caught.value.undecided
    assert parts_of(text, "line").spans
    assert parts_of(text, "paragraph").spans


_PIECES = [
    *(
        "a",
        "b",
        "# ",
        "## ",
        "===",
        "---",
        "- ",
        "* ",
        "1. ",
        "2) ",
        "> ",
        "```",
        "~~~",
        "    ",
        "  ",
        "\t",
        "|",
        "|-|-|",
    ),
    *(
        "[a]: ",
        "'",
        "<div>",
        "<!--",
        "-->",
        "\n",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\ufeff",
        "\x00",
        "\ud800",
        "\u2028",
        "é",
    ),
]
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=24).map("".join)


@settings(max_examples=250, deadline=None)
@given(text=_TEXTS, continuation=_TEXTS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_settled_stays(kind: PartKind, text: str, continuation: str) -> None:
    """However the text goes on, the settled parts stand first and where they stood."""
    before = parts_of(text, kind)
    after = parts_of(text + continuation, kind)
    assert after.spans[: before.settled] == before.spans[: before.settled]
    assert after.settled >= before.settled


@settings(max_examples=200, deadline=None)
@given(text=_TEXTS)
@pytest.mark.parametrize("kind", KINDS)
def test_parts_stand_in_order_and_apart(kind: PartKind, text: str) -> None:
    """No two of them share a character, and none leaves the text."""
    edges = [edge for span in parts_of(text, kind).spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text().filter("*".__ne__), inner, max_size=4),
    max_leaves=12,
)


@given(document=_DOCUMENTS, indent=st.none() | st.just(2))
def test_every_value_is_found_where_it_stands(document: Any, indent: int | None) -> None:  # noqa: ANN401 - any JSON
    """What stands at the span reads as the value that the pointer leads to."""
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        pointer, value = waiting.pop()
        (span,) = parts_of(text, "json", pointer=pointer, fence=False).spans
        assert json.loads(text[span.start : span.end]) == value
        waiting += [(f"{pointer}{pointer_of([key])}", inner) for key, inner in _members(value)]


def _members(value: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - any JSON
    if is_object(value):
        return list(value.items())
    return list(enumerate(value)) if is_array(value) else []


def test_an_empty_text_has_no_parts() -> None:
    """Of any kind."""
    assert all(parts_of("", kind).spans == () for kind in KINDS)


def test_a_span_of_an_empty_section_lies_behind_its_heading() -> None:
    """An empty part still has a place."""
    assert parts_of("# a", "section").spans == (Span(3, 3),)
