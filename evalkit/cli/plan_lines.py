"""How what a sweep will take is written: each number with what it rests on."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from evalkit.cli.progress import clock
from evalkit.generate.tokens import BYTES_A_TOKEN, UNSTATED_MAX_TOKENS
from evalkit.reports.format import count, dollars, nobody_knows, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.estimate import Amount, Total
    from evalkit.foresee import Foreseen

_WIDTH = 80


def wrapped(line: str) -> str:
    """Break a line for a terminal of 80 columns; what follows the first stands further in."""
    indent = " " * (len(line) - len(line.lstrip()))
    return "\n".join(
        textwrap.wrap(
            line.strip(), _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False
        )
    )


def provider_lines(name: str, foreseen: Foreseen) -> Iterator[str]:
    """Say what one provider's part takes."""
    expected, held = foreseen.forecast, foreseen.asked.held
    answered = f"; {held:,} are answered already" if held else ""
    yield f"{name}: {count(expected.calls, 'call')} to {foreseen.model}{answered}"
    if expected.calls:
        yield f"  tokens in: {_input(foreseen)}"
        yield f"  tokens out: {_output(foreseen)}"
        yield f"  cost: {_cost(foreseen)}"
        yield f"  time: {_time(foreseen)}"
    for reason, cells in foreseen.asked.unsupported.items():
        yield f"  unsupported: {count(cells, 'cell')}: {printable(reason)}"


def _input(foreseen: Foreseen) -> str:
    expected = foreseen.forecast
    if expected.counted == expected.prompts:
        return f"{_tokens(expected.input_tokens.most)}, counted by the vendor"
    amount = _about(expected.input_tokens)
    if expected.counted:
        partly = f"{expected.counted:,} of {count(expected.prompts, 'prompt')} counted by the vendor"
        why = f"; {printable(foreseen.uncounted)}" if foreseen.uncounted else ""
        return f"{amount}: {partly}, the rest by their length{why}"
    why = f" ({textwrap.shorten(printable(foreseen.uncounted), 120, placeholder='...')})" if foreseen.uncounted else ""
    return f"{amount}, at {BYTES_A_TOKEN} bytes a token{why}"


def _output(foreseen: Foreseen) -> str:
    expected, lengths = foreseen.forecast, foreseen.known.lengths
    most = f"at most {_tokens(expected.output_tokens.most)}"
    if expected.unlimited:
        most += f" if no answer passes {UNSTATED_MAX_TOKENS:,} tokens: max_tokens is not set"
    else:
        most += ", by max_tokens"
    if lengths is None or expected.output_tokens.likely is None:
        return f"{most}; no earlier answers tell more"
    earlier = f"{lengths.mean_tokens:,.0f} a call, as in {count(lengths.answers, 'earlier answer')}"
    return f"likely {_tokens(expected.output_tokens.likely)} ({earlier}); {most}"


def _cost(foreseen: Foreseen) -> str:
    cost = foreseen.forecast.cost_usd
    if foreseen.free:
        return "$0"
    if cost is None:
        return "not known; `price` in the profile states it"
    batch = ", at the price of a batch" if foreseen.known.batch else ""
    return f"{_dollars(cost)}{batch}; prompt caches not counted"


def _time(foreseen: Foreseen) -> str:
    expected, known = foreseen.forecast, foreseen.known
    if known.batch:
        return "not known: a batch may take a day"
    if expected.seconds is None:
        return "not known before its first run"
    if expected.brake == "pace":
        return f"about {clock(expected.seconds)}, at the {known.pace or 0:.1f} completions/s of its last run"
    unit = "requests" if expected.brake == "requests_per_minute" else "tokens"
    limit = f"its limit of {known.limits[str(expected.brake)]:,.0f} {unit} a minute"
    return f"{'at least' if expected.at_least else 'about'} {clock(expected.seconds)}, by {limit}"


def total_line(summed: Total) -> str:
    """Say what all providers take together."""
    if not summed.calls:
        return "in all: nothing is left to ask"
    unpriced = f"; {nobody_knows(summed.unpriced)}" if summed.unpriced else ""
    if summed.seconds is None:
        time = "time not known"
    else:
        time = f"{'at least' if summed.at_least else 'about'} {clock(summed.seconds)}, side by side"
    return f"in all: {count(summed.calls, 'call')}; {_dollars(summed.cost_usd)}{unpriced}; {time}"


def cap_line(cap: float, summed: Total, *, unknown_allowed: bool, spent: float = 0.0) -> str:
    """Say whether a cap on cost would end the run early; `spent` is what it has cost by now, in US dollars."""
    named = f"--max-cost {cap:g}"
    if summed.unpriced and not unknown_allowed:
        return f"{named} cannot hold: {nobody_knows(summed.unpriced)}"
    likely, most = summed.cost_usd.likely, summed.cost_usd.most
    before = f"has cost {dollars(spent)} so far and " if spent else ""
    more = "more" if spent else ""
    if likely is not None and spent + likely > cap:
        would = f"would likely cost {dollars(likely)} {more}".rstrip()
        return f"{named} would be passed: the run {before}{would}, and stops before"
    if spent + most > cap:
        return (
            f"{named} may be passed: the run {before}may cost {dollars(most)} {more}".rstrip()
            + ", and would stop before"
        )
    return f"{named} is enough"


def _dollars(amount: Amount) -> str:
    if amount.likely is None:
        return f"at most {dollars(amount.most)}"
    if amount.likely == amount.most:
        return dollars(amount.most)
    return f"likely {dollars(amount.likely)}, at most {dollars(amount.most)}"


def _about(amount: Amount) -> str:
    """Write the tokens of prompts, which are a range where replies are still to be drawn."""
    if amount.likely is None:
        return f"at most about {_tokens(amount.most)}"
    if amount.likely == amount.most:
        return f"about {_tokens(amount.most)}"
    return f"about {_tokens(amount.likely)}, at most {_tokens(amount.most)}"


def _tokens(amount: float) -> str:
    return f"{amount:,.0f}"
