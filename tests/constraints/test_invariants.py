"""What holds for every constraint of the table, whatever it demands.

A constraint that is added to the table is held to all of it by its own examples. Where one is about just that which a
test says must not matter, it stands in `ABOUT`, with the reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.logic import AllOf, AnyOf, AtLeast, Not
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.score import score
from evalkit.types import Completion
from tests.constraints.worked_examples import NAMES, about, example, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.protocols import Constraint

ABOUT: dict[str, dict[str, str]] = {
    "normal form": {
        "ifeval_sentence_count": "the benchmark takes an accent of its own for a word, not for a part of an initial",
        "token_count": "without the provider's count, the bounds are those of the bytes",
    },
    "trailing white space": {
        "ifeval_english_capitals": "the benchmark's detector draws at random, and its draws hang on the whole text",
        "token_count": "without the provider's count, the bounds are those of the bytes",
    },
    "line endings": {
        "ifeval_paragraph_first_word": "the benchmark knows no paragraphs but those between two line feeds",
    },
}
"""By what must not matter: constraints to which it does, and why."""

CHANGES: dict[str, list[Callable[[str], str]]] = {
    "normal form": [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: unicodedata.normalize("NFC", text),
    ],
    "trailing white space": [
        lambda text: f"{text}\n",
        lambda text: f"{text} \t",
        lambda text: f"{text}\n\n",
    ],
    "line endings": [lambda text: text.replace("\n", "\r\n")],
}
SHOWN = sorted({text for name in NAMES for text in texts(example(name)[1])})
"""Every text of every example."""
_ONES_OWN = ("{}", "{} Café, naïve, Ångström.", "{}\n\nSecond line.\nThird, año.", "É. {}")
_PIECES = st.lists(
    st.sampled_from(["log", "Kafka", "*", "**", "\n", "\n\n", " ", "# ", "- ", "é", "{}", "a. ", "漢字"]), max_size=12
)
_TEXTS = st.sampled_from(SHOWN) | _PIECES.map("".join)


def _value(constraint: Constraint, text: str, *, whole: bool = True) -> float | None:
    return about(constraint, text, whole=whole).score(text, whole=whole).value


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("name", NAMES)
def test_what_must_not_matter_does_not(name: str, kind: str) -> None:
    """Normal form, white space at the end and line endings change no verdict, unless the constraint is about them."""
    constraint, examples = example(name)
    ones_own = [form.replace("{}", text) for text in texts(examples) for form in _ONES_OWN]
    changed = [
        (text, change(text))
        for text in ones_own
        for change in CHANGES[kind]
        if _value(constraint, text) != _value(constraint, change(text))
    ]
    assert bool(changed) == (name in ABOUT[kind]), changed


def test_the_exceptions_are_constraints_of_the_table() -> None:
    """None is left over from a constraint that is gone."""
    assert {name for exceptions in ABOUT.values() for name in exceptions} <= set(CONSTRAINTS.builtins)


@pytest.mark.parametrize("name", NAMES)
def test_no_continuation_overturns_a_verdict_on_a_beginning(name: str) -> None:
    """Wherever an example's text is cut, a verdict that is given there holds however the text goes on."""
    constraint, examples = example(name)
    for text in texts(examples):
        for cut in range(len(text) + 1):
            begun = text[:cut]
            early = about(constraint, begun, whole=False).score(begun, whole=False)
            if early.value is None and early.applies is not False:
                continue
            for end in (text[cut:], "", "\u0301", "x", " Kafka is a log.", "\n\n- RabbitMQ\n", '"}'):
                late = about(constraint, begun + end, whole=True).score(begun + end, whole=True)
                assert (late.value, late.applies) == (early.value, early.applies), (begun, end)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25)
@given(text=_TEXTS, whole=st.booleans())
def test_loose_is_never_below_strict(name: str, text: str, whole: bool) -> None:
    """The text as it is, is one of the eight variants."""
    constraint = about(example(name)[0], text, whole=whole)
    (verdict,) = score(Completion("complete" if whole else "truncated", text), [constraint]).verdicts
    if verdict.value is not None and verdict.loose is not None:
        assert verdict.loose >= verdict.value
    if verdict.value == 1:
        assert verdict.loose == 1


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25)
@given(text=_TEXTS, whole=st.booleans())
def test_not_is_an_involution(name: str, text: str, whole: bool) -> None:
    """Twice negated is the constraint itself, reason and spans included; once negated it is the other verdict."""
    constraint = about(example(name)[0], text, whole=whole)
    once, plain = Not(constraint).score(text, whole=whole), constraint.score(text, whole=whole)
    assert Not(Not(constraint)).score(text, whole=whole) == plain
    assert once.value == (None if plain.value is None else 1 - plain.value)
    assert (once.reason, once.spans, once.applies) == (plain.reason, plain.spans, plain.applies)


_CONSTRAINTS = [example(name)[0] for name in NAMES if name != "python"]  # which starts a process


@settings(max_examples=40)
@given(text=_TEXTS, whole=st.booleans(), order=st.permutations(range(len(_CONSTRAINTS))))
def test_the_order_of_constraints_does_not_matter(text: str, whole: bool, order: list[int]) -> None:
    """Each verdict is the same wherever its constraint stands, and so are what they come to and what joins them."""
    constraints = [about(each, text, whole=whole) for each in _CONSTRAINTS]
    shuffled = [constraints[index] for index in order]
    completion = Completion("complete" if whole else "truncated", text)
    first, second = score(completion, constraints), score(completion, shuffled)
    assert second.verdicts == tuple(first.verdicts[index] for index in order)
    assert second.full_adherence == first.full_adherence
    assert second.adherence == pytest.approx(first.adherence)
    few, few_shuffled = constraints[:4], [constraints[index] for index in order if index < 4]
    for join in (AllOf, AnyOf, partial(AtLeast, 2)):
        values = [join(tuple(parts)).score(text, whole=whole).value for parts in (few, few_shuffled)]
        assert values[0] == values[1]


PROGRAM = """
import json, locale, sys
sys.path.insert(0, sys.argv[1])
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass  # not installed here
from tests.constraints.worked_examples import NAMES, about, example, texts
said = {}
for name in NAMES:
    constraint, examples = example(name)
    for text in ("", *texts(examples)):
        for whole in (True, False):
            score = about(constraint, text, whole=whole).score(text, whole=whole)
            said[f"{name} {whole} {text}"] = [score.value, score.reason, [[s.start, s.end] for s in score.spans]]
print(json.dumps(said))
"""


@pytest.mark.slow
def test_verdicts_are_the_same_for_every_hash_seed_and_locale() -> None:
    """Every word of every verdict on every example, in processes of their own."""
    said = [
        _said(PYTHONHASHSEED=seed, LC_ALL=locale, PYTHONUTF8=utf8, TZ=zone)
        for seed, locale, utf8, zone in (
            ("0", "C", "0", "UTC"),
            ("1", "C.UTF-8", "1", "Asia/Kathmandu"),
            ("4242", "tr_TR.UTF-8", "0", "Pacific/Apia"),
        )
    ]
    assert len(said[0]) > 2 * len(NAMES)
    assert said[1] == said[0]
    assert said[2] == said[0]


def _said(**environment: str) -> dict[str, Any]:
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, root],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said
