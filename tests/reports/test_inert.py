"""Texts of others in Markdown that a forge shows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.reports.inert import BREAK, inert

MARKUP = "|`*_~[]()<>!#@$&\\{}:/.-+=^%\"' \n\t"
PIECES = st.lists(
    st.sampled_from(
        [
            "@octocat", "#12", "owner/name#3", "GH-7", "https://x.example/y", "www.x.example", "a@b.example", ":tada:",
            "$x$", "0123456789abcdef", "![a](b)", "[a]: b", "[^1]", "<details>", "<!--", "-->", "&lt;", "||", "```",
            "- ", "1. ", "> ", "# ", "---", "\u202e", "\u200b", "\x00", "\x1b[31m", "\ud83d", "a_b", "__a__", "~~a~~",
        ]
    )
    | st.text(MARKUP, max_size=5)
    | st.text(st.characters(exclude_categories=()), max_size=5)
).map("".join)  # fmt: skip
FORGE = re.compile(r"@\w|#\w|(?<!\w)!\d|\$\w|~\w|%\w|://|\bwww\.|:\w+:|\bGH-\d|(?<![0-9a-f])[0-9a-f]{7}", re.IGNORECASE)
"""What GitHub or GitLab act on in a text that is no code."""


def shown(source: str) -> str:
    """Return what a reader sees of a paragraph, all of it text."""
    from markdown_it import MarkdownIt

    (opening, inline, closing) = MarkdownIt("gfm-like", {"linkify": False}).parse(f"Words: {source}")
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    assert inline.children is not None
    assert {child.type for child in inline.children} <= {"text", "text_special"}
    return "".join(child.content for child in inline.children).removeprefix("Words:").strip()


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("full_adherence 0.75, p <0.01", "full_adherence 0.75, p &#60;0.01"),
        ("a | b", "a &#124; b"),
        ("@octocat", f"&#64;{BREAK}octocat"),
        ("name#123", f"name&#35;{BREAK}123"),
        ("https://x", f"https:{BREAK}//x"),
        ("a@b.c", f"a{BREAK}&#64;{BREAK}b.c"),
        ("www.x.y", f"www{BREAK}.x.y"),
        ("GH-12 high-12", f"GH{BREAK}-12 high-12"),
        ("0123456789", f"012345{BREAK}6789"),
        ("a\n# b\u202e\x00", "a &#35; b&#92;u202e&#92;x00"),
    ],
)
def test_what_a_forge_would_act_on_is_parted(text: str, source: str) -> None:
    """What is harmless stays readable in the source."""
    assert inert(text, 80) == source


@given(PIECES)
def test_any_text_stays_text(text: str) -> None:
    """Neither Markdown nor what forges add to it finds anything in a text, and all of it is shown."""
    source = inert(text, 400)
    assert len(source.splitlines()) <= 1
    seen = shown(source)
    assert not FORGE.search(seen)
    words = seen.replace(BREAK, "")
    for word in re.findall(r"[A-Za-z]{3,}", text):
        assert word in words or "\\" in words
