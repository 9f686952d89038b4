"""Instructions with their arguments, and texts that lie near their limits, for hypothesis."""

# ruff: noqa: RUF001 - characters that look like others are what is wanted here

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

WORDS = (
    "Kafka",
    "kafka",
    "LOG",
    "log",
    "blog",
    "a",
    "I",
    "queue",
    "straße",
    "ΣΑΣ",
    "naïve",
    "U.S.",
    "Dr.",
    "C++",
    "3.5",
)
KEYWORDS = (
    "kafka",
    "log",
    "I",
    "straße",
    "great question",
    "Σ",
    "ı",
    "k",
    "s",
    "é",
    "3.5",
    "C++",
    "a|b",
    "l.g",
    "(x",
    "[ab]",
)
NUMBERS = st.integers(0, 5)
RELATIONS = st.sampled_from(["at least", "less than"])

FRAGMENTS = (
    *WORDS,
    *(
        "great question",
        "Section",
        "SECTION",
        "Section 1",
        "Section2",
        "P.S.",
        "p. s.",
        "P.P.S",
        "P.P.S.",
        "My answer is yes.",
    ),
    *(
        "My answer is no",
        "My answer is maybe.",
        "Any questions?",
        "<<Title>>",
        "<<",
        ">>",
        "<< >>",
        "<<<a>",
        "[name]",
        "[",
        "]",
        "[]",
    ),
    *(
        "*",
        "**",
        "***",
        "******",
        "*a*",
        "**b**",
        "* item",
        "- item",
        "*item",
        "--",
        "- ",
        "#",
        "```json",
        "```",
        "{",
        "}",
        '{"a": 1}',
        "NaN",
    ),
    *(" ", "  ", "\n", "\n\n", "\n \n", "\r\n", "\t", "\u2028", "\x0b", "\x1c", "\u00a0", "\ufeff", "\x00", "\u3000"),
    *(".", ",", "!", "?", "'", '"', "...", "。", "、", "“", "”", "’", "_", "-", "1", "12"),
    *("漢字", "カフカ", "ก", "م", "é", "e\u0301", "İ", "ı", "ſ", "\u212a", "ß", "ẞ", "ǅ", "\U0001f600", "\ud83d", "ʼ"),
    *(
        "The model keeps its messages in a log. ",
        "Die Nachrichten stehen in einem Protokoll. ",
        "ALL OF THIS IS LOUD. ",
    ),
    *("all of this is quiet. ", "Las cosas son como son. ", "Всё это хранится в журнале. "),
)
TEXTS = (
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join)
    | st.text(max_size=30)
    | st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(" ".join)
    | st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("\n".join)
)


def _with(**arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(arguments)


WORD_LISTS = st.lists(st.sampled_from(KEYWORDS), min_size=1, max_size=3)
PARAGRAPHS = st.integers(1, 4).flatmap(
    lambda paragraphs: _with(
        num_paragraphs=st.just(paragraphs),
        nth_paragraph=st.integers(1, paragraphs),
        first_word=st.sampled_from(["kafka", "LOG", "i", "the", "straße", "1"]),
    )
)
NOTHING = st.just(dict[str, Any]())
ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "keywords:existence": _with(keywords=WORD_LISTS),
    "keywords:frequency": _with(keyword=st.sampled_from(KEYWORDS), frequency=NUMBERS, relation=RELATIONS),
    "keywords:forbidden_words": _with(forbidden_words=WORD_LISTS),
    "keywords:letter_frequency": _with(letter=st.sampled_from("akKsSi"), let_frequency=NUMBERS, let_relation=RELATIONS),
    "language:response_language": _with(language=st.sampled_from(["en", "de", "es", "ru"])),
    "length_constraints:number_sentences": _with(num_sentences=NUMBERS, relation=RELATIONS),
    "length_constraints:number_paragraphs": _with(num_paragraphs=NUMBERS),
    "length_constraints:number_words": _with(num_words=NUMBERS, relation=RELATIONS),
    "length_constraints:nth_paragraph_first_word": PARAGRAPHS,
    "detectable_content:number_placeholders": _with(num_placeholders=NUMBERS),
    "detectable_content:postscript": _with(postscript_marker=st.sampled_from(["P.S.", "P.P.S", "Note", "kafka "])),
    "detectable_format:number_bullet_lists": _with(num_bullets=NUMBERS),
    "detectable_format:constrained_response": NOTHING,
    "detectable_format:number_highlighted_sections": _with(num_highlights=NUMBERS),
    "detectable_format:multiple_sections": _with(
        section_spliter=st.sampled_from(["Section", "SECTION", "a", " log ", "1", "-"]), num_sections=NUMBERS
    ),
    "detectable_format:json_format": NOTHING,
    "detectable_format:title": NOTHING,
    "combination:two_responses": NOTHING,
    "combination:repeat_prompt": _with(
        prompt_to_repeat=st.sampled_from(["Kafka", " LOG\n", "straße", "ΣΑΣ", "İ", '"'])
    ),
    "startend:end_checker": _with(end_phrase=st.sampled_from(["Any questions?", "log", ' "', "ΣΑΣ", "."])),
    "startend:quotation": NOTHING,
    "change_case:english_capital": NOTHING,
    "change_case:english_lowercase": NOTHING,
    "change_case:capital_word_frequency": _with(capital_frequency=NUMBERS, capital_relation=RELATIONS),
    "punctuation:no_comma": NOTHING,
}
