"""report.json: everything that a report holds, for programs."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.reports.plain import write_json
from evalkit.types import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.findings import Report, Row
    from evalkit.types import Cell, Json

FORMAT = 1


class JsonWriter:
    """Writes report.json."""

    filename: ClassVar[str] = "report.json"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write the report as indented JSON; what is not known is null, and NaN never appears."""
        write_json(report_json(report), stream, indent=1)


def report_json(report: Report) -> dict[str, Json]:
    """Return the report as plain data, in the shape that `report_schema` describes."""
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
        "knobs": [
            {
                "provider": note.provider,
                "setting": note.setting,
                "state": note.state,
                "why": note.why,
                "probed": None
                if note.probed is None
                else {
                    "date": note.probed.date,
                    "verdict": note.probed.verdict,
                    "contradiction": note.probed.contradiction,
                },
            }
            for note in summary.knobs
        ],
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


def report_schema() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of report.json."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "evalkit report",
        "description": "null means not known. Fields may be added; none is changed without a new `format`.",
        **_object(
            {
                "format": {"const": FORMAT},
                "evalkit": {"type": "string", "description": "The version that wrote this."},
                "suite": _object({"name": _STRING, "version": {"type": "integer"}, "hash": _STRING}),
                "run": _STRING,
                "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
                "gates": {"type": "array", "items": {"$ref": "#/$defs/gate"}},
                "left_out": {
                    "type": "array",
                    "description": "Combinations that were not run, because `axis` had nothing to act on.",
                    "items": _object({"condition": {"$ref": "#/$defs/condition"}, "axis": _STRING, "reason": _STRING}),
                },
                "missing": {**_COUNT, "description": "Samples that the run still has to draw."},
                "notes": {"type": "array", "items": _STRING},
                "knobs": {
                    "type": "array",
                    "description": "What each provider's model does with each setting asked for.",
                    "items": _object(
                        {
                            "provider": _STRING,
                            "setting": _STRING,
                            "state": {"enum": ["applied", "unsupported", "ignored", "unknown", "refused"]},
                            "why": {
                                "type": ["string", "null"],
                                "description": "The server's own words, or where it is written.",
                            },
                            "probed": {
                                "type": ["object", "null"],
                                "description": "What `evalkit probe` found of it on the same model.",
                                "properties": {"date": _STRING, "verdict": _STRING, "contradiction": _MAYBE_STRING},
                            },
                        },
                        optional=("probed",),
                    ),
                },
                "environment": {
                    "type": "object",
                    "description": "What each provider ran on.",
                    "additionalProperties": {"type": "object"},
                },
            },
            optional=("left_out", "missing", "notes", "knobs", "environment"),
        ),
        "$defs": {"row": _ROW, "measure": _MEASURE, "condition": _CONDITION, "settings": _SETTINGS, "gate": _GATE},
    }


def _object(properties: dict[str, Json], *, optional: tuple[str, ...] = ()) -> dict[str, Json]:
    """Describe an object whose properties are required, but for those named; others may be added."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


_STRING: Json = {"type": "string"}
_MAYBE_STRING: Json = {"type": ["string", "null"]}
_NUMBER: Json = {"type": ["number", "null"]}
_COUNT: Json = {"type": "integer", "minimum": 0}
_VALUES: Json = {"type": ["string", "number", "boolean", "null", "array"], "items": _STRING}
_CONDITION: Json = {
    "type": "object",
    "description": "One value for each axis; null where it had nothing to act on.",
    "additionalProperties": _VALUES,
}
_SETTINGS: Json = {"type": "object", "additionalProperties": _VALUES}
_GATE: Json = _object(
    {"name": _STRING, "verdict": {"enum": ["passed", "failed", "worse", "not_worse", "undecided"]}, "why": _STRING}
)
_MEASURE: Json = _object(
    {
        "estimate": {**_NUMBER, "description": "null when nothing was decided."},
        "low": {**_NUMBER, "description": "Lower end of the 95 % interval; null when there is none."},
        "high": _NUMBER,
        "method": {**_STRING, "description": "How the interval was made, or why there is none."},
        "scope": {
            "enum": ["population", "case"],
            "description": "Whether it speaks of cases like these or of the one case there is.",
        },
    },
    optional=("scope",),
)
_ROW: Json = _object(
    {
        "provider": _STRING,
        "model": {**_STRING, "description": "The model asked for."},
        "served": {"type": "array", "items": _STRING, "description": "The models that say they answered."},
        "condition": {"$ref": "#/$defs/condition"},
        "requested": {"$ref": "#/$defs/settings", "description": "Settings asked for."},
        "applied": {"$ref": "#/$defs/settings", "description": "Settings really used; a list where draws differ."},
        "unsupported": {"type": ["string", "null"], "description": "Why this cell could not be run as asked."},
        "cases": {**_COUNT, "description": "Cases with at least one decided completion."},
        "completions": _object(dict.fromkeys(OUTCOMES, _COUNT), optional=("unsupported",)),
        "scores": {**_object({"decided": _COUNT, "undecided": _COUNT}), "description": "Verdicts of constraints."},
        "rule_share": {**_NUMBER, "description": "Mean share of rule words reached; null where density does not act."},
        "input_tokens": {**_NUMBER, "description": "Mean tokens of the prompt."},
        "cost_usd": _NUMBER,
        "measures": {"type": "object", "additionalProperties": {"$ref": "#/$defs/measure"}},
    },
    optional=("requested", "rule_share", "input_tokens"),
)
