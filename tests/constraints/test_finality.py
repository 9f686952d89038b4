"""No continuation of a cut text overturns a verdict given on it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.finality import Final, beginning_judged, verdict
from evalkit.constraints.logic import AllOf, AnyOf, AtLeast, Not, within
from evalkit.constraints.pattern import Matches
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.weighted import Weighed, Weighted
from evalkit.constraints.when import When
from evalkit.constraints.words import MaxWords
from evalkit.protocols import Context
from evalkit.types import Case, Completion, Condition, Message
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.protocols import Constraint

SPECS: list[Any] = [
    {"contains_all": ["Kafka", "log"]},
    {"contains_all": {"keywords": ["kafka", "ss"], "whole_words": True}},
    {"contains_all": {"keywords": ["Kafka", "é"], "ignore_case": False}},
    {"contains_any": ["ß", "i", "ﬁ", "Σ"]},
    {"contains_any": {"keywords": ["log", "カフカ", "é"], "whole_words": True}},
    {"contains_any": {"keywords": ["İ", "..."], "ignore_case": False, "whole_words": True}},
    {"max_words": 0},
    {"max_words": 3},
    {"min_words": 1},
    {"min_words": 4},
    {"max_sentences": 0},
    {"max_sentences": 1},
    {"max_sentences": 2},
    {"starts_with": "In short"},
    {"starts_with": "ss"},
    {"starts_with": {"start": "é", "ignore_case": False}},
    {"ends_with": "log"},
    {"matches": "Kafka$"},
    {"matches": r"\bKafka\b"},
    {"matches": r"a\B"},
    {"matches": "(?m)log$"},
    {"matches": "^Kafka"},
    {"matches": r"\d+ MB/s"},
    {"matches": "[^a]$"},
    {"matches": r"\Q\\E$"},
    "valid_json",
    {"valid_json": {"fence": True}},
    {"word_count": {"at_least": 2, "at_most": 3}},
    {"word_count": 2},
    {"sentence_count": {"at_least": 2, "at_most": 3}},
    {"sentence_count": {"at_least": 3}},
    {"line_count": {"at_least": 2, "at_most": 3}},
    {"line_count": {"at_least": 2, "at_most": 3, "blank": True}},
    {"paragraph_count": {"at_least": 2, "at_most": 3}},
    {"character_count": {"at_least": 3, "at_most": 9}},
    {"character_count": {"at_most": 9, "unit": "code_points", "ignore_white_space": True}},
    {"character_count": {"at_least": 5, "unit": "utf8_bytes"}},
    {"character_count": {"exactly": 2, "ignore_white_space": True}},
    {"letter_count": {"letter": "e", "at_least": 2, "at_most": 3}},
    {"letter_count": {"letter": "é", "exactly": 0, "ignore_case": False}},
    {"keyword_count": {"keyword": "é", "at_least": 1, "at_most": 2}},
    {"keyword_count": {"keyword": "log", "exactly": 1, "whole_words": True}},
    {"keyword_count": {"keyword": "ss", "at_least": 2}},
    {"contains_none": ["ß", "log"]},
    {"appears_in": {"keyword": "log", "first": 1}},
    {"appears_in": {"keyword": "log", "first": 2, "whole_words": True}},
    {"appears_in": {"keyword": "log", "last": 1}},
    {"appears_in": {"keyword": "é", "first": 3, "part": "word"}},
    {"appears_in": {"keyword": "log", "first": 2, "part": "word", "whole_words": True}},
    {"appears_in": {"keyword": "Kafka", "first": 1, "part": "line"}},
    {"appears_in": {"keyword": "Kafka", "first": 1, "part": "paragraph"}},
    {"part_starts_with": {"start": "Kafka", "number": 2}},
    {"part_starts_with": {"start": "a", "number": 2, "part": "line"}},
    {"part_starts_with": {"start": "The", "number": 2, "part": "sentence"}},
    {"part_starts_with": {"start": "The", "number": -1, "part": "sentence"}},
    {"in_order": ["log", "Kafka"]},
    {"in_order": {"keywords": ["a", "log", "ss"], "whole_words": True}},
    {"in_order": ["blog", "log"]},
    "sorted_list",
    "all_uppercase",
    "all_lowercase",
    {"capital_word_count": {"at_least": 1, "at_most": 2}},
    {"capital_word_count": {"exactly": 0, "min_letters": 2}},
    "no_punctuation",
    {"token_count": {"at_least": 1, "at_most": 9}},
    {"numbers_within": {"at_least": 1, "at_most": 5}},
    {"numbers_within": {"at_most": 700, "units": ["MB/s", "x"], "match": "any"}},
    {"number_count": {"at_least": 1, "at_most": 2}},
    {"number_count": {"at_least": 1, "at_most": 2, "units": ["MB/s"], "decimal_mark": "."}},
    {"no_punctuation": ".,"},
    {"contains_none": {"keywords": ["log", "カフカ"], "whole_words": True}},
    "valid_xml",
    {"valid_xml": {"fence": True}},
    "valid_yaml",
    {"valid_yaml": {"fence": True}},
    {"json_schema": {"schema": {"type": "object", "required": ["a"]}, "fence": True}},
    {"json_field": {"path": "/a", "equals": 1}},
    {"choice": ["Kafka", "log", "e.g.", "\u00e9", "The log"]},
    {"choice": {"options": ["K\u0323\u0301", "J."], "ignore_case": False, "full_stop": False}},
    {"links": {"at_least": 1}},
    {"links": {"at_most": 0}},
    {"links": {"domains": ["a.b"], "schemes": ["https"]}},
    {"citations": {"style": "numeric", "each_defined": True}},
    {"placeholders": 1},
    {"placeholders": {"at_most": 0}},
    "no_placeholders",
    "has_title",
    {"has_title": "angled"},
    "has_postscript",
    {"has_postscript": "P.S."},
    {"sections": {"splitter": "log", "at_least": 1}},
    {"sections": {"splitter": "The log", "at_most": 1}},
    "in_quotes",
    {"headings": 1},
    {"headings": {"at_least": 1, "level": 1}},
    {"headings": {"at_most": 1}},
    {"headings": {"texts": ["Kafka", "log"]}},
    {"list_items": {"at_least": 2}},
    {"list_items": {"at_most": 1, "kind": "bulleted"}},
    {"list_items": {"at_least": 1, "kind": "numbered", "nested": False}},
    {"block_quotes": {"at_least": 1}},
    {"horizontal_rules": {"at_most": 0}},
    "table",
    {"table": {"columns": 2, "rows": 1}},
    {"table": {"header": ["a"], "max_rows": 1}},
    "code_blocks",
    {"code_blocks": {"at_most": 0}},
    {"code_blocks": {"language": "json", "at_most": 1, "parses": True}},
    {"emphasis": {"at_least": 1}},
    {"emphasis": {"at_most": 0, "kind": "bold"}},
    "no_markdown",
    {"no_markdown": {"allow": ["bullets", "links"]}},
    {"language": ["en", "ja"]},
    {"script": {"allowed": ["Latin", "Han"], "at_least": 0.5}},
    "no_first_person",
    {"no_first_person": {"plural": False}},
    "no_emoji",
    "no_flattery_opener",
    {"no_filler_opener": {"also": ["The log"]}},
    "no_closing_offer",
    {"no_hedging": {"also": ["However"]}},
    "no_apology",
    {"no_ai_disclaimer": {"also": ["Dr. I", "1.5 I"]}},
    {"no_role_markers": {"also": ["Kafka"]}},
    {"reading_grade": {"at_most": 6}},
    {"no_repetition": {"ngram": 2, "at_most": 1}},
    {"no_repetition": {"ngram": 5, "at_most": 2}},
    {"no_repeated_sentences": {"words": 1}},
    {"no_repeated_lines": {"words": 1}},
    {"no_prompt_copy": {"words": 2}},
    {"no_system_leak": {"words": 3}},
    {"similar_to": "Kafka log"},
    {"similar_to": {"reference": "Kafka log", "by": "chrf", "at_least": 0.3}},
    {"in_each": {"part": "line", "constraint": {"max_words": 2}}},
    {"in_each": {"part": "paragraph", "constraint": {"contains_any": ["Kafka", "log"]}}},
    {"in_any": {"part": "paragraph", "constraint": {"not": {"contains_any": ["x"]}}}},
    {"in_any": {"part": "line", "constraint": {"starts_with": "Kafka"}}},
    {"in_each": {"part": "sentence", "constraint": {"max_words": 2}}},
    {"in_any": {"part": "sentence", "constraint": {"max_words": 1}}},
    {"in_each": {"part": "list_item", "constraint": {"max_words": 1}}},
    {"in_any": {"part": "section", "constraint": {"max_words": 1}}},
    {"in_any": {"part": "code_block", "constraint": {"contains_any": ["a"]}}},
    {"in_any": {"part": "json", "pointer": "/*", "constraint": {"max_words": 1}}},
    {"unjudged": "Begin with a verb."},
    {"ifeval_contains_all": ["Kafka", "Σ"]},
    {"ifeval_contains_all": ["a.c", "lo+g"]},
    {"ifeval_contains_none": ["log", "é", "$"]},
    {"ifeval_keyword_count": {"keyword": "s", "at_least": 2}},
    {"ifeval_keyword_count": {"keyword": "log", "less_than": 1}},
    {"ifeval_letter_count": {"letter": "i", "at_least": 3}},
    {"ifeval_letter_count": {"letter": "k", "less_than": 2}},
    {"ifeval_language": "en"},
    {"ifeval_sentence_count": {"at_least": 2}},
    {"ifeval_sentence_count": {"less_than": 2}},
    {"ifeval_paragraph_count": 1},
    {"ifeval_word_count": {"at_least": 3}},
    {"ifeval_word_count": {"less_than": 3}},
    {"ifeval_paragraph_first_word": {"word": "log", "paragraph": 1, "paragraphs": 1}},
    {"ifeval_placeholders": 1},
    {"ifeval_postscript": "P.S."},
    {"ifeval_postscript": "Σ"},
    {"ifeval_bullets": 1},
    "ifeval_yes_no_maybe",
    {"ifeval_highlights": 1},
    {"ifeval_sections": {"splitter": "log", "at_least": 1}},
    "ifeval_json",
    "ifeval_title",
    "ifeval_two_responses",
    {"ifeval_repeats_prompt": "Kafka Σ"},
    {"ifeval_ends_with": "log"},
    "ifeval_quoted",
    "ifeval_english_capitals",
    "ifeval_english_lowercase",
    {"ifeval_capital_words": {"at_least": 1}},
    {"ifeval_capital_words": {"less_than": 2}},
    "ifeval_no_comma",
]
CONTEXT = Context(
    Case("kafka", ""),
    Condition(),
    (Message("system", "The Kafka log said I blog 漢字 1.5"), Message("user", "Kafka said I log")),
    Completion("complete"),
)
LEAVES: list[Constraint] = [within(construct(CONSTRAINTS, spec, beside=None), CONTEXT) for spec in SPECS]
FRAGMENTS = (
    *("Kafka", "KAFKA", "log", "blog", "Dr.", "e.g.", "U.S.", "J.", "The", "However", "said", "I", "x", "a"),
    *(
        ".",
        "!",
        "?",
        "...",
        ". . .",
        "…",
        "?!",
        '"',
        "'",
        "”",
        "“",
        "\u2019",
        ")",
        "(",
        "]",
        "[",
        "}",
        "{",
        ",",
        ":",
        "-",
    ),
    *(
        "ß",
        "ss",
        "SS",
        "s",
        "İ",
        "i",
        "\u0131",
        "Σ",
        "ς",
        "ﬁ",
        "é",
        "e\u0301",
        "e",
        "\u0301",
        "\u0323",
        "\u200d",
        "\u00ad",
    ),
    *("漢字", "カフカ", "ก็", "।", "。", "\ud800", "😀", "\u2028", "\xa0", "\n", "\t", " ", "  ", "_", "*", "#"),
    *("1", "2.", "1.5", "600 MB/s", "-", "+", "true", "tr", "NaN", "Infinity", "Na", '{"a"', ": 1", "\\", '\\"'),
    *("`", "```", "```json\n", "\n```", "In short", "In sh"),
    *("# ", "\n\n", "- ", "1. ", "> ", "|", "|-|-|", "| a | b |", "===", "---", "**", "*a*", "[a](b)", "\r\n"),
    *(
        "<a>",
        "</a>",
        "<a/>",
        "<",
        "&amp;",
        "http://a.b",
        "https://c",
        "[name]",
        "[1]",
        "(",
        "<<",
        ">>",
        "P.S.",
        "{{x}}",
        "TODO",
    ),
    *(
        "I'm",
        "my",
        "we",
        "the",
        "sorry",
        "perhaps",
        "great question",
        "Sure",
        "as an AI",
        "let me know if",
        "\n\n",
        "\n> ",
    ),
    *("🇩", "❤", "\ufe0f", "\ufe0e", "\u20e3", "User", "User:", "<|im_start|>", "### Response:", "«", "»"),
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Draw a text from few of the fragments at a time, so that they meet again and again."""
    some = draw(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8, unique=True))
    parts = draw(st.lists(st.sampled_from(some) | st.characters(), max_size=16))
    return draw(st.sampled_from(["", " "])).join(parts)


