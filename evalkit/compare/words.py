"""What a comparison found, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.reports.format import NOT_KNOWN

if TYPE_CHECKING:
    from evalkit.findings import Compared, Needed, Operating

VERDICTS = {"worse": "worse", "not_worse": "not worse", "undecided": "undecided"}
DIRECTIONS = {"worse": "lower", "not_worse": "higher", "undecided": "open"}
"""What the verdicts of an exploratory table are called, where no margin and no better direction is meant."""


def p_value(p: float | None) -> str:
    """Write a p; None is a dash.

    >>> p_value(0.04999), p_value(0.5), p_value(0.00001), p_value(1.0)
    ('0.0500', '0.50', '<0.0001', '1')
    """
    if p is None:
        return NOT_KNOWN
    if p < 0.0001:
        return "<0.0001"
    if p == 1:
        return "1"
    return f"{p:.4f}" if p < 0.1 else f"{min(p, 0.99):.2f}"


def signed(value: float | None) -> str:
    """Write a difference with its sign, to a tenth of a point.

    >>> signed(-0.05), signed(-0.0001), signed(-12.25)
    ('-0.050', '0.000', '-12.2')
    """
    if value is None:
        return NOT_KNOWN
    digits = 3 if abs(value) < 10 else 1
    return f"{0:.{digits}f}" if round(value, digits) == 0 else f"{value:+.{digits}f}"


def difference(compared: Compared) -> str:
    """Write the difference with its interval: `-0.050 [-0.091, -0.012]`."""
    found = compared.difference
    if found.low is None or found.high is None:
        return signed(found.estimate)
    return f"{signed(found.estimate)} [{signed(found.low)}, {signed(found.high)}]"


def openness(compared: Compared) -> str | None:
    """Say what is known of an undecided comparison all the same, and what would decide it; None of a decided one.

    An interval that lies on the wrong side of 0 shows that it got worse, though not that it did by more than the
    margin.
    """
    if compared.verdict != "undecided":
        return None
    said: list[str] = []
    if not compared.units:
        said.append("there is nothing to test")
    elif compared.margin and _moved(compared):
        fell = "dropped" if compared.better == "higher" else "rose"
        said.append(f"it {fell}; whether by more than the margin is open")
    if compared.needed is not None:
        said.append(needed_words(compared.needed))
    return "; ".join(said) or None


def _moved(compared: Compared) -> bool:
    end = compared.difference.high if compared.better == "higher" else compared.difference.low
    return end is not None and (end < 0 if compared.better == "higher" else end > 0)


def needed_words(needed: Needed) -> str:
    """Say what would be expected to decide it, cases and repeats apart.

    >>> from evalkit.findings import Needed
    >>> needed_words(Needed(59, None))
    'about 59 cases would decide it; more repeats of these cases never would'
    """
    cases = f"about {needed.cases:,} cases would decide it" if needed.cases is not None else None
    repeats = f"about {needed.repeats:,} repeats of each case would" if needed.repeats is not None else None
    if cases is None and repeats is None:
        return "no number of cases or repeats would be expected to decide it"
    if cases is None:
        return f"{repeats} decide it; more cases never would"
    return f"{cases}; {repeats or 'more repeats of these cases never would'}"


def operating_words(operating: Operating) -> str:
    """Say in one line how a gate behaves in the long run."""
    said = [
        f"false alarms on {_share(operating.false_alarms)} of nights without change",
        f"wrong on {_share(operating.error_at_margin)} at a drop of the margin",
    ]
    if operating.power is not None:
        said.append(f"power {_share(operating.power)}")
    if operating.detectable is None:
        said.append("no drop is found with a chance of 80 %")
    else:
        said.append(f"a drop of {operating.detectable:.3f} is found with a chance of 80 %")
    return ", ".join(said)


def _share(chance: float) -> str:
    return f"{100 * chance:.1f} %"
