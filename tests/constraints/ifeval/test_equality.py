"""Verdicts equal those of an independent reference, strict and loose, for every instruction of IFEval."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.ifeval.published import PUBLISHED_IDS, published_spec
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.expand.messages import digest
from evalkit.providers.registry import build_provider
from evalkit.score import score
from evalkit.types import Completion, Condition, Message, Profile, Prompt, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.protocols import Provider
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


_ASKED = (
    "Describe a harbour town in two sentences. Do not use any commas.",
    "List exactly 3 brokers as bullet points, like this:\n* One\n* Another",
    "Explain what a log is. Your entire response should be in all lowercase letters.",
    "WRITE A SHORT SLOGAN FOR A BAKERY. USE CAPITAL LETTERS ONLY.",
    "Schreibe einen kurzen Satz auf Deutsch \u00fcber das Wetter.",
    "Give a recipe with a title in double angular brackets, such as <<soup>>, and highlight *two* steps.",
    'Reply with a JSON object that has the keys "name" and "price". Wrap it in ```.',
    "Write an invitation with at least two placeholders such as [name]. End it with P.S. and a remark.",
    "Give two different answers to: what is tea? Separate them by ******.",
    "Write 2 paragraphs about rivers separated by ***. Each begins with Section 1, Section 2 and so on.",
    "First repeat this request, then answer it: Which is older, bread or beer?",
    'Is water wet? Answer with "My answer is yes.", "My answer is no." or "My answer is maybe." in double quotes.',
)


_COMPARED = [(relation, number) for relation in ("at least", "less than") for number in (0, 1, 2, 3, 5, 20, 60)]
_GIVEN: dict[str, list[dict[str, Any]]] = {
    "keywords:existence": [{"keywords": ["the"]}, {"keywords": ["bread", "a.e"]}],
    "keywords:frequency": [{"keyword": "is", "relation": way, "frequency": number} for way, number in _COMPARED],
    "keywords:forbidden_words": [{"forbidden_words": ["the", "beer"]}, {"forbidden_words": ["zebra"]}],
    "keywords:letter_frequency": [
        {"letter": "E", "let_relation": way, "let_frequency": number} for way, number in _COMPARED
    ],
    "language:response_language": [{"language": "en"}, {"language": "de"}],
    "length_constraints:number_sentences": [{"relation": way, "num_sentences": number} for way, number in _COMPARED],
    "length_constraints:number_paragraphs": [{"num_paragraphs": number} for number in range(4)],
    "length_constraints:number_words": [{"relation": way, "num_words": number} for way, number in _COMPARED],
    "length_constraints:nth_paragraph_first_word": [
        {"num_paragraphs": number, "nth_paragraph": 1, "first_word": word}
        for number in range(1, 5)
        for word in ("the", "i", "here", "my")
    ],
    "detectable_content:number_placeholders": [{"num_placeholders": number} for number in range(4)],
    "detectable_content:postscript": [{"postscript_marker": "P.S."}, {"postscript_marker": "P.P.S"}],
    "detectable_format:number_bullet_lists": [{"num_bullets": number} for number in range(8)],
    "detectable_format:number_highlighted_sections": [{"num_highlights": number} for number in range(6)],
    "detectable_format:multiple_sections": [{"section_spliter": "Section", "num_sections": n} for n in range(4)],
    "combination:repeat_prompt": [{"prompt_to_repeat": "First repeat"}, {"prompt_to_repeat": "The"}],
    "startend:end_checker": [{"end_phrase": "."}, {"end_phrase": "beer."}],
    "change_case:capital_word_frequency": [
        {"capital_relation": way, "capital_frequency": number} for way, number in _COMPARED
    ],
}


@pytest.mark.model
@pytest.mark.slow
def test_verdicts_on_a_model_s_answers_are_the_reference_s(reference: Reference) -> None:
    """Each of 24 answers is held to every instruction with several arguments, asked for or not."""
    profile = Profile("smollm2", "transformers", "smollm2", limits={"threads": 1, "batch_size": 24})
    for text in asyncio.run(_answers(build_provider(profile))):
        for identity in PUBLISHED_IDS:
            for arguments in _GIVEN.get(identity, [{}]):
                _compared(identity, arguments, text, reference)


async def _answers(provider: Provider) -> list[str]:
    await provider.prepare(lambda _what, _share: None)
    samples = [_sample(position) for position in range(2 * len(_ASKED))]
    found = [completion.text async for _, completion in provider.complete(samples)]
    await provider.aclose()
    assert len(found) == len(samples)
    assert sum(len(text) for text in found) > 24 * 50
    return found


def _sample(position: int) -> Sample:
    messages = (Message("user", _ASKED[position // 2]),)
    return Sample(
        key=str(position),
        position=position,
        provider="smollm2",
        condition=Condition(),
        case_id=str(position // 2),
        repeat=position % 2,
        prompt=Prompt(messages, digest(messages)),
        settings={"temperature": 0.7 * (position % 2), "max_tokens": 96},
        seed=position,
    )