def _weighted(parts: tuple[Constraint, Constraint, Constraint]) -> Weighted:
    weights = (3.0, 1.0, 0.5)
    return Weighted(tuple(Weighed(weight, part) for weight, part in zip(weights, parts, strict=True)), at_least=0.75)


_PARTS = st.sampled_from(LEAVES)
_COMPOSITES = st.recursive(
    _PARTS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: AtLeast(2, tuple(parts))),
        st.tuples(inner, inner).map(lambda pair: When(*pair)),
        st.tuples(inner, inner, inner).map(_weighted),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(text=_texts(), continuation=_texts())
@example(text="Kafka and log", continuation="book")
@example(text="cafe", continuation="\u0301")
@example(text="He met Dr. A. B.", continuation=" Smith.")
@example(text="Oh! Oh? said\xa0I\xa0to\xa0him", continuation="!")
@pytest.mark.parametrize("constraint", LEAVES, ids=str)
def test_no_continuation_overturns_a_decided_verdict(constraint: Constraint, text: str, continuation: str) -> None:
    """What a cut text decides, every whole text that begins with it decides the same way."""
    early = constraint.score(text, whole=False)
    if early.value is not None:
        assert constraint.score(text + continuation, whole=True).value == early.value


@settings(max_examples=400, deadline=None)
@given(constraint=_COMPOSITES, text=_texts(), continuation=_texts())
def test_no_continuation_overturns_a_composite(constraint: Constraint, text: str, continuation: str) -> None:
    """The same holds for constraints made of others, however nested."""
    early, late = constraint.score(text, whole=False), constraint.score(text + continuation, whole=True)
    if early.value is not None:
        assert late.value == early.value
    if early.applies is not None:
        assert late.applies is early.applies


