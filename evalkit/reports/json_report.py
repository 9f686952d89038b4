"""report.json: everything that a report holds, for programs."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.reports.comparison_json import compared_json, comparison_json, operating_json
from evalkit.reports.format import state_of
from evalkit.reports.headline import headline
from evalkit.reports.plain import write_json
from evalkit.reports.report_schema import FORMAT
from evalkit.reports.spending import added
from evalkit.types import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evalkit.findings import (
        Change,
        Demand,
        Estimate,
        JudgedGate,
        KnobNote,
        Pooled,
        Report,
        Row,
        Spent,
        Standing,
        Summary,
    )
    from evalkit.types import Cell, Json, Usage


class JsonWriter:
    """Writes report.json."""

    filename: ClassVar[str] = "report.json"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write the report as indented JSON; what is not known is null, and NaN never appears."""
        write_json(report_json(report), stream, indent=1)


def report_json(report: Report) -> dict[str, Json]:
    """Return the report as plain data, in the shape that `evalkit.reports.report_schema` describes."""
    summary, said = report.summary, headline(report)
    return {
        "format": FORMAT,
        "evalkit": version("prompt-evalkit"),
        "suite": {"name": summary.suite_name, "version": summary.suite_version, "hash": summary.suite_hash},
        "run": summary.run,
        "headline": {"state": said.state, "words": said.words},
        "rows": [_row(row, summary) for row in summary.rows],
        "gates": [_gate(gate) for gate in report.gates],
        "comparison": None if report.comparison is None else comparison_json(report.comparison),
        "changes": [_change(change) for change in report.changes],
        "pooled": [_pooled(each) for each in summary.pooled],
        "left_out": [
            {"condition": each.condition.as_dict(), "axis": each.axis, "reason": each.reason}
            for each in summary.left_out
        ],
        "missing": summary.missing,
        "incomplete": report.incomplete,
        "stopped": list(report.stopped),
        "unjudged": summary.unjudged,
        "notes": list(summary.notes),
        "knobs": [_knob(note) for note in summary.knobs],
        "totals": {
            **_spent(added(summary.spent.values())),
            "providers": {provider: _spent(each) for provider, each in summary.spent.items()},
        },
        "environment": {provider: dict(facts) for provider, facts in report.environment.items()},
    }


def _gate(gate: JudgedGate) -> dict[str, Json]:
    return {
        "name": gate.name,
        "verdict": gate.verdict,
        "why": gate.why,
        "alarming": gate.alarming,
        "compared": [compared_json(row) for row in gate.compared],
        "operating": None if gate.operating is None else operating_json(gate.operating),
    }


def _change(change: Change) -> dict[str, Json]:
    return {
        "provider": change.provider,
        "what": change.what,
        "p": change.p,
        "corrected": change.corrected,
        "changed": change.changed,
        "words": change.words,
    }


def _pooled(pooled: Pooled) -> dict[str, Json]:
    return {
        "provider": pooled.provider,
        "axis": pooled.axis,
        "value": pooled.value,
        "constraints": _constraints(pooled.constraints),
    }


def _knob(note: KnobNote) -> dict[str, Json]:
    probed = note.probed
    return {
        "provider": note.provider,
        "setting": note.setting,
        "state": note.state,
        "why": note.why,
        "probed": None
        if probed is None
        else {"date": probed.date, "verdict": probed.verdict, "contradiction": probed.contradiction},
    }


def _spent(spent: Spent) -> dict[str, Json]:
    return {
        "answers": spent.answers,
        "cost_usd": spent.cost_usd,
        "unpriced": spent.unpriced,
        "reused_usd": spent.reused_usd,
        "tokens": _tokens(spent.tokens),
        "retries": spent.retries,
        "errors": spent.errors,
    }


def _tokens(usage: Usage) -> dict[str, Json]:
    return {
        "input": usage.input_tokens,
        "cached": usage.cached_tokens,
        "cache_write": usage.cache_write_tokens,
        "output": usage.output_tokens,
        "reasoning": usage.reasoning_tokens,
    }


def _row(row: Row, summary: Summary) -> dict[str, Json]:
    return {
        "provider": row.provider,
        "model": row.model,
        "served": list(row.served),
        "other_models": list(row.other_models),
        "condition": row.condition.as_dict(),
        "requested": dict(row.requested),
        "applied": dict(row.applied),
        "unsupported": row.unsupported,
        "unsupported_state": None if row.unsupported is None else state_of(row, summary),
        "cases": row.cases,
        "completions": {outcome: row.completions.get(outcome, 0) for outcome in OUTCOMES},
        "errors": dict(row.errors),
        "scores": {"decided": row.decided, "undecided": row.undecided},
        "rule_share": row.rule_share,
        "input_tokens": row.input_tokens,
        "cost_usd": row.cost_usd,
        "tokens": _tokens(row.tokens),
        "retries": row.retries,
        "measures": {name: _estimate(value) for name, value in row.measures.items()},
        "constraints": _constraints(row.constraints),
        "families": [{"family": family, **_standing(standing)} for family, standing in row.families.items()],
    }


def _constraints(standings: Mapping[Demand, Standing]) -> list[Json]:
    return [
        {
            "constraint": demand.constraint,
            "family": demand.family,
            "source": demand.source,
            "ifeval_id": demand.ifeval_id,
            **_standing(standing),
        }
        for demand, standing in standings.items()
    ]


def _standing(standing: Standing) -> dict[str, Json]:
    return {
        "cases": standing.cases,
        "decided": standing.decided,
        "undecided": standing.undecided,
        "strict": _estimate(standing.strict),
        "loose": _estimate(standing.loose),
    }


def _estimate(value: Estimate) -> dict[str, Json]:
    return {
        "estimate": value.estimate,
        "low": value.low,
        "high": value.high,
        "method": value.method,
        "scope": value.scope,
        "standard_error": value.standard_error,
    }
