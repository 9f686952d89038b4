"""Marks of a chat's roles."""

from __future__ import annotations

import pytest

from evalkit.constraints.role_markers import NoRoleMarkers
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    "mark",
    [
        "User:",
        "ASSISTANT :",
        "Human:",
        "### Instruction:",
        "## Response:",
        "<|im_start|>",
        "<|eot_id|>",
        "[/INST]",
        "<<SYS>>",
    ],
)
def test_a_mark_breaks_it(mark: str) -> None:
    """At the beginning of a line; the span is the mark."""
    score = NoRoleMarkers().score(f"Kafka.\r\n {mark} And?", whole=True)
    assert score.value == 0
    assert score.spans == (Span(9, 9 + len(mark)),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The user: a person.",
        "- User: a person",
        "**User**: a person",
        "Users:",
        "### Response",
        "a <| b |> c",
        "`User:`\n```\nUser: x\n```",
    ],
)
def test_other_uses_do_not(text: str) -> None:
    """Glossaries, prose and code speak of users too."""
    assert NoRoleMarkers().score(text, whole=True).value == 1


def test_speakers_can_be_added() -> None:
    """Their names are no patterns."""
    text = "Hi.\nDr. A: hello"
    assert NoRoleMarkers().score(text, whole=True).value == 1
    assert NoRoleMarkers(also=("Dr. A",)).score(text, whole=True).value == 0
    assert NoRoleMarkers(also=("Dr.+",)).score(text, whole=True).value == 1


@pytest.mark.parametrize(("text", "value"), [("\nUser:", 0.0), ("\nUser", None), ("`a\nUser:", None)])
def test_a_cut_text_keeps_a_mark(text: str, value: float | None) -> None:
    """Unless it may turn out to be code."""
    assert NoRoleMarkers().score(text, whole=False).value == value