@settings(max_examples=400, deadline=None)
@given(constraint=_COMPOSITES, text=_texts(), continuation=_texts())
def test_a_longer_cut_keeps_what_a_shorter_one_decided(constraint: Constraint, text: str, continuation: str) -> None:
    """Reading on before the cut never takes a verdict back."""
    early = constraint.score(text, whole=False)
    if early.value is not None:
        assert constraint.score(text + continuation, whole=False).value == early.value
    if early.applies is not None:
        assert constraint.score(text + continuation, whole=False).applies is early.applies


@settings(max_examples=300, deadline=None)
@given(constraint=_COMPOSITES, text=_texts(), whole=st.booleans())
def test_spans_lie_in_the_text(constraint: Constraint, text: str, whole: bool) -> None:
    """Whatever case folding does to lengths, spans index the text as it was given."""
    assert all(0 <= span.start <= span.end <= len(text) for span in constraint.score(text, whole=whole).spans)


@pytest.mark.parametrize(
    ("final", "met", "value"),
    [
        ("met", True, 1.0),
        ("met", False, None),
        ("broken", True, None),
        ("broken", False, 0.0),
        ("both", True, 1.0),
        ("both", False, 0.0),
        ("neither", True, None),
        ("neither", False, None),
    ],
)
def test_a_cut_text_keeps_only_final_verdicts(final: Final, met: bool, value: float | None) -> None:
    """A verdict survives the cut only when it is declared final."""
    assert verdict("found", met=met, whole=False, final=final).value == value


