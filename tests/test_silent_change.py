"""Tests of whether a silent change of a model is noticed, and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalkit.measured import MeasuredCase, MeasuredOf, MeasuredRow
from evalkit.silent_change import find_changes
from evalkit.sketches import Sketches, sketch_texts
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.findings import Change
    from evalkit.measured import RowKey

CONDITIONS = (Condition((("system", "dense"),)), Condition((("system", "none"),)))
WORDS = "the a log queue broker system keeps sends reads message order partition consumer fast durable simple".split()  # noqa: SIM905 - prose reads better than a list


@dataclass(frozen=True)
class Side:
    """A `Measured` in memory."""

    rows: tuple[MeasuredRow, ...]

    @property
    def of(self) -> MeasuredOf:
        """Whose they are."""
        return MeasuredOf("side", "run", "suite", 1, "hash")

    def keys(self) -> Iterator[RowKey]:
        """Yield the keys."""
        return (row.key for row in self.rows)

    def row(self, key: RowKey) -> MeasuredRow | None:
        """Return one row."""
        return next((row for row in self.rows if row.key == key), None)


def _side(
    chance: np.random.Generator, *, words: int = 12, vocabulary: int = 17, refused: int = 0, served: str = "model-1"
) -> tuple[Side, Sketches]:
    """Make the answers of a model that draws words from a vocabulary, to twelve cases under two conditions."""
    rows: list[MeasuredRow] = []
    sketches: dict[tuple[str, Condition, str], np.ndarray[tuple[int, ...], np.dtype[np.int8]]] = {}
    for condition in CONDITIONS:
        cases: list[MeasuredCase] = []
        for number in range(12):
            texts = [" ".join(chance.choice(WORDS[:vocabulary], words)) for _ in range(8)]
            sketches["local", condition, f"c{number}"] = sketch_texts(texts)
            cases.append(
                MeasuredCase(
                    case_id=f"c{number}",
                    constraints="0" * 12,
                    planned=8,
                    outcomes={"complete": 8 - refused, "refusal": refused},
                    scores={},
                    characters=float(np.mean([len(text) for text in texts])),
                    latency_s=0.5,
                )
            )
        rows.append(MeasuredRow("local", "model", condition, {}, {}, (served,), tuple(cases)))
    return Side(tuple(rows)), Sketches(sketches)


def _found(new: tuple[Side, Sketches], old: tuple[Side, Sketches], level: float = 0.05) -> dict[str, Change]:
    changes = find_changes(new[0], old[0], sketches=new[1], before=old[1], level=level)
    return {change.what: change for change in changes}


def test_the_same_model_is_seldom_called_another() -> None:
    """Over 60 nights without a change, alarms at a budget of 20 % stay below what the budget allows."""
    chance = np.random.default_rng(5)
    alarms = sum(
        any(change.changed for change in _found(_side(chance), _side(chance), 0.2).values()) for _ in range(60)
    )
    assert alarms <= 20


def test_another_choice_of_words_is_noticed_in_the_texts() -> None:
    """A model that knows fewer words, at the same length, differs in its texts and not in what it refuses."""
    chance = np.random.default_rng(6)
    found = _found(_side(chance, vocabulary=11), _side(chance))
    assert found["texts"].changed is True
    assert found["refusals"].changed is False
    assert "discrepancy" in found["texts"].words


def test_lengths_and_refusals_are_tested_apart() -> None:
    """Longer answers, or refusals where there were none, are a change of their own."""
    chance = np.random.default_rng(7)
    assert _found(_side(chance, words=18), _side(chance))["length"].changed is True
    assert _found(_side(chance, refused=2), _side(chance))["refusals"].changed is True


def test_another_name_is_a_fact_and_no_test() -> None:
    """A model that says it is another one has changed, without a p-value; the same name is not mentioned."""
    chance = np.random.default_rng(8)
    found = _found(_side(chance, served="model-2"), _side(chance))
    assert (found["served model"].changed, found["served model"].p) == (True, None)
    assert found["served model"].words == "answered by model-2, before by model-1"
    assert "served model" not in _found(_side(chance), _side(chance))


def test_without_sketches_texts_are_not_tested() -> None:
    """What cannot be known is said to be unknown, and alarms nobody."""
    chance = np.random.default_rng(9)
    new, old = _side(chance), _side(chance)
    found = {each.what: each for each in find_changes(new[0], old[0], sketches=new[1], before=None, level=0.05)}
    assert (found["texts"].p, found["texts"].changed) == (None, None)
    assert "not there to compare with" in found["texts"].words


def test_few_cases_say_how_little_they_can_show() -> None:
    """Two cases cannot show a change of length at any level that is worth having, and the words say so."""
    chance = np.random.default_rng(10)
    sides = [_side(chance, words=words) for words in (18, 12)]
    few = [Side(tuple(replace(row, cases=row.cases[:2]) for row in side.rows)) for side, _ in sides]
    found = {each.what: each for each in find_changes(few[0], few[1], sketches=None, before=None, level=0.05)}
    assert found["length"].changed is False
    assert "p can be no less than 0.5" in found["length"].words


def test_nothing_in_common_finds_nothing() -> None:
    """Sides without a row in common say nothing of each other."""
    chance = np.random.default_rng(11)
    new, old = _side(chance), Side(())
    assert find_changes(new[0], old, sketches=None, before=None, level=0.05) == ()


@pytest.mark.parametrize("level", [0.05, 0.2])
def test_corrected_p_decides(level: float) -> None:
    """A change is what its corrected p says at the level."""
    chance = np.random.default_rng(12)
    for change in _found(_side(chance, words=13), _side(chance), level).values():
        if change.p is not None:
            assert change.corrected is not None
            assert change.corrected >= change.p
            assert change.changed is (change.corrected <= level)
