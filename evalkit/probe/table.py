"""The table of a probe at the terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from evalkit.reports.format import NOT_KNOWN, count, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.probe.findings import Finding, Probed

_HEADINGS = ("check", "verdict", "wrong at most", "calls", "USD")
_GAP = "  "
_INDENT = "    "


def probe_lines(probed: Probed, width: int = 100) -> list[str]:
    """Write a probe as aligned lines, with what each verdict rests on below it.

    Args:
        probed: The probe.
        width: Columns that the text below a verdict may take.
    """
    rows = [_HEADINGS, *(_row(each) for each in probed.findings)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADINGS))]
    lines = [printable(f"{probed.provider}: {probed.model}, probed {probed.date}"), ""]
    lines += [_aligned(rows[0], widths), _aligned(["-" * each for each in widths], widths)]
    for row, finding in zip(rows[1:], probed.findings, strict=True):
        lines.append(_aligned(row, widths))
        for text in _below(finding):
            lines += textwrap.wrap(
                printable(text), width, initial_indent=_INDENT, subsequent_indent=_INDENT, break_on_hyphens=False
            )
    return [*lines, "", *_summed_up(probed)]


def _row(finding: Finding) -> tuple[str, ...]:
    wrong = NOT_KNOWN if finding.error_rate is None else f"{finding.error_rate:.3g}"
    return (finding.check, finding.verdict.replace("_", " "), wrong, f"{finding.calls:,}", _dollars(finding.cost_usd))


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Put texts to the left and numbers to the right."""
    both = zip(cells, widths, strict=True)
    parts = [cell.ljust(width) if place < 2 else cell.rjust(width) for place, (cell, width) in enumerate(both)]
    return _GAP.join(parts).rstrip()


def _below(finding: Finding) -> Iterator[str]:
    yield finding.why
    # The sentence on effective temperatures holds its intervals. What is connected was shown by a test that is sharper
    # than the interval, which holds at any number of draws.
    if finding.check != "effective_temperature" and (finding.verdict != "connected" or finding.check == "seed"):
        for each in finding.bounds:
            if None not in (each.estimate, each.low, each.high):
                yield f"{each.of}: {each.estimate:.2f} [{each.low:.2f}, {each.high:.2f}], {100 * each.level:.3g} %"
    if finding.verdict == "not_asked" and finding.table is not None:
        yield f"table: {finding.table}"
    if finding.contradiction is not None:
        yield f"contradiction: {finding.contradiction}; table: {finding.table}"
    if finding.cut_short is not None:
        yield f"cut short: {finding.cut_short}"


def _summed_up(probed: Probed) -> Iterator[str]:
    cost = "at a price not known" if probed.cost_usd is None else f"for {probed.cost_usd:.4f} USD"
    yield f"{count(probed.calls, 'call')} {cost}; seed {probed.seed}"
    if probed.failure is not None:
        yield printable(f"the provider failed: {probed.failure}")


def _dollars(amount: float | None) -> str:
    return NOT_KNOWN if amount is None else f"{amount:.4f}"
