"""Writes a measured row as one short text, and reads it back quickly.

Cases of a row score alike more often than not. So each set of scores is written once, and a case names it by number;
what is read back shares them, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from evalkit.measured import CaseScores, MeasuredCase, MeasuredRow
from evalkit.store.rows import frozen, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from evalkit.measured import RowKey
    from evalkit.types import Json, Outcome, SettingValue

    _Case: TypeAlias = tuple[str, int, int, int, int, list[tuple[int, float]], float | None, float | None]

FORM = 1
"""Version of the form; it rises when a text written before would be read as something else."""

_Key = TypeVar("_Key")


@dataclass(slots=True)
class _Numbered(Generic[_Key]):
    """Things in order of appearance, each once."""

    numbers: dict[_Key, int] = field(default_factory=dict["_Key", int])

    def of(self, key: _Key) -> int:
        """Return the number of a thing; a new one gets the next."""
        there = self.numbers.get(key)
        if there is None:
            there = self.numbers[key] = len(self.numbers)
        return there


@dataclass(slots=True)
class CasesText:
    """Takes in the cases of one row, one after the other.

    Attributes:
        places: Where each case belongs in the row.
    """

    places: Mapping[str, int]

    _cases: list[Json] = field(default_factory=list["Json"])
    _digests: _Numbered[str] = field(default_factory=_Numbered[str])
    _labels: _Numbered[str] = field(default_factory=_Numbered[str])
    _names: _Numbered[str] = field(default_factory=_Numbered[str])
    _scores: _Numbered[CaseScores] = field(default_factory=_Numbered[CaseScores])
    _sets: _Numbered[tuple[tuple[int, int], ...]] = field(default_factory=_Numbered[tuple[tuple[int, int], ...]])
    _outcomes: _Numbered[tuple[tuple[Outcome, int], ...]] = field(
        default_factory=_Numbered["tuple[tuple[Outcome, int], ...]"]
    )

    def add(self, case: MeasuredCase) -> None:
        """Take in one case."""
        scores = tuple([(self._names.of(name), self._scores.of(each)) for name, each in case.scores.items()])
        self._cases.append(
            (
                case.case_id,
                self._digests.of(case.constraints),
                case.planned,
                self._outcomes.of(tuple(case.outcomes.items())),
                self._sets.of(scores),
                [(self._labels.of(label), value) for label, value in case.values.items()],
                case.characters,
                case.latency_s,
            )
        )

    def text(
        self,
        model: str,
        requested: Mapping[str, SettingValue],
        applied: Mapping[str, SettingValue],
        served: Sequence[str],
    ) -> str:
        """Return the row as a text; see `MeasuredRow`. Its provider and condition are not in it."""
        cases = sorted(self._cases, key=lambda case: self.places[case[0]])
        return to_json(
            {
                "model": model,
                "requested": dict(requested),
                "applied": dict(applied),
                "served": served,
                "digests": list(self._digests.numbers),
                "outcomes": list(self._outcomes.numbers),
                "names": list(self._names.numbers),
                "scores": [(each.counts, each.missing, each.weight) for each in self._scores.numbers],
                "sets": list(self._sets.numbers),
                "labels": list(self._labels.numbers),
                "cases": cases,
            }
        )


def read_row(key: RowKey, text: str) -> MeasuredRow:
    """Read what `CasesText.text` wrote of a provider and condition."""
    plain = json.loads(text)
    scores = [
        CaseScores(tuple([(score, count) for score, count in counts]), missing, weight)
        for counts, missing, weight in plain["scores"]
    ]
    names, labels, digests = plain["names"], plain["labels"], plain["digests"]
    sets: list[dict[str, CaseScores]] = [
        {names[name]: scores[number] for name, number in each} for each in plain["sets"]
    ]
    outcomes: list[dict[Outcome, int]] = [dict(each) for each in plain["outcomes"]]
    written: list[_Case] = plain["cases"]
    cases = tuple(
        [
            MeasuredCase(
                case_id,
                digests[digest],
                planned,
                outcomes[ended],
                sets[scored],
                {labels[label]: value for label, value in values},
                characters,
                latency_s,
            )
            for case_id, digest, planned, ended, scored, values, characters, latency_s in written
        ]
    )
    provider, condition = key
    return MeasuredRow(
        provider,
        plain["model"],
        condition,
        _settings(plain["requested"]),
        _settings(plain["applied"]),
        tuple(plain["served"]),
        cases,
    )


def _settings(plain: Mapping[str, Json]) -> dict[str, SettingValue]:
    return {name: frozen(value) for name, value in plain.items()}
