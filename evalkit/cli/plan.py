"""What a sweep will take, before anything is asked: its size, what it leaves out, calls, tokens, dollars and time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from evalkit.cli.plan_lines import cap_line, provider_lines, total_line, wrapped
from evalkit.estimate import total
from evalkit.foresee import Outlook, foresee
from evalkit.judge.foresee import foresee_judges
from evalkit.reports.format import count, grouped_left_out
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.estimate import Amount, Forecast, Total
    from evalkit.foresee import Foreseen
    from evalkit.prepare import Prepared
    from evalkit.project import Project
    from evalkit.types import Json, LeftOut

_LISTED = 12
PLAN_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Viewed:
    """How to look at a plan.

    Attributes:
        outlook: What kind of run to foresee.
        max_cost: The cap on cost that the run would have; None for none.
        unknown_allowed: The cap would count only the prices that are known.
        spent: US dollars that a run to be resumed has cost by now; the cap counts them, too.
    """

    outlook: Outlook = field(default_factory=Outlook)
    max_cost: float | None = None
    unknown_allowed: bool = False
    spent: float = 0.0


def print_plan(prepared: Prepared, project: Project, viewed: Viewed | None = None) -> None:
    """Print the size of a sweep and what it will take.

    Raises:
        SuiteError: A prompt cannot be built.
        ProfileError: An adapter cannot be built.
    """
    view = viewed or Viewed()
    foreseen = foresee(prepared, project.store, view.outlook)
    lines = [*_size_lines(prepared)]
    foreseen |= {
        f"{name}, as judge": each for name, each in foresee_judges(prepared, project.store, view.outlook).items()
    }
    for name, each in foreseen.items():
        lines += provider_lines(name, each)
    summed = total(_forecasts(foreseen))
    if len(foreseen) > 1:
        lines.append(total_line(summed))
    if view.max_cost is not None:
        lines.append(cap_line(view.max_cost, summed, unknown_allowed=view.unknown_allowed, spent=view.spent))
    for line in lines:
        click.echo(wrapped(line))


def plan_json(prepared: Prepared, project: Project, viewed: Viewed | None = None) -> dict[str, Json]:
    """Return the same as plain data; null is not known.

    Raises:
        SuiteError: A prompt cannot be built.
        ProfileError: An adapter cannot be built.
    """
    outlook = (viewed or Viewed()).outlook
    foreseen = foresee(prepared, project.store, outlook)
    judges = foresee_judges(prepared, project.store, outlook)
    summed = total({**_forecasts(foreseen), **{f"{name}, as judge": each for name, each in _forecasts(judges).items()}})
    return {
        "suite": {"name": prepared.suite.name, "version": prepared.suite.version, "hash": prepared.suite.hash},
        "doubts": [
            {"place": each.place, "words": each.words, "hopeless": each.hopeless} for each in prepared.suite.doubts
        ],
        "conditions": len(prepared.sweep.conditions),
        "cases": len(prepared.cases),
        "repeats": prepared.repeats,
        "rounds": None if prepared.rounds is None else list(prepared.rounds.ends),
        "probes": prepared.probes,
        "left_out": [
            {"condition": each.condition.as_dict(), "axis": each.axis, "reason": each.reason}
            for each in prepared.sweep.left_out
        ],
        "providers": {name: _provider_json(each) for name, each in foreseen.items()},
        "judges": {name: _provider_json(each) for name, each in judges.items()},
        "total": _total_json(summed),
    }


def _forecasts(foreseen: Mapping[str, Foreseen]) -> dict[str, Forecast]:
    return {name: each.forecast for name, each in foreseen.items()}


def _size_lines(prepared: Prepared) -> list[str]:
    suite, found = prepared.suite, prepared.sweep
    lines = [f"suite {suite.name}, version {suite.version}"]
    for axis, values in suite.axes.items():
        chosen = prepared.selection.axes.get(axis, values)
        lines.append(f"  {axis}: {', '.join(shown(value) for value in chosen)}")
    lines.append(
        f"  {count(len(found.conditions), 'condition')} x {count(len(prepared.cases), 'case')}"
        f" x {_repeats(prepared)} x {count(len(prepared.profiles), 'provider')}"
        f" = {'at most ' if prepared.rounds else ''}{count(prepared.probes, 'probe')}"
    )
    return [*lines, *(f"  left out: {line}" for line in left_out_lines(found.left_out))]


def _repeats(prepared: Prepared) -> str:
    if prepared.rounds is None:
        return count(prepared.repeats, "repeat")
    return f"{prepared.rounds.ends[0]} to {count(prepared.repeats, 'repeat')}"


def left_out_lines(left_out: Sequence[LeftOut]) -> list[str]:
    """Write what is left out; beyond a dozen reasons the rest is counted."""
    lines = grouped_left_out(left_out)
    rest = len(lines) - _LISTED
    return [*lines[:_LISTED], f"and {rest} more reasons"] if rest > 0 else lines


def _provider_json(foreseen: Foreseen) -> dict[str, Json]:
    expected = foreseen.forecast
    return {
        "model": foreseen.model,
        "calls": expected.calls,
        "answered_already": foreseen.asked.held,
        "unsupported": [{"reason": reason, "cells": cells} for reason, cells in foreseen.asked.unsupported.items()],
        "prompts": expected.prompts,
        "counted_prompts": expected.counted,
        "uncounted_because": foreseen.uncounted,
        "input_tokens": _amount(expected.input_tokens),
        "output_tokens": _amount(expected.output_tokens),
        "max_tokens_assumed": expected.unlimited,
        "cost_usd": None if expected.cost_usd is None else _amount(expected.cost_usd),
        "batch": foreseen.known.batch,
        "seconds": expected.seconds,
        "seconds_by": expected.brake,
        "seconds_at_least": expected.at_least,
    }


def _total_json(summed: Total) -> dict[str, Json]:
    return {
        "calls": summed.calls,
        "cost_usd": _amount(summed.cost_usd),
        "unpriced": list(summed.unpriced),
        "seconds": summed.seconds,
        "seconds_at_least": summed.at_least,
    }


def _amount(amount: Amount) -> Mapping[str, Json]:
    return {"likely": amount.likely, "most": amount.most}