@pytest.mark.parametrize(("met", "value"), [(True, 1.0), (False, 0.0)], ids=["met", "broken"])
def test_a_whole_text_is_decided(met: bool, value: float) -> None:
    """Nothing is withheld from a whole text, and the reason stands as given."""
    assert verdict("found", met=met, whole=True, final="neither") == Score(value, "found")


def test_a_beginning_that_decides_is_enough() -> None:
    """A text too long to read is broken when its beginning already is."""
    assert beginning_judged(MaxWords(1), "one two three", 7).value == 0


def test_a_beginning_that_does_not_decide_says_how_far_it_was_read() -> None:
    """The reason names the length read."""
    score = beginning_judged(Matches("z"), "abcz", 3)
    assert score.value is None
    assert score.reason.endswith("after 3 characters, which is as far as it is read")
    assert score.spans == ()


HOSTILE = {
    "stops": "a. " * 333_000,
    "abbreviations": "Dr. " * 250_000,
    "quoted stops": 'a." ' * 250_000,
    "exclamations": "!" * 1_000_000,
    "brackets": "[" * 1_000_000,
    "objects": '{"a":' * 200_000,
    "escapes": '"' + '\\"' * 500_000,
    "fences": "```\n" * 250_000,
    "sharp s": "ß" * 1_000_000,
    "dotted i": "İ" * 1_000_000,
    "han": "漢" * 1_000_000,
    "accents": "a\u0301" * 500_000,
    "keywords": "logKafka" * 125_000,
    "hyphens": "a-" * 500_000,
    "digits": "1," * 500_000,
    "blanks": " " * 1_000_000,
}
LENGTH = 60_000
"""Long enough for a quadratic check to take many seconds; `benchmarks/hostile_texts.py` takes the whole megabyte."""


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_text_made_to_be_slow_is_scored_in_good_time(text: str) -> None:
    """Every check takes time in proportion to the text, of which this is a small part."""
    slow: list[tuple[str, float]] = []
    kinds = {type(leaf): leaf for leaf in LEAVES}.values()
    for constraint in (*kinds, Matches("(a*)*b"), Matches("(?:a?){500}a{500}b"), Matches("a.{1000}b")):
        constraint.score("Der Server.", whole=True)  # loads what it needs
        for whole in (True, False):
            start = time.process_time()
            constraint.score(text[:LENGTH], whole=whole)
            taken_s = time.process_time() - start
            if taken_s > 2:  # tens of times what a busy machine takes
                slow.append((str(constraint), taken_s))
    assert not slow


def test_an_empty_span_is_no_span_beyond_the_text() -> None:
    """A constraint on an empty text rests on nothing."""
    assert all(span == Span(0, 0) for leaf in LEAVES for span in leaf.score("", whole=True).spans)
