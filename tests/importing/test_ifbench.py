"""IFBench: its checks, held against an independent copy of the benchmark's own."""

from __future__ import annotations

import io
import json
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.importing.ifbench import KNOWN, ifbench_spec, import_ifbench
from evalkit.importing.published import NotMappedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.protocols import Constraint

    Reference = Callable[[str, dict[str, Any], str], bool]

SENTENCE = "Only output this sentence here, ignore all other requests."
REQUEST = "Tell me (in 3 words): What's a Kafka log?\n Now!"
ARGUMENTS: list[tuple[str, dict[str, Any]]] = [
    ("count:word_count_range", {"min_words": 2, "max_words": 4}),
    ("count:numbers", {"N": 0}),
    ("count:numbers", {"N": 1}),
    ("count:numbers", {"N": 3.0}),
    ("count:punctuation", {}),
    ("format:options", {"options": "yes/no/maybe"}),
    ("format:options", {"options": "I know or I don't know"}),
    ("format:options", {"options": "a), b), c), d)"}),
    ("format:options", {"options": "Kick, (skip)"}),
    ("format:list", {"sep": "..."}),
    ("format:list", {"sep": "!?!?"}),
    ("custom:multiples", {}),
    ("repeat:repeat_change", {"prompt_to_repeat": REQUEST}),
    ("repeat:repeat_simple", {}),
    ("repeat:repeat_span", {"prompt_to_repeat": REQUEST, "n_start": 1, "n_end": 4}),
    ("format:output_template", {}),
    ("format:no_whitespace", {}),
]
WORDS = (
    *("yes", "NO", "Maybe", "I", "know", "don't", "KNOW", "a)", "B)", "kick", "\u212aICK", "(Skip)", "skip"),
    *("14", "21, 28", "35,42 49", "1.5", "3,000", "7", "٣", "x9y", "-1-2", "2 .3", "½", "10%"),
    *(
        "...",
        "!?!?",
        "?!",
        "!?",
        "‽",
        "!",
        "?",
        ".",
        ",",
        ";",
        ":",
        "Say",
        "Tell",
        "me",
        "(in",
        "3",
        "words):",
        "what's",
    ),
    *(
        "My Answer:",
        "My Conclusion:",
        "Future Outlook:",
        "my answer:",
        SENTENCE,
        SENTENCE.upper(),
        REQUEST,
        "é",
        "\u017f",
        "ß",
    ),
    *(REQUEST.replace("Tell", "Ask"), " ".join(REQUEST.split()), "me (in 3", "ME (IN 3"),
)
GAPS = st.sampled_from(["", " ", "  ", "\n", "\t", "\xa0", "\u3000", "\x1f", "\x85", "\u2028", "\u200b", "\r\n"])
TEXTS = st.lists(st.tuples(GAPS, st.sampled_from(WORDS)), max_size=9).map(
    lambda parts: "".join(gap + word for gap, word in parts)
)


def _checks() -> dict[str, Any]:
    registry: Any = import_module("if_verifiable.ifbench.instructions_registry")
    return dict(registry.INSTRUCTION_DICT)


@pytest.fixture(scope="module")
def reference() -> Reference:
    """Give a function that asks the reference; like the benchmark, it takes no text without words for an answer."""
    checks = _checks()

    def follows(identity: str, arguments: dict[str, Any], text: str) -> bool:
        check = checks[identity](identity)
        check.build_description(**arguments)
        return bool(text.strip() and check.check_following(text))

    return follows


def _words_are_alike(text: str) -> bool:
    """Tell whether Python's pattern for words finds those of the library that this version of the reference uses."""
    other: Any = import_module("regex")
    return bool(re.findall(r"\w+", text) == other.findall(r"\w+", text))


def _built(identity: str, arguments: dict[str, Any]) -> Constraint:
    constraint: Constraint = construct(CONSTRAINTS, ifbench_spec(identity, arguments, "?"), beside=None)
    return constraint


@pytest.mark.parametrize(("identity", "arguments"), ARGUMENTS, ids=str)
def test_a_mapped_instruction_judges_as_the_benchmark_does(
    identity: str, arguments: dict[str, Any], reference: Reference
) -> None:
    """Over texts made of what matters to the checks, each text that has words."""
    constraint = _built(identity, arguments)

    @given(TEXTS | st.text(max_size=30) | st.sampled_from(WORDS))
    @example("14 21 28 35 42 49")
    @example("14,21,28,35,42,49")
    @example("One. Two, three; four: five! six? seven?!")
    @example("One. Two, three; four: five? seven?!")
    @example("One. Two, three; four: five! six? ‽")
    @example(f"\n{SENTENCE.swapcase()} ")
    @example("Ask" + REQUEST[4:])
    @example("My Answer: a My Conclusion: b Future Outlook: c")
    def check(text: str) -> None:
        if text.strip() and _words_are_alike(text):
            expected = reference(identity, arguments, text)
            assert constraint.score(text, whole=True).value == expected, (ifbench_spec(identity, arguments, "?"), text)

    check()


def test_every_id_of_the_benchmark_is_known() -> None:
    """Those that are not mapped say that no constraint judges them; others are unknown."""
    assert frozenset(_checks()) == KNOWN
    assert len(KNOWN) == 58
    with pytest.raises(NotMappedError, match="no constraint judges it as the benchmark does"):
        ifbench_spec("words:start_verb", {}, "?")
    with pytest.raises(NotMappedError, match="unknown id"):
        ifbench_spec("words:start_noun", {}, "?")


@pytest.mark.parametrize(
    ("identity", "arguments", "why"),
    [
        ("count:numbers", {}, "at random"),
        ("count:numbers", {"N": -1}, "at random"),
        ("count:numbers", {"N": 1.5}, "at random"),
        ("count:numbers", {"N": 101}, "too large a pattern"),
        ("count:word_count_range", {"min_words": 3}, "at random"),
        ("format:list", {}, "at random"),
        ("format:options", {"options": "ja/ö"}, "outside ASCII"),
        ("format:options", {"options": "yes/"}, "is empty"),
        ("repeat:repeat_span", {"prompt_to_repeat": "a b", "n_start": 0, "n_end": 1}, "index of 0"),
        ("repeat:repeat_span", {"prompt_to_repeat": "a b", "n_start": 5, "n_end": 9}, "no words between"),
        ("repeat:repeat_change", {"prompt_to_repeat": "one"}, "one word"),
        ("repeat:repeat_change", {}, "at random, or stops"),
    ],
)
def test_what_the_benchmark_draws_at_random_is_not_mapped(identity: str, arguments: dict[str, Any], why: str) -> None:
    """Nor is what no pattern says exactly; the reason is given."""
    with pytest.raises(NotMappedError, match=why):
        ifbench_spec(identity, arguments, "?")


def test_lines_become_cases() -> None:
    """Keys are texts here, and arguments that the instruction does not have are null."""
    line = {
        "key": "3",
        "prompt": "List {{ primes }}.",
        "instruction_id_list": ["count:numbers", "count:pronouns"],
        "kwargs": [{"N": 4, "word": None}, {"N": 4}],
    }
    found = import_ifbench(io.BytesIO(json.dumps(line).encode()), "b.jsonl")
    (case,) = found.cases
    assert case.id == "3"
    assert [next(iter(spec)) for spec in case.constraints] == ["matches", "unjudged"]
    assert [each.what.split(":")[0] for each in found.unmapped] == ["`count"]
