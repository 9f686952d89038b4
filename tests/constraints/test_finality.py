"""No continuation of a cut text overturns a verdict given on it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.finality import Final, beginning_judged, verdict
from evalkit.constraints.logic import AllOf, AnyOf, Not
from evalkit.constraints.pattern import Matches
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.words import MaxWords
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
LEAVES: list[Constraint] = [construct(CONSTRAINTS, spec, beside=None) for spec in SPECS]
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
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """Draw a text from few of the fragments at a time, so that they meet again and again."""
    some = draw(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8, unique=True))
    parts = draw(st.lists(st.sampled_from(some) | st.characters(), max_size=16))
    return draw(st.sampled_from(["", " "])).join(parts)


_PARTS = st.sampled_from(LEAVES)
_COMPOSITES = st.recursive(
    _PARTS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
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
    early = constraint.score(text, whole=False)
    if early.value is not None:
        assert constraint.score(text + continuation, whole=True).value == early.value


@settings(max_examples=400, deadline=None)
@given(constraint=_COMPOSITES, text=_texts(), continuation=_texts())
def test_a_longer_cut_keeps_what_a_shorter_one_decided(constraint: Constraint, text: str, continuation: str) -> None:
    """Reading on before the cut never takes a verdict back."""
    early = constraint.score(text, whole=False)
    if early.value is not None:
        assert constraint.score(text + continuation, whole=False).value == early.value


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


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_megabyte_made_to_be_slow_is_scored_in_good_time(text: str) -> None:
    """Every check takes time in proportion to the text; none takes seconds for a megabyte."""
    slow: list[tuple[str, float]] = []
    for constraint in (*LEAVES, Matches("(a*)*b"), Matches("(?:a?){500}a{500}b"), Matches("a.{1000}b")):
        for whole in (True, False):
            start = time.process_time()
            constraint.score(text, whole=whole)
            taken_s = time.process_time() - start
            if taken_s > 2:  # on an idle machine each stays below 0.4
                slow.append((str(constraint), taken_s))
    assert not slow


def test_an_empty_span_is_no_span_beyond_the_text() -> None:
    """A constraint on an empty text rests on nothing."""
    assert all(span == Span(0, 0) for leaf in LEAVES for span in leaf.score("", whole=True).spans)
