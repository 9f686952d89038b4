"""What a report comes to, in a word and in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.outcome import state_of
from evalkit.reports.format import count, listed, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.findings import Report
    from evalkit.outcome import State

_LONGEST = 300
"""Characters of the sentence; what it quotes, such as a server's error, may be of any length."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A report in one line.

    Attributes:
        state: See `evalkit.outcome.state_of`.
        words: One sentence on one line, without a full stop, that says why.
    """

    state: State
    words: str


def headline(report: Report) -> Headline:
    """Say what a report comes to, the most urgent first."""
    state = state_of(report)
    words = printable(_WORDS[state](report))
    return Headline(state, words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…")


def _incomplete(report: Report) -> str:
    if report.stopped:
        why = _first(report.stopped, "more reason")
    elif report.incomplete is not None:
        why = report.incomplete
    else:
        why = f"{count(report.summary.unjudged, 'vote')} of judges missing"
    return f"the run is incomplete: {why}"


def _worse(report: Report) -> str:
    gates = [gate.name for gate in report.gates if gate.alarming and gate.verdict == "worse"]
    return f"it got worse: {_first(gates, 'more gate')}"


def _failed(report: Report) -> str:
    return f"a gate failed: {_first([gate.name for gate in report.gates if gate.alarming], 'more gate')}"


def _changed(report: Report) -> str:
    changed = [change for change in report.changes if change.changed]
    found = [f"{name} ({listed(_what(report, name))})" for name in dict.fromkeys(each.provider for each in changed)]
    return f"the model changed, and no gate failed: {_first(found, 'more provider')}"


def _what(report: Report, provider: str) -> list[str]:
    """Name what showed that a provider changed."""
    return [change.what for change in report.changes if change.changed and change.provider == provider]


def _undecided(report: Report) -> str:
    gates = [gate.name for gate in report.gates if gate.verdict == "undecided"]
    return f"{len(gates)} of {count(len(report.gates), 'gate')} undecided: {_first(gates, 'more')}"


def _good(report: Report) -> str:
    if not report.gates:
        return "there is no gate, so nothing passed or failed"
    return "the gate is met" if len(report.gates) == 1 else f"all {len(report.gates):,} gates are met"


def _first(names: Sequence[str], more: str) -> str:
    """Write the first of names, and how many more there are."""
    if len(names) == 1:
        return names[0]
    others = len(names) - 1
    return f"{names[0]}, and {f'{others:,} {more}' if more == 'more' else count(others, more)}"


_WORDS = {
    "incomplete": _incomplete,
    "worse": _worse,
    "failed": _failed,
    "changed": _changed,
    "undecided": _undecided,
    "good": _good,
}
