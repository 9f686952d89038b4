"""Tests of sketches of texts."""

from __future__ import annotations

import time
import unicodedata
import zlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.sketches import CHARACTERS, DIMENSIONS, MOST_DRAWS, sketch_cells, sketch_texts, unit_vectors
from evalkit.types import Cell, Completion, Condition, Draw
from evalkit.verdicts import Scored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.types import Outcome

MASK = 2**64 - 1
TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)


def _mixed(value: int) -> int:
    """The finaliser of splitmix64, in whole numbers of any size."""
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def reference(text: str) -> list[int]:
    """Sketch one text, one run of characters at a time."""
    words = unicodedata.normalize("NFC", text.lstrip()[: 10 * CHARACTERS]).split()
    plain = " ".join(words)
    codes = [0x110000, *map(ord, plain[:CHARACTERS]), *([0x110001] if len(plain) <= CHARACTERS else [])]
    bins: Counter[int] = Counter()
    for length in (3, 4):
        for begin in range(len(codes) - length + 1):
            value = length
            for code in codes[begin : begin + length]:
                value = _mixed(value ^ code)
            bins[value % DIMENSIONS] += -1 if value >> 63 else 1
    return [max(-127, min(127, bins[index])) for index in range(DIMENSIONS)]


@given(st.lists(TEXTS, max_size=4))
def test_sketches_are_those_of_the_plain_definition(texts: list[str]) -> None:
    """Many at once come to the same as one by one, in Python's whole numbers."""
    assert sketch_texts(texts).tolist() == [reference(text) for text in texts]


def test_a_sketch_never_changes() -> None:
    """Committed baselines hold sketches, so the numbers are fixed for good: on every machine, with any hash seed."""
    sketches = sketch_texts(["Kafka keeps a log; RabbitMQ keeps queues.", "", "Ünïcödé \U0001f680 " * 60])
    assert f"{zlib.crc32(sketches.tobytes()):08x}" == "52ffd410"
    assert sketches.shape == (3, DIMENSIONS)


@given(TEXTS)
def test_form_and_white_space_change_nothing(text: str) -> None:
    """Normal forms, line ends and the amount of white space are no difference between answers."""
    spaced = "\r\n " + " \n".join(unicodedata.normalize("NFD", text).split())
    one, other = sketch_texts([" ".join(unicodedata.normalize("NFC", text).split()), spaced])
    assert (one == other).all()


def test_one_letter_tells_short_answers_apart() -> None:
    """Answers of a letter or a word differ, though they have no run of three characters of their own."""
    sketches = sketch_texts(["A", "B", "C", "yes", "no", ""])
    assert len({row.tobytes() for row in sketches}) == 6
    assert not sketches[-1].any()


def test_only_the_beginning_counts() -> None:
    """What follows 400 characters is not looked at, but a text that ends there differs from one that goes on."""
    whole = "ab " * 133 + "c"
    assert len(whole) == CHARACTERS
    at_limit, longer, longest = sketch_texts([whole, whole + " d", whole + " e" * 1000])
    assert (longer == longest).all()
    assert (at_limit != longer).any()


def test_much_repetition_is_cut_off() -> None:
    """A count that eight bits cannot hold is the largest that they can."""
    assert np.abs(sketch_texts(["a" * 400])).max() == 127


def test_vectors_have_length_one() -> None:
    """Sketches of nothing stay nothing."""
    vectors = unit_vectors(sketch_texts(["Say one thing.", ""]))
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0])


def test_a_thousand_texts_take_little_time() -> None:
    """A run's texts are sketched in well under the time that one of them takes to write."""
    texts = [
        f"{index} " + "".join(chr(97 + (index * place) % 26) for place in range(CHARACTERS)) for index in range(1000)
    ]
    begun = time.process_time()
    assert sketch_texts(texts).shape == (1000, DIMENSIONS)
    assert time.process_time() - begun < 2


def _cell(case_id: str, texts: Iterable[str | None], *, reverse: bool = False) -> Cell:
    draws: list[Draw] = []
    for repeat, text in enumerate(texts):
        outcome: Outcome = "error" if text is None else "complete"
        draws.append(Draw(repeat, Completion(outcome, text or ""), Scored(()), repeat))
    return Cell("gpt2", "gpt2", Condition(), case_id, {}, None, tuple(reversed(draws) if reverse else draws))


def test_cells_are_sketched_draw_by_draw() -> None:
    """Draws come in their order, without those that have no text; the first ones are enough."""
    found = sketch_cells([_cell("a", ["one", None, "two"], reverse=True), _cell("b", [None]), _cell("c", "xyz" * 20)])
    assert (found.of("gpt2", Condition(), "a") == sketch_texts(["one", "two"])).all()
    assert found.of("gpt2", Condition(), "b").shape == (0, DIMENSIONS)
    assert found.of("gpt2", Condition(), "c").shape == (MOST_DRAWS, DIMENSIONS)


def test_many_cells_are_sketched_in_parts() -> None:
    """More texts than are held at once come to the same."""
    cells = [_cell(str(index), [f"text {index}"] * MOST_DRAWS) for index in range(200)]
    found = sketch_cells(cells)
    assert len(found.by_place) == 200
    assert (found.of("gpt2", Condition(), "199") == sketch_texts(["text 199"] * MOST_DRAWS)).all()
