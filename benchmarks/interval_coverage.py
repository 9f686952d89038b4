"""How often 95 % intervals hold the truth when there are few cases: for means over cases, and shares of instructions.

    python benchmarks/interval_coverage.py

Cases have chances drawn from a beta distribution around the true mean, with a given intraclass correlation; each case
is the share of its repeats that succeed. For shares of instructions, cases have one to three, as often as in IFEval,
and those with more of them are harder or not. Every interval sees the same simulated suites.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from evalkit.statistics.bounds import mean_interval, ratio_interval
from evalkit.statistics.standard_errors import error_of_ratio

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Values: TypeAlias = NDArray[np.float64]

MEANS = (0.6, 0.9, 0.98)
REPEATS = (1, 4, 16)
CORRELATIONS = (0.0, 0.3, 0.7)
RESAMPLES = 1000
SIZES = np.array([1, 2, 3])
SIZE_SHARES = np.array([305, 179, 57]) / 541
"""How often a prompt of IFEval has so many instructions."""
TARGET = 0.93
"""The Dirichlet bound must cover this often in the worst setting; the rest up to 0.95 is the simulation's own error."""


@dataclass(slots=True)
class Record:
    """How an interval did in each setting."""

    coverage: list[float] = field(default_factory=list[float])
    width: list[float] = field(default_factory=list[float])

    def take(self, ends: Values, truth: float) -> None:
        """Note the intervals of one setting, shape (suites, 2)."""
        low, high = ends[:, 0], ends[:, 1]
        self.coverage.append(float(np.mean((low <= truth + 1e-12) & (truth - 1e-12 <= high))))
        self.width.append(float(np.mean(high - low)))


def student(suites: Values, chance: np.random.Generator) -> Values:  # noqa: ARG001 - the same shape as the others
    """Return t intervals over the cases of each suite, cut to [0, 1]."""
    from scipy.special import stdtrit

    count = suites.shape[1]
    quantile: Any = stdtrit  # ships no types
    half: Values = quantile(count - 1, 0.975) * suites.std(axis=1, ddof=1) / np.sqrt(count)
    middle = suites.mean(axis=1)
    return np.stack([middle - half, middle + half], axis=1).clip(0, 1)


def bootstrap(suites: Values, chance: np.random.Generator) -> Values:
    """Return percentile bootstrap intervals over the cases of each suite."""
    count = suites.shape[1]
    ends: list[Values] = []
    for suite in suites:
        means: Values = suite[chance.integers(0, count, (RESAMPLES, count))].mean(axis=1)
        ends.append(np.quantile(means, np.array([0.025, 0.975])))
    return np.stack(ends)


def dirichlet(suites: Values, chance: np.random.Generator) -> Values:  # noqa: ARG001 - as above
    """Return evalkit's own intervals."""
    found = [mean_interval(suite.tolist()) for suite in suites]
    return np.array([(each.low, each.high) for each in found if each is not None])


INTERVALS: dict[str, Callable[[Values, np.random.Generator], Values]] = {
    "t over cases": student,
    "bootstrap over cases": bootstrap,
    "evalkit (Dirichlet bound)": dirichlet,
}


def simulate(cases: int, suites: int, chance: np.random.Generator) -> dict[str, Record]:
    """Try every interval in every setting, with so many cases to a suite."""
    records = {name: Record() for name in INTERVALS}
    for truth, repeats, correlation in product(MEANS, REPEATS, CORRELATIONS):
        if correlation:
            strength = (1 - correlation) / correlation  # a + b of the beta distribution
            chances = chance.beta(truth * strength, (1 - truth) * strength, (suites, cases))
        else:
            chances = np.full((suites, cases), truth)
        drawn = chance.binomial(repeats, chances) / repeats  # (suites, cases)
        for name, interval in INTERVALS.items():
            records[name].take(interval(drawn, chance), truth)
    return records


def simulate_ratios(cases: int, suites: int, chance: np.random.Generator) -> dict[str, Record]:
    """Try the intervals for shares of instructions in every setting, with so many cases to a suite."""
    from scipy.special import stdtrit

    quantile: Any = stdtrit  # ships no types
    reach = float(quantile(cases - 1, 0.975))
    records = {"t, errors clustered by case": Record(), "evalkit (Dirichlet bound on a ratio)": Record()}
    for mean, correlation, harder in product(MEANS, (0.01, *CORRELATIONS[1:]), (False, True)):
        means = (mean - harder * (1 - mean) * (SIZES - 1)).clip(0.02, 1)
        truth = float((SIZE_SHARES * SIZES * means).sum() / (SIZE_SHARES * SIZES).sum())
        strength = (1 - correlation) / correlation
        drawn = chance.choice(3, (suites, cases), p=SIZE_SHARES)
        met = chance.binomial(SIZES[drawn], chance.beta(means[drawn] * strength, (1 - means[drawn]) * strength))
        ends: dict[str, list[tuple[float, float]]] = {name: [] for name in records}
        for suite_met, suite_sizes in zip(met.astype(float).tolist(), SIZES[drawn].astype(float).tolist(), strict=True):
            share, half = sum(suite_met) / sum(suite_sizes), reach * (error_of_ratio(suite_met, suite_sizes) or 0.0)
            ends["t, errors clustered by case"].append((max(share - half, 0.0), min(share + half, 1.0)))
            found = ratio_interval(suite_met, suite_sizes)
            assert found is not None
            ends["evalkit (Dirichlet bound on a ratio)"].append((found.low, found.high))
        for name, record in records.items():
            record.take(np.array(ends[name]), truth)
    return records


def print_records(cases: int, records: dict[str, Record]) -> float:
    """Print a line for each interval; return the worst coverage of evalkit's own."""
    worst = 1.0
    for name, record in records.items():
        numbers = (min(record.coverage), float(np.mean(record.coverage)), float(np.mean(record.width)))
        print(f"| {cases} | {name} | {numbers[0]:.2f} | {numbers[1]:.2f} | {numbers[2]:.2f} |")
        worst = min(worst, numbers[0]) if name.startswith("evalkit") else worst
    return worst


def main() -> int:
    """Print the table; exit 1 when evalkit's interval covers too seldom."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suites", type=int, default=2000, help="simulated suites in each setting (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulation (default 1)")
    options = parser.parse_args()
    chance = np.random.default_rng(options.seed)
    heading = "| cases | interval | worst coverage | mean coverage | mean width |\n| --- | --- | --- | --- | --- |"
    worst = 1.0
    print(f"means over cases\n\n{heading}")
    for cases in (5, 10, 20):
        worst = min(worst, print_records(cases, simulate(cases, options.suites, chance)))
    print(f"\nshares of instructions\n\n{heading}")
    for cases in (5, 10, 20):
        worst = min(worst, print_records(cases, simulate_ratios(cases, options.suites, chance)))
    print(
        f"\nworst coverage of evalkit's intervals: {worst:.3f}; at least {TARGET}: {'yes' if worst >= TARGET else 'NO'}"
    )
    return 0 if worst >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
