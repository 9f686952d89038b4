"""What differs between two rows besides their scores, so that a difference in scores is not laid to the wrong cause."""

from __future__ import annotations

from math import exp, lgamma
from typing import TYPE_CHECKING

from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.measured import MeasuredCase, MeasuredRow
    from evalkit.types import Outcome, SettingValue

POINTS = 0.1
"""Difference between two rates from which on it is flagged."""
LEVEL = 0.01
"""Level of the exact test by which a smaller one is flagged."""
_RATES: tuple[tuple[Outcome, str], ...] = (
    ("truncated", "truncated"),
    ("refusal", "refused"),
    ("error", "failed"),
)


def flags_of(new: MeasuredRow, old: MeasuredRow) -> tuple[str, ...]:
    """Say in words what differs: settings asked for and applied, the model that answered, and how draws ended.

    Settings that are axes on which the two conditions differ are meant to differ, as are the models of two providers.
    Rates of truncated, refused and failed draws are taken over the cases that both have. A rate is flagged when it
    differs by 10 points or more, or when Fisher's exact test, two-sided, puts p below 0.01.

    Args:
        new: The row that is judged.
        old: The one it is held against.
    """
    meant = _differing(dict(new.condition.values), dict(old.condition.values))
    flags = [f"asked for {words}" for words in _settings(new.requested, old.requested, meant)]
    flags += [f"applied {words}" for words in _settings(new.applied, old.applied, meant)]
    if new.provider == old.provider and new.served != old.served:
        flags.append(f"answered by {_models(new)} against {_models(old)}")
    flags += _rates(new.cases, old.cases)
    return tuple(flags)


def another_experiment(new: MeasuredRow, old: MeasuredRow) -> str | None:
    """Say why a row is not comparable with that of a baseline for the same provider and condition; None where it is.

    Another model or other settings were asked for, which no gate can tell from a prompt that got worse. What the server
    made of the same request is flagged instead.

    Args:
        new: The row that is judged.
        old: The baseline's.
    """
    if new.model != old.model:
        return f"it asks model {new.model}, and the baseline asked {old.model}"
    differing = list(_settings(new.requested, old.requested, frozenset()))
    return f"it asks for {', '.join(differing)} in the baseline" if differing else None


def _settings(new: Mapping[str, SettingValue], old: Mapping[str, SettingValue], meant: frozenset[str]) -> Iterator[str]:
    for name in sorted(_differing(new, old) - meant):
        yield f"{name} {_value(new, name)} against {_value(old, name)}"


def _differing(new: Mapping[str, object], old: Mapping[str, object]) -> frozenset[str]:
    """Return the names under which the two hold other things; `true` is not the number 1."""
    return frozenset(
        name
        for name in {*new, *old}
        if name not in new or name not in old or new[name] != old[name] or type(new[name]) is not type(old[name])
    )


def _value(settings: Mapping[str, SettingValue], name: str) -> str:
    return shown(settings[name]) if name in settings else "none"


def _models(row: MeasuredRow) -> str:
    return " and ".join(row.served) or "a model that does not say"


def _rates(new: Sequence[MeasuredCase], old: Sequence[MeasuredCase]) -> Iterator[str]:
    both = {case.case_id for case in new} & {case.case_id for case in old}
    drawn = [_drawn(side, both) for side in (new, old)]
    for outcome, words in _RATES:
        one, other = (
            sum(case.outcomes.get(outcome, 0) for case in side if case.case_id in both) for side in (new, old)
        )
        if all(drawn) and _stands_out(one, drawn[0], other, drawn[1]):
            yield f"{one} of {drawn[0]} draws {words} against {other} of {drawn[1]}"


def _drawn(cases: Sequence[MeasuredCase], both: set[str]) -> int:
    return sum(sum(case.outcomes.values()) for case in cases if case.case_id in both)


def _stands_out(one: int, of_one: int, other: int, of_other: int) -> bool:
    if abs(one / of_one - other / of_other) >= POINTS - 1e-12:
        return True
    return one / of_one != other / of_other and fisher(one, of_one, other, of_other) < LEVEL


def fisher(one: int, of_one: int, other: int, of_other: int) -> float:
    """Return the two-sided p of Fisher's exact test that two shares are the same.

    Args:
        one: Draws that count, of the first side.
        of_one: All of its draws, at least 1.
        other: The same of the second side.
        of_other: The same of the second side.

    Returns:
        The chance of a table that is no likelier than this one, the sums being what they are.

    Source: Fisher 1935, "The logic of inductive inference", Journal of the Royal Statistical Society 98.
    """
    both = one + other
    logs = [
        _log_choose(of_one, taken) + _log_choose(of_other, both - taken)
        for taken in range(max(0, both - of_other), min(both, of_one) + 1)
    ]
    met = _log_choose(of_one, one) + _log_choose(of_other, other)
    whole = _log_choose(of_one + of_other, both)
    return min(1.0, sum(exp(each - whole) for each in logs if each <= met + 1e-7))


def _log_choose(whole: int, part: int) -> float:
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1)
