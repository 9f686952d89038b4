"""Marks, cuts, and lines that are no commands."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.forges.text import facts_of, fit, join, mark, size, without_quick_actions

NOTICE = "The rest is elsewhere."
FACTS = st.dictionaries(
    st.text(), st.one_of(st.booleans(), st.integers(0), st.text(), st.dictionaries(st.text(), st.text()))
)
LINES = st.lists(
    st.sampled_from(
        [
            "",
            "words",
            "| a | b |",
            "```",
            "~~~~",
            "````python",
            "<details>",
            "</details>",
            "# h",
            "/close",
            "  /label ~x",
        ]
    ),
    max_size=40,
)


@given(facts=FACTS, rest=st.text())
def test_a_mark_gives_back_what_it_was_given(facts: dict[str, Any], rest: str) -> None:
    """Whatever stands in it and behind it, and it is one comment of HTML."""
    marked = mark("issue", facts)
    assert facts_of("issue", marked + rest) == facts
    assert facts_of("comment", marked + rest) is None
    assert re.fullmatch(r"<!-- [^<>]*? -->", marked)
    assert "--" not in marked[4:-3]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "text " + mark("issue", {}),
        "> " + mark("issue", {}),
        "\n" + mark("issue", {}),
        "<!-- evalkit:issue -->",
        "<!-- evalkit:issue {} ",
        "<!-- evalkit:issue [1] -->",
        "<!-- evalkit:issue {oops} -->",
    ],
)
def test_only_a_whole_mark_at_the_very_beginning_counts(body: str) -> None:
    """A quotation of one does not."""
    assert facts_of("issue", body) is None


def test_what_fits_stays_as_it_is() -> None:
    """At the limit, too."""
    assert fit("é" * 10, 20, NOTICE) == "é" * 10
    assert fit("é" * 10, 19, NOTICE) == NOTICE + "\n"


def test_a_cut_is_between_lines_and_says_so() -> None:
    """Nothing is left of a line that does not fit whole."""
    assert fit("one\ntwo\nthree\n" + "x" * 100, 40, NOTICE) == f"one\ntwo\nthree\n\n{NOTICE}\n"


def test_a_cut_closes_what_is_open() -> None:
    """A block of code, and folded details around it."""
    text = "<details>\n\n```text\n" + "line\n" * 100 + "```\n</details>\n"
    cut = fit(text, 120, NOTICE)
    assert cut.endswith(f"line\n```\n\n</details>\n\n{NOTICE}\n")
    assert size(cut) <= 120


@given(lines=LINES, most=st.integers(60, 400))
def test_a_cut_never_swallows_what_follows(lines: list[str], most: int) -> None:
    """However a text is built, what comes after is a paragraph of its own, and the limit holds."""
    text = "\n".join(lines) + "\n" + "end " * 200
    cut = fit(text, most, NOTICE)
    assert size(cut) <= most
    from markdown_it import MarkdownIt

    tokens = MarkdownIt().parse(cut + "\nafterwards\n")
    assert [token.content for token in tokens if token.type == "inline"][-1] == "afterwards"


@given(parts=st.lists(st.text(max_size=2000), max_size=30), most=st.integers(200, 5000))
def test_parts_fit_together_whatever_they_are(parts: list[str], most: int) -> None:
    """Also thousands of bytes of letters that take several each."""
    assert size(join(parts, most, NOTICE)) <= most


def test_short_parts_leave_their_room_to_long_ones() -> None:
    """What one does not need, another gets."""
    long = "line\n" * 1000
    joined = join(["short", long, "also short"], 3000, NOTICE)
    assert joined.count("line\n") > 250
    assert "also short" in joined


def test_parts_for_which_there_is_no_room_are_counted() -> None:
    """The first, the most important one, is there."""
    joined = join([f"## part {number}\n" + "text\n" * 200 for number in range(100)], 2000, NOTICE)
    assert joined.startswith("## part 0\n")
    assert re.search(rf"\d+ more are left out\. {NOTICE}\n$", joined)


@given(lines=LINES)
def test_no_line_is_a_command(lines: list[str]) -> None:
    """In code or not, and nothing else is changed."""
    body = "\n".join(lines)
    inert = without_quick_actions(body)
    assert not any(line.strip().startswith("/") for line in inert.split("\n"))
    assert inert.replace("\u2060", "") == body
    assert without_quick_actions(inert) == inert


def test_what_is_no_command_stays() -> None:
    """Only a slash that a line begins with counts."""
    assert without_quick_actions("/close\na/b\n\n  /x\n") == "\u2060/close\na/b\n\n  \u2060/x\n"
