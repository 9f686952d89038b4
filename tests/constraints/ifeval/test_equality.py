"""Verdicts equal those of an independent reference, strict and loose, for every instruction of IFEval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.ifeval.published import PUBLISHED_IDS, published_spec
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.score import score
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.types import Json

    Reference = Callable[[str, Mapping[str, Json], str], tuple[bool, bool]]

_NUMBERS = st.integers(0, 6)
_RELATIONS = st.sampled_from(["at least", "less than"])
_KEYWORDS = st.sampled_from(
    (
        *("log", "Kafka", "a", "key word", "don't", "a.c", r"a\.c", "1.5", "[ab]c", "a|b", "x?"),
        *("İ", "ß", "\u017f", "K", "é", "e\u0301", "漢", "Σ", "ς"),
    )
)
_ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "keywords:existence": st.fixed_dictionaries({"keywords": st.lists(_KEYWORDS, min_size=1, max_size=3)}),
    "keywords:frequency": st.fixed_dictionaries({"keyword": _KEYWORDS, "frequency": _NUMBERS, "relation": _RELATIONS}),
    "keywords:forbidden_words": st.fixed_dictionaries({"forbidden_words": st.lists(_KEYWORDS, min_size=1, max_size=3)}),
    "keywords:letter_frequency": st.fixed_dictionaries(
        {"letter": st.sampled_from("aAikKsz"), "let_frequency": _NUMBERS, "let_relation": _RELATIONS}
    ),
    "language:response_language": st.fixed_dictionaries({"language": st.sampled_from(["en", "de", "fr", "hi", "ja"])}),
    "length_constraints:number_sentences": st.fixed_dictionaries({"num_sentences": _NUMBERS, "relation": _RELATIONS}),
    "length_constraints:number_paragraphs": st.fixed_dictionaries({"num_paragraphs": _NUMBERS}),
    "length_constraints:number_words": st.fixed_dictionaries({"num_words": st.integers(0, 12), "relation": _RELATIONS}),
    "length_constraints:nth_paragraph_first_word": st.integers(1, 4).flatmap(
        lambda number: st.fixed_dictionaries(
            {
                "num_paragraphs": st.just(number),
                "nth_paragraph": st.integers(1, number),
                "first_word": st.sampled_from(["log", "KAFKA", "i̇", "Σ", "'", "don"]),
            }
        )
    ),
    "detectable_content:number_placeholders": st.fixed_dictionaries({"num_placeholders": _NUMBERS}),
    "detectable_content:postscript": st.fixed_dictionaries(
        {"postscript_marker": st.sampled_from(["P.S.", "P.P.S", "P.S", "PS:", "Log", " P.S. ", "Σ"])}
    ),
    "detectable_format:number_bullet_lists": st.fixed_dictionaries({"num_bullets": _NUMBERS}),
    "detectable_format:number_highlighted_sections": st.fixed_dictionaries({"num_highlights": _NUMBERS}),
    "detectable_format:multiple_sections": st.fixed_dictionaries(
        {
            "section_spliter": st.sampled_from(["Section", "SECTION", " log", "1", "(a)", "a|log", "."]),
            "num_sections": _NUMBERS,
        }
    ),
    "combination:repeat_prompt": st.fixed_dictionaries(
        {"prompt_to_repeat": st.sampled_from(["log", " Kafka log ", "ΑΣ", "İ", "a\n\nb"])}
    ),
    "startend:end_checker": st.fixed_dictionaries({"end_phrase": st.sampled_from(["log", " LOG. ", '"', "ΑΣ", "İ"])}),
    "change_case:capital_word_frequency": st.fixed_dictionaries(
        {"capital_frequency": _NUMBERS, "capital_relation": _RELATIONS}
    ),
}
_PIECES = (
    *("log", "Kafka", "KAFKA", "blog", "key word", "IT'S", "don't", "CANNOT", "I", "A", "a", "b", "abc", "Dr.", "e.g."),
    *(".", "!", "?", "...", ",", ":", ";", "'", '"', "''", "“", "”", "\u2019"),
    *("(", ")", "[", "]", "[x]", "<<", ">>", "{", "}"),
    *("*", "**", "***", "******", "* ", "- ", "-", "--", "#", "```", "```json\n", "|", "_", "`"),
    *("P.S.", "p. s.", "P.P.S", "Section 1", "Section", "SECTION 2", "My answer is yes.", "My answer is no"),
    *(" ", "  ", "\n", "\n\n", "\n\n\n", "\t", "\r\n", "\x0b", "\xa0", "\u2028", "\x85", "\u3000"),
    *("ß", "ẞ", "İ", "\u0131", "\u017f", "K", "Σ", "ς", "é", "e\u0301", "ǅ", "\u0661", "½"),
    *("漢字", "かな", "ไทย", "हिन्दी", "😀", "\u200d"),
    *("\x00", "\ufeff", "\ud800", "\u0301", "NaN", "-0", "[1]", '"x"', "null", "{}", "1"),
)  # fmt: skip
_PIECE = st.sampled_from(_PIECES)
_PROSE = st.sampled_from(
    [
        "the broker takes the messages and hands them on in their order.",
        "THE BROKER TAKES THE MESSAGES AND HANDS THEM ON IN THEIR ORDER.",
        "Der Verteiler nimmt die Nachrichten an und gibt sie der Reihe nach weiter.",
        "Le courtier prend les messages et les transmet dans leur ordre.",
        "यह एक छोटा वाक्य है जो हिंदी में लिखा गया है।",
        "これは日本語で書かれた短い文です。",
    ]
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Draw a text from few pieces at a time, so that they meet again and again."""
    some = draw(st.lists(_PIECE | _PROSE, min_size=1, max_size=8, unique=True))
    parts = draw(st.lists(st.sampled_from(some) | st.characters(exclude_characters="\x1c\x1d\x1e\x1f"), max_size=16))
    return draw(st.sampled_from(["", "", " ", "\n"])).join(parts)


def _compared(identity: str, arguments: dict[str, Any], text: str, reference: Reference) -> None:
    constraint = construct(CONSTRAINTS, published_spec(identity, arguments, ""), beside=None)
    (verdict,) = score(Completion("complete", text), [constraint]).verdicts
    assert verdict.ifeval_id == identity
    assert (verdict.value, verdict.loose) == reference(identity, arguments, text), verdict.reason


@pytest.mark.parametrize("identity", PUBLISHED_IDS)
@settings(max_examples=60)
@given(data=st.data(), text=_texts())
def test_every_verdict_is_the_reference_s(identity: str, reference: Reference, data: st.DataObject, text: str) -> None:
    """Strict and loose, for arguments at their bounds and texts in any script and form."""
    arguments = data.draw(_ARGUMENTS.get(identity, st.just({})))
    _compared(identity, arguments, text, reference)


@pytest.mark.parametrize("identity", PUBLISHED_IDS)
@settings(max_examples=60)
@given(data=st.data(), text=_texts(), more=_texts())
def test_no_continuation_overturns_a_verdict(identity: str, data: st.DataObject, text: str, more: str) -> None:
    """What a cut text decides, every whole text that begins with it decides the same way."""
    arguments = data.draw(_ARGUMENTS.get(identity, st.just({})))
    constraint = construct(CONSTRAINTS, published_spec(identity, arguments, ""), beside=None)
    early = constraint.score(text, whole=False).value
    assert early is None or constraint.score(text + more, whole=True).value == early
    assert early is None or constraint.score(text + more, whole=False).value == early
