"""Whether the answers of a provider come from another distribution than before, whatever that means for their scores.

A vendor may change a model behind its name. The scores of a suite may not show that, or show it as a drop that nobody
caused. So texts, refusals and lengths are tested on their own, with their own budget of alarms, and a finding is worded
as "the answers differ in distribution": not as better or worse.

The unit is the case with all its conditions, because conditions may share their random draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import fsum
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

from evalkit.findings import Change
from evalkit.statistics.multiplicity import holm
from evalkit.statistics.sign_flip import sign_flip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.measured import Measured, MeasuredCase, MeasuredRow
    from evalkit.sketches import Sketches
    from evalkit.statistics.discrepancy import PooledCase
    from evalkit.store import Store
    from evalkit.types import Condition, Run, Suite

    Both: TypeAlias = Sequence[tuple[MeasuredCase, MeasuredCase]]

_RESAMPLES = 9999


@dataclass(slots=True)
class _Shared:
    """What both sides have of one provider.

    Attributes:
        cases: By case, the new and the old one under each condition that both have.
        conditions: By case, those conditions.
        served: Models that say they answered, the new side's and the old side's.
    """

    cases: dict[str, list[tuple[MeasuredCase, MeasuredCase]]] = field(
        default_factory=dict["str", "list[tuple[MeasuredCase, MeasuredCase]]"]
    )
    conditions: dict[str, list[Condition]] = field(default_factory=dict["str", "list[Condition]"])
    served: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))

    def add(self, new: MeasuredRow, old: MeasuredRow) -> None:
        """Take in one row that both have."""
        self.served[0].update(new.served)
        self.served[1].update(old.served)
        before = {case.case_id: case for case in old.cases}
        for case in new.cases:
            if case.case_id in before:
                self.cases.setdefault(case.case_id, []).append((case, before[case.case_id]))
                self.conditions.setdefault(case.case_id, []).append(new.condition)


def run_changes(
    store: Store, run: Run, suite: Suite, *, new: Measured, old: Measured, before: Sketches | None
) -> tuple[Change, ...]:
    """Test a stored run for silent changes since a baseline or an earlier run, at the level that the suite gives them.

    Args:
        store: Where the run is; its texts are read only if there is something to compare them with.
        run: The run.
        suite: By whose constraints it is judged.
        new: What the run scored.
        old: What the other side scored.
        before: Sketches of its texts; None where there are none.
    """
    from evalkit.cells import scored_cells  # noqa: PLC0415 - only where texts are compared
    from evalkit.sketches import sketch_cells  # noqa: PLC0415 - needs numpy

    sketches = None if before is None else sketch_cells(scored_cells(store, run, suite))
    return find_changes(new, old, sketches=sketches, before=before, level=suite.alarms.change)


def find_changes(
    new: Measured, old: Measured, *, sketches: Sketches | None, before: Sketches | None, level: float
) -> tuple[Change, ...]:
    """Test each provider that both sides have for a silent change.

    Args:
        new: The run.
        old: A baseline or an earlier run of the same suite.
        sketches: Of the run's texts; None where they are not known.
        before: Of the old side's.
        level: Chance of any false alarm of change in the run; all tests of all providers share it (Holm).
    """
    shared: dict[str, _Shared] = {}
    for key in new.keys():  # noqa: SIM118 - not a mapping
        row = new.row(key)
        other = None if row is None else old.row(key)
        if row is not None and other is not None:
            shared.setdefault(row.provider, _Shared()).add(row, other)
    found = [
        change
        for provider, each in shared.items()
        for change in (
            *_served(provider, each),
            _texts(provider, each, sketches, before),
            _rates(provider, each),
            _lengths(provider, each),
            *_latency(provider, each),
        )
    ]
    corrected = holm([change.p for change in found])
    return tuple(
        change if p is None else replace(change, corrected=p, changed=p <= level)
        for change, p in zip(found, corrected, strict=True)
    )


def _served(provider: str, shared: _Shared) -> Iterator[Change]:
    """Yield a finding where the model that answers has another name: no test, but a fact."""
    now, then = (", ".join(sorted(each)) for each in shared.served)
    if now and then and now != then:
        yield Change(provider, "served model", None, None, changed=True, words=f"answered by {now}, before by {then}")


def _texts(provider: str, shared: _Shared, sketches: Sketches | None, before: Sketches | None) -> Change:
    from evalkit.statistics.discrepancy import discrepancy_test  # noqa: PLC0415 - needs numpy

    if sketches is None or before is None:
        return _untested(provider, "texts", "the texts of one side were not read, or are not there to compare with")
    pooled = [
        case
        for case_id, conditions in shared.conditions.items()
        for case in _pooled(provider, case_id, conditions, sketches, before)
    ]
    tested = discrepancy_test(pooled, resamples=_RESAMPLES)
    if tested is None:
        return _untested(provider, "texts", "no case has two texts on each side")
    words = f"squared discrepancy {tested.squared:.4f} over {_cases(tested.cases)}{_floor(tested.smallest_p)}"
    return Change(provider, "texts", tested.p, None, changed=None, words=words)


def _pooled(
    provider: str, case_id: str, conditions: Sequence[Condition], sketches: Sketches, before: Sketches
) -> Iterator[PooledCase]:
    """Yield one case with its draws under all conditions side by side, as far as all of them have draws."""
    import numpy as np  # noqa: PLC0415 - slow to import

    from evalkit.sketches import unit_vectors  # noqa: PLC0415 - as above
    from evalkit.statistics.discrepancy import gaussian_case  # noqa: PLC0415 - as above

    sides = [[unit_vectors(side.of(provider, each, case_id)) for each in conditions] for side in (sketches, before)]
    draws = [min((len(each) for each in side), default=0) for side in sides]
    if min(draws) >= 2:
        yield gaussian_case(
            *(np.concatenate([each[:count] for each in side], axis=1) for side, count in zip(sides, draws, strict=True))
        )


def _rates(provider: str, shared: _Shared) -> Change:
    def refused(case: MeasuredCase) -> float | None:
        return case.outcomes.get("refusal", 0) / case.planned if case.planned else None

    return _flipped(provider, "refusals", shared, refused, lambda share: f"{100 * share:.3g} % refused")


def _lengths(provider: str, shared: _Shared) -> Change:
    return _flipped(
        provider, "length", shared, lambda case: case.characters, lambda mean: f"{mean:.0f} characters on average"
    )


def _flipped(
    provider: str,
    what: str,
    shared: _Shared,
    number: Callable[[MeasuredCase], float | None],
    shown: Callable[[float], str],
) -> Change:
    """Test whether a number of the cases has moved, by the signs of its differences."""
    sides = [pair for pairs in shared.cases.values() if (pair := _means(pairs, number)) is not None]
    if not sides:
        return _untested(provider, what, "it is not known on both sides")
    now, then = (fsum(side) / len(sides) for side in zip(*sides, strict=True))
    tested = sign_flip([new - old for new, old in sides])
    words = f"{shown(now)}, before {shown(then)}{_floor(tested.smallest_two_sided_p)}"
    return Change(provider, what, tested.p_two_sided, None, changed=None, words=words)


def _latency(provider: str, shared: _Shared) -> Iterator[Change]:
    """Yield how fast answers came, without a test: networks and machines change, too."""
    pairs = [pair for both in shared.cases.values() if (pair := _means(both, lambda case: case.latency_s)) is not None]
    if pairs:
        now, then = (median(side) for side in zip(*pairs, strict=True))
        words = f"{now:.3g} s to an answer in the median case, before {then:.3g} s"
        yield Change(provider, "latency", None, None, changed=None, words=words)


def _means(both: Both, number: Callable[[MeasuredCase], float | None]) -> tuple[float, float] | None:
    """Return a case's number on each side, over the conditions in which both know it."""
    known = [
        (one, other) for new, old in both if (one := number(new)) is not None and (other := number(old)) is not None
    ]
    if not known:
        return None
    return fsum(one for one, _ in known) / len(known), fsum(other for _, other in known) / len(known)


def _untested(provider: str, what: str, why: str) -> Change:
    return Change(provider, what, None, None, changed=None, words=why)


def _floor(smallest_p: float) -> str:
    """Say how small p could have become, where that is no less than alarms usually ask for and anything differs."""
    return f"; p can be no less than {smallest_p:.2g} with so few draws" if 0.01 < smallest_p < 1 else ""


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"
