"""XML as a whole text."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.xml_text import ValidXml
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    "text",
    [
        "<a/>",
        " \n<a b='1'>漢 &amp; &#233;</a>\n",
        '<?xml version="1.0" encoding="latin-1"?><a>é</a>',
        "<!DOCTYPE html><html/>",
        "\ufeff<a/>",
        "<a><![CDATA[<]]><!-- - --></a>",
        "<x:a/>",
    ],
)
def test_a_document_is_met(text: str) -> None:
    """Whatever encoding it declares, for the text has been decoded already."""
    assert ValidXml().score(text, whole=True).value == 1


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("Sure: <a/>", 0),
        ("<a/><b/>", 4),
        ("<a><b></a>", 8),
        ("<a b=1/>", 5),
        ("<a>é & b</a>", 6),
        ("<a>&nbsp;</a>", 3),
        ("<a>\x00</a>", 3),
        ("<a>é\ud800</a>", 4),
        ("```xml\n<a/>\n```", 0),
    ],
)
def test_anything_else_is_broken_where_it_goes_wrong(text: str, at: int) -> None:
    """Places count characters, not bytes."""
    score = ValidXml().score(text, whole=True)
    assert (score.value, score.spans) == (0, (Span(at, min(at + 1, len(text))),))


BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE], ids=["bomb", "outside"])
def test_declarations_of_entities_are_not_read(text: str) -> None:
    """No verdict on what may expand without end, or reads files."""
    score = ValidXml().score(text, whole=True)
    assert (score.value, score.reason) == (None, "XML with declarations of its own, which are not read")


@pytest.mark.parametrize(
    ("text", "value"),
    [("<a>", None), ("<a/>", None), ("", None), ("Sure", 0), ("<a/>x", 0), ("<a><b></a>", 0), ("<a>&b", None)],
)
def test_a_cut_text_is_broken_only_when_nothing_can_mend_it(text: str, value: float | None) -> None:
    """Whatever could still become XML is undecided."""
    assert ValidXml().score(text, whole=False).value == value


def test_one_fence_may_be_accepted() -> None:
    """And is open when the text is cut."""
    fenced = ValidXml(fence=True)
    assert fenced.score("```xml\n<a/>\n```", whole=True).value == 1
    assert fenced.score("```xml\n<a/>", whole=True).value == 0
    assert fenced.score("```xml\n<a>x", whole=False).value is None
    assert fenced.score("<a/>", whole=True).value == 1


@given(st.text(st.sampled_from("<>/ab=' &;\"!-?"), max_size=12))
def test_another_reader_agrees(text: str) -> None:
    """ElementTree builds what is well-formed, and nothing else."""
    try:
        ET.fromstring(text.strip())
        known = 1
    except ET.ParseError:
        known = 0
    assert ValidXml().score(text, whole=True).value in (known, None)
