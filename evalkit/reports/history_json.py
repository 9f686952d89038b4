"""The history of suites for programs."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from evalkit.json_schema import COUNT, MAYBE_TEXT, NUMBER, TEXT, document_schema, object_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.history import History, Night
    from evalkit.outcome import Point
    from evalkit.types import Json

FORMAT = 1


def history_json(histories: Sequence[History]) -> dict[str, Json]:
    """Return histories as plain data, in the shape that `history_schema` describes."""
    return {
        "format": FORMAT,
        "evalkit": version("prompt-evalkit"),
        "suites": [
            {
                "suite": history.suite,
                "measure": history.measure,
                "alarms_expected": history.alarms_expected,
                "changes_expected": history.changes_expected,
                "nights": [_night(history, night) for night in history.nights],
            }
            for history in histories
        ],
    }


def _night(history: History, night: Night) -> dict[str, Json]:
    held = night.baseline
    return {
        "run": night.run,
        "started_at": night.started_at,
        "state": night.state,
        "exit_code": night.exit_code,
        "alarms": list(night.alarms),
        "changed": [
            {"provider": each.provider, "what": each.what, "corrected": each.corrected} for each in night.changed
        ],
        "baseline": None if held is None else {"name": held.name, "check": held.check, "run": held.run},
        "another_baseline": night.renewed,
        "suite_revised": night.revised,
        "why_no_number": night.why or None,
        "cost_usd": night.cost_usd,
        "unpriced": night.unpriced,
        "mean": history.mean(night),
        "rows": [
            {
                "provider": provider,
                "condition": condition.as_dict(),
                **point_json(night.points[provider, condition]),
            }
            for provider, condition in history.rows
            if (provider, condition) in night.points
        ],
    }


def point_json(point: Point) -> dict[str, Json]:
    """Return one number with its interval and what it was held against as plain data."""
    return {
        "estimate": point.estimate,
        "low": point.low,
        "high": point.high,
        "baseline_estimate": point.old,
        "limit": point.limit,
    }


def history_schema() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of what `evalkit runs --history --format json` prints."""
    return document_schema(
        "evalkit history",
        {
            "format": {"const": FORMAT},
            "evalkit": {"type": "string", "description": "The version that wrote this."},
            "suites": {
                "type": "array",
                "items": object_schema(
                    {
                        "suite": TEXT,
                        "measure": TEXT,
                        "alarms_expected": {
                            **NUMBER,
                            "description": "Most false alarms of gates to expect, had nothing changed in any night; "
                            "null where no gate compared anything.",
                        },
                        "changes_expected": {
                            **NUMBER,
                            "description": "The same of findings that a model changed; null where nothing was tested.",
                        },
                        "nights": {"type": "array", "items": {"$ref": "#/$defs/night"}},
                    }
                ),
            },
        },
        {"night": _NIGHT},
    )


_FINDING: Json = object_schema({"provider": TEXT, "what": TEXT, "corrected": NUMBER})
_HELD: Json = {
    "type": ["object", "null"],
    "required": ["name", "check", "run"],
    "properties": {
        "name": TEXT,
        "check": {**TEXT, "description": "Of all that its file says."},
        "run": {**TEXT, "description": "The run that it was made of."},
    },
}
_ROW: Json = object_schema(
    {
        "provider": TEXT,
        "condition": {"type": "object", "description": "One value for each axis."},
        "estimate": NUMBER,
        "low": {**NUMBER, "description": "Lower end of the 95 % interval."},
        "high": NUMBER,
        "baseline_estimate": {**NUMBER, "description": "The baseline's number, over what both have."},
        "limit": {**NUMBER, "description": "Where the margin of the gate that compares it ends."},
    }
)
_NIGHT: Json = object_schema(
    {
        "run": TEXT,
        "started_at": TEXT,
        "state": {
            "enum": ["good", "worse", "failed", "changed", "undecided", "incomplete", "not judged"],
            "description": "What the run was judged to be.",
        },
        "exit_code": {"type": ["integer", "null"], "description": "null for a run that was not judged."},
        "alarms": {"type": "array", "items": TEXT, "description": "Gates that failed it."},
        "changed": {"type": "array", "items": _FINDING, "description": "What showed that a model had changed."},
        "baseline": _HELD,
        "another_baseline": {"type": "boolean", "description": "Than the night before that had one."},
        "suite_revised": {"type": "boolean", "description": "Whether the suite had changed since the night before."},
        "why_no_number": {**MAYBE_TEXT, "description": "Why `rows` is empty; null where it is not."},
        "cost_usd": NUMBER,
        "unpriced": {**COUNT, "description": "Answers whose price is not known."},
        "mean": {**NUMBER, "description": "Over rows that are the same for all nights; it has no interval."},
        "rows": {"type": "array", "items": _ROW},
    }
)
