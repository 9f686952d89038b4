"""Sketches of texts: 256 small numbers each, by which two sets of texts can be told apart without keeping the texts.

A sketch counts the runs of three and of four characters in the beginning of a text, in 256 bins into which a hash puts
them, half of them counted down instead of up (feature hashing; Weinberger and others 2009, arXiv 0902.2206). The hash
is part of the format of a baseline's sketches: it is the same on every machine, and never changes.

A text cannot be read back from its sketch. But whoever guesses a text can make its sketch and compare, so that a sketch
hides no answer that is one of a few.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from evalkit.types import Cell, Condition

    Place: TypeAlias = tuple[str, Condition, str]
    """Provider, condition and case."""

DIMENSIONS = 256
CHARACTERS = 400
"""Characters of a text that count, white space normalised."""
MOST_DRAWS = 16
"""Draws of one case and condition that are sketched, the first ones; more would tell little more for their size."""
_READ = 10 * CHARACTERS
"""Characters looked at, however much of them is white space."""
_LENGTHS = (3, 4)
_BEGIN, _END = 0x110000, 0x110001  # no text has these
_AT_ONCE = 2048
_ODD, _MIX_1, _MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def sketch_texts(texts: Sequence[str]) -> NDArray[np.int8]:
    """Return one sketch for each text, shape (text, 256).

    Unicode normal forms and the amount of white space change nothing. The beginning and the end of a text count as
    characters, the end only where it lies within the first 400; so the empty text has a sketch of its own, all zero.
    """
    parts = [_sketched(texts[begin : begin + _AT_ONCE]) for begin in range(0, len(texts), _AT_ONCE)]
    return np.concatenate(parts) if parts else np.zeros((0, DIMENSIONS), dtype=np.int8)


def unit_vectors(sketches: NDArray[np.int8]) -> NDArray[np.float32]:
    """Return sketches as vectors of length 1, shape as given; a sketch of zeros stays one."""
    vectors = sketches.astype(np.float32)
    lengths = np.sqrt(np.square(vectors).sum(axis=-1, keepdims=True))
    lengths[lengths == 0] = 1
    vectors /= lengths
    return vectors


def _sketched(texts: Sequence[str]) -> NDArray[np.int8]:
    codes = [_codes(text) for text in texts]
    lengths = np.array([len(each) for each in codes])
    padded = np.zeros((len(codes), int(lengths.max(initial=0))), dtype=np.uint64)  # (text, character)
    for row, each in zip(padded, codes, strict=True):
        row[: len(each)] = each
    totals = np.zeros(len(codes) * DIMENSIONS, dtype=np.int64)
    for length in _LENGTHS:
        starts = padded.shape[1] - length + 1
        if starts < 1:
            continue
        hashes = np.full((len(codes), starts), length, dtype=np.uint64)
        for offset in range(length):
            hashes = _mixed(hashes ^ padded[:, offset : offset + starts])
        bins = (hashes % DIMENSIONS).astype(np.int64) + DIMENSIONS * np.arange(len(codes))[:, None]
        signs = 1 - 2 * (hashes >> np.uint64(63)).astype(np.int64)
        there = np.arange(starts) < (lengths - length + 1)[:, None]
        np.add.at(totals, bins[there], signs[there])
    return np.clip(totals, -127, 127).astype(np.int8).reshape(len(codes), DIMENSIONS)


def _codes(text: str) -> NDArray[np.uint32]:
    """Return the code points that count, between marks of beginning and end."""
    words = unicodedata.normalize("NFC", text.lstrip()[:_READ]).split()
    plain = " ".join(words)
    found = np.frombuffer(plain[:CHARACTERS].encode("utf-32-le", "surrogatepass"), dtype="<u4")
    end = [_END] if len(plain) <= CHARACTERS else []
    return np.concatenate([np.array([_BEGIN], dtype=np.uint32), found, np.array(end, dtype=np.uint32)])


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers, each to another one: the finaliser of splitmix64.

    Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", section 4.
    """
    mixed = values + np.uint64(_ODD)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_MIX_1)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_MIX_2)
    return mixed ^ (mixed >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Sketches:
    """The sketches of a run or a baseline.

    Attributes:
        by_place: For each provider, condition and case, its draws in their order: shape (draw, 256).
    """

    by_place: Mapping[Place, NDArray[np.int8]]

    def of(self, provider: str, condition: Condition, case_id: str) -> NDArray[np.int8]:
        """Return the draws of one case, shape (draw, 256); without rows where there are none."""
        found = self.by_place.get((provider, condition, case_id))
        return np.zeros((0, DIMENSIONS), dtype=np.int8) if found is None else found


def sketch_cells(cells: Iterable[Cell]) -> Sketches:
    """Sketch the texts of a run, holding few of them at a time; draws without a text have no sketch.

    Args:
        cells: As `evalkit.cells.scored_cells` gives them.
    """
    found: dict[Place, NDArray[np.int8]] = {}
    for places, texts in _gathered(cells):
        sketches = sketch_texts(texts)
        begin = 0
        for place, count in places:
            found[place] = sketches[begin : begin + count].copy()
            begin += count
    return Sketches(found)


def _gathered(cells: Iterable[Cell]) -> Iterator[tuple[list[tuple[Place, int]], list[str]]]:
    """Put the texts of several cells together, because many are sketched faster at once."""
    places: list[tuple[Place, int]] = []
    texts: list[str] = []
    for cell in cells:
        scored = [draw for draw in cell.draws if draw.completion.scored]
        mine = [draw.completion.text for draw in sorted(scored, key=lambda draw: draw.repeat)[:MOST_DRAWS]]
        if mine:
            places.append(((cell.provider, cell.condition, cell.case_id), len(mine)))
            texts += mine
        if len(texts) >= _AT_ONCE:
            yield places, texts
            places, texts = [], []
    if texts:
        yield places, texts
