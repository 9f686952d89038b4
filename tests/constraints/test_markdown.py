"""The blocks of a Markdown text and where they stand."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.markdown import DEEPEST, LONGEST, read


def _shown(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.span.start : block.span.end]) for block in read(text).blocks]


def test_blocks_stand_where_their_own_text_begins() -> None:
    """The marks of what they stand in are left out at the beginning."""
    text = "> # Title\n> - a\n>   - b\n>\n> next\n"
    assert _shown(text) == [
        ("quote", "> # Title\n> - a\n>   - b\n>\n> next"),
        ("heading", "# Title"),
        ("bullets", "- a\n>   - b"),
        ("item", "- a\n>   - b"),
        ("bullets", "- b"),
        ("item", "- b"),
    ]


def test_lists_in_one_line_stand_one_after_the_other() -> None:
    """Each mark belongs to its own list."""
    assert [shown for kind, shown in _shown("- 1. > a") if kind != "item"] == ["- 1. > a", "1. > a", "> a"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_make_no_difference(line_end: str) -> None:
    """Spans count the characters of the text as it is."""
    text = line_end.join(["a", "===", "b", "", "```py", "x", "```", "- c"])
    assert _shown(text) == [
        ("heading", f"a{line_end}==="),
        ("code", f"```py{line_end}x{line_end}```"),
        ("bullets", "- c"),
        ("item", "- c"),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_block() -> None:
    """As GitHub reads it."""
    assert _shown("\ufeff# a") == [("heading", "# a")]


def test_a_table_tells_its_header_and_rows() -> None:
    """The line below the header is no row; a pipe may be escaped."""
    (table,) = read("| a\\|b | *c* |\n|:--|--:|\n| 1 | 2 |\n| 3 |\n").blocks
    assert (table.columns, table.rows) == (("a|b", "*c*"), 2)


def test_headings_tell_level_and_source() -> None:
    """Closing number signs are no part of it."""
    assert [(block.level, block.content) for block in read("## a *b* ##\n\nc\n---\n").blocks] == [
        (2, "a *b*"),
        (2, "c"),
    ]


def test_blocks_nested_too_deep_are_told_of() -> None:
    """Not dropped in silence."""
    assert read("> " * (DEEPEST - 2) + "a").unread is None
    assert read("> " * DEEPEST + "a").unread == "blocks are nested 50 deep or deeper"


def test_a_text_too_long_to_read_is_told_of() -> None:
    """As are quotes nested deep in a long one."""
    assert read("a" * LONGEST).unread is None
    assert read("a" * (LONGEST + 1)).unread == "Markdown is read as far as 75,000 characters; here are 75,001"
    assert read("> - > a\n" * 2 + "\n" * 70_000).unread is None
    assert read("- > " * 30 + "a\n" + "b\n" * 10_000).unread == "quotes are nested 30 deep in a long text"


def test_what_stands_inside_lines_keeps_its_place() -> None:
    """Of every line of a paragraph, behind the marks of what it stands in, and of cells that say the same."""
    text = "> 1. 1 *b*\r\n>    c\n\n# a #\n\n|a|a|\n|-|-|\n|a| a|\n"
    shown = [(inline.content, inline.origins) for inline in read(text).inlines]
    assert shown[:2] == [("1 *b*\nc", (5, 17)), ("a", (22,))]
    assert [text[origins[0] - 1 : origins[0] + 2] for _, origins in shown[2:]] == ["|a|", "|a|", "|a|", " a|"]
    assert read(text).inlines[0].place(6) == 17


_PIECES = st.sampled_from(
    [
        "a",
        "# ",
        "- ",
        "1. ",
        "> ",
        "```",
        "    ",
        "\t",
        "|",
        "|-|",
        "===",
        "---",
        "<!--",
        "[a]: ",
        "'",
        "\n",
        "\r\n",
        "\n\n",
        "\r",
    ]
)
_TEXTS = st.lists(_PIECES, max_size=24).map("".join)


@settings(max_examples=500, deadline=None)
@given(text=_TEXTS, continuation=_TEXTS)
def test_what_stays_stays_and_what_is_closed_does_not_change(text: str, continuation: str) -> None:
    """However the text goes on."""
    after = {(block.kind, block.span.start): block for block in read(text + continuation).blocks}
    for block in read(text).blocks:
        if block.stays:
            assert (block.kind, block.span.start) in after
        if block.closed:
            assert replace(after[block.kind, block.span.start], stays=True, closed=True) == block


@settings(max_examples=200, deadline=None)
@given(text=st.text() | _TEXTS)
def test_any_text_can_be_read(text: str) -> None:
    """Whatever characters it holds."""
    assert all(0 <= block.span.start <= block.span.end <= len(text) for block in read(text).blocks)


HOSTILE = {
    "quotes": ">" * LONGEST,
    "deep quotes": (">" * 60 + "a\n") * (LONGEST // 62),
    "lazy lines": "> " * 10 + "a\n" + "b\n" * 19_000,
    "lists": "- a\n" * (LONGEST // 4),
    "deep lists": "".join("  " * depth + "- a\n" for depth in range(300)),
    "definitions": "[\n" * (LONGEST // 2),
    "wide table": "|a" * 1000 + "\n" + "|-" * 1000 + "\n" + "a\n" * 40_000,
    "headings": "a\n" * (LONGEST // 2) + "===",
    "fences": "```\n" * (LONGEST // 4),
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_text_made_to_be_slow_is_read_in_good_time(text: str) -> None:
    """The longest that is read takes less than a second on an idle machine."""
    start = time.process_time()
    read(text[:LONGEST])
    assert time.process_time() - start < 3
