"""What is prose and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.prose import prose


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a `b` c", "a c"),
        ("a ``b ` c`` d", "a d"),
        ("a ` b", "a ` b"),
        ("a ` b\n\nc ` d", "a ` b c ` d"),
        ("a\n```py\nb\n```\nc", "a c"),
        ("a\n~~~\nb\n```\n~~~\nc", "a c"),
        ("a\n````\n```\nb\n````\nc", "a c"),
        ("a\n```\nb", "a"),
        ("a\r\n```\r\nb\r\n```\r\nc", "a c"),
        ("``` a`b ``` c", "c"),
    ],
    ids=["span", "double", "open", "paragraphs", "fence", "tildes", "long", "unclosed", "crlf", "one line"],
)
def test_code_is_no_prose(text: str, kept: str) -> None:
    """Fences reach to their close or the text's end, back-ticks no further than their paragraph."""
    assert prose(text, quotations=True).split() == kept.split()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('a "b c" d', "a d"),
        ("a “b” «c» „d“ 「e」 f", "a f"),
        ("a\n> b\nc", "a c"),
        ('5" of snow and 6" of rain', '5" of snow and 6" of rain'),
        ("don't 'quote' me", "don't 'quote' me"),
        ('a "b\n\nc" d', 'a "b c" d'),
    ],
    ids=["straight", "typographic", "lines", "inches", "apostrophes", "paragraphs"],
)
def test_quotations_are_no_prose_of_the_authors(text: str, kept: str) -> None:
    """Double marks of any language and quoted lines are left out; single ones are apostrophes."""
    assert prose(text, quotations=False).split() == kept.split()
    assert prose(text, quotations=True) == text


def test_addresses_are_left_out_on_demand() -> None:
    """Pages, targets of links and mail addresses."""
    text = "see https://a.example/the-log, [log](/x/y) or me@a.example now"
    assert prose(text, quotations=True, links=False).split() == ["see", "[log](", ")", "or", "now"]


TEXTS = st.lists(
    st.sampled_from(["`", "``", "```", '"', "“", "”", "> ", "\n", "\n\n", " ", "a", "~~~", "\r\n"]), max_size=14
).map("".join)


@given(TEXTS, st.booleans())
def test_every_place_stays_where_it_is(text: str, quotations: bool) -> None:
    """Only blanks take the place of what is left out, and lines stay lines."""
    kept = prose(text, quotations=quotations)
    assert len(kept) == len(text)
    assert all(new in (old, " ") for new, old in zip(kept, text, strict=True))
    assert kept.count("\n") == text.count("\n")


@given(TEXTS, TEXTS, st.booleans())
def test_cautious_prose_is_prose_however_the_text_goes_on(text: str, more: str, quotations: bool) -> None:
    """No letter that is kept with caution is lost when the text is longer."""
    careful = prose(text, quotations=quotations, cautious=True)
    later = prose(text + more, quotations=quotations)
    assert all(new == "a" for old, new in zip(careful, later, strict=False) if old == "a")
