"""report.json: everything that a report holds, for programs."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.types import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.findings import Report, Row
    from evalkit.types import Cell, Json

FORMAT = 1
_NUMBER: Json = {"type": ["number", "null"]}
_TEXT: Json = {"type": ["string", "null"]}
_COUNT: Json = {"type": "integer", "minimum": 0}


class JsonWriter:
    """Writes report.json."""

    filename: ClassVar[str] = "report.json"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write the report as indented JSON; NaN cannot appear."""
        json.dump(report_json(report), stream, indent=1, ensure_ascii=False, allow_nan=False)
        stream.write("\n")


def report_json(report: Report) -> dict[str, Json]:
    """Return the report as plain data."""
    summary = report.summary
    return {
        "format": FORMAT,
        "evalkit": version("prompt-evalkit"),
        "suite": {"name": summary.suite_name, "version": summary.suite_version, "hash": summary.suite_hash},
        "run": summary.run,
        "rows": [_row(row) for row in summary.rows],
        "gates": [{"name": gate.name, "verdict": gate.verdict, "why": gate.why} for gate in report.gates],
        "left_out": [
            {"condition": each.condition.as_dict(), "axis": each.axis, "reason": each.reason}
            for each in summary.left_out
        ],
        "missing": summary.missing,
        "notes": list(summary.notes),
        "environment": {provider: dict(facts) for provider, facts in report.environment.items()},
    }


def _row(row: Row) -> dict[str, Json]:
    return {
        "provider": row.provider,
        "model": row.model,
        "served": list(row.served),
        "condition": row.condition.as_dict(),
        "requested": dict(row.requested),
        "applied": dict(row.applied),
        "unsupported": row.unsupported,
        "cases": row.cases,
        "completions": {outcome: row.completions.get(outcome, 0) for outcome in OUTCOMES},
        "scores": {"decided": row.decided, "undecided": row.undecided},
        "rule_share": row.rule_share,
        "input_tokens": row.input_tokens,
        "cost_usd": row.cost_usd,
        "measures": {
            name: {
                "estimate": value.estimate,
                "low": value.low,
                "high": value.high,
                "method": value.method,
                "scope": value.scope,
            }
            for name, value in row.measures.items()
        },
    }


_MEASURE: Json = {
    "type": "object",
    "required": ["estimate", "low", "high", "method"],
    "properties": {
        "estimate": _NUMBER,
        "low": _NUMBER,
        "high": _NUMBER,
        "method": {"type": "string"},
        "scope": {"enum": ["population", "case"]},
    },
}
_ROW: Json = {
    "type": "object",
    "required": [
        "provider", "model", "served", "condition", "applied", "unsupported", "cases", "completions", "scores",
        "cost_usd", "measures",
    ],
    "properties": {
        "provider": {"type": "string"},
        "model": {"type": "string"},
        "served": {"type": "array", "items": {"type": "string"}},
        "condition": {"type": "object", "description": "One value for each axis; null where it had nothing to act on."},
        "requested": {"type": "object", "description": "Settings asked for."},
        "applied": {"type": "object", "description": "Settings really used; a list where draws differ."},
        "unsupported": {**_TEXT, "description": "Why this cell could not be run as asked."},
        "cases": {**_COUNT, "description": "Cases with at least one decided completion."},
        "completions": {"type": "object", "additionalProperties": _COUNT},
        "scores": {"type": "object", "required": ["decided", "undecided"], "additionalProperties": _COUNT},
        "rule_share": _NUMBER,
        "input_tokens": {**_NUMBER, "description": "Mean over the completions."},
        "cost_usd": _NUMBER,
        "measures": {"type": "object", "additionalProperties": _MEASURE},
    },
}  # fmt: skip


def report_schema() -> dict[str, Json]:
    """Return the JSON Schema of report.json."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "evalkit report",
        "description": "null means not known; fields may be added, and are never changed without a new `format`.",
        "type": "object",
        "required": ["format", "evalkit", "suite", "run", "rows", "gates"],
        "properties": {
            "format": {"const": FORMAT},
            "evalkit": {"type": "string"},
            "suite": {
                "type": "object",
                "required": ["name", "version", "hash"],
                "properties": {
                    "name": {"type": "string"},
                    "version": {"type": "integer"},
                    "hash": {"type": "string"},
                },
            },
            "run": {"type": "string"},
            "rows": {"type": "array", "items": _ROW},
            "gates": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "verdict", "why"],
                    "properties": {
                        "name": {"type": "string"},
                        "verdict": {"enum": ["passed", "failed", "worse", "not_worse", "undecided"]},
                        "why": {"type": "string"},
                    },
                },
            },
            "left_out": {
                "type": "array",
                "items": {"type": "object", "required": ["condition", "axis", "reason"]},
            },
            "missing": _COUNT,
            "notes": {"type": "array", "items": {"type": "string"}},
            "environment": {"type": "object"},
        },
    }
