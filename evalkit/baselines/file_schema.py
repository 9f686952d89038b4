"""The JSON Schema of a baseline's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.baselines.lines import FORMAT
from evalkit.baselines.scores import WRITTEN_LEVELS
from evalkit.json_schema import COUNT, MAYBE_TEXT, TEXT, document_schema, object_schema
from evalkit.types import OUTCOMES

if TYPE_CHECKING:
    from evalkit.types import Json


def baseline_schema() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of reports/baselines/NAME.json."""
    return document_schema(
        "evalkit baseline",
        {
            "format": {"const": FORMAT},
            "evalkit": {**TEXT, "description": "The version that wrote this."},
            "suite": object_schema({"name": TEXT, "version": COUNT, "hash": TEXT}),
            "run": {**TEXT, "description": "The run's id."},
            "date": {**MAYBE_TEXT, "description": "When the run began: UTC, ISO 8601."},
            "scoring": {"type": "integer", "minimum": 1, "description": "Version of how verdicts became scores."},
            "check": {**_CHECK, "description": "CRC-32 of the first line up to here, then of the rows' checks."},
            "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
        },
        {"row": _ROW, "case": _CASE, "scores": _SCORES, "settings": _SETTINGS},
    )


_CHECK: Json = {"type": "string", "pattern": "^[0-9a-f]{8}$"}
_NUMBER = r"(\d+(\.\d+)?(e[+-]?\d+)?|\d+/\d+)"
_PART = rf"({_NUMBER}:\d+|missing:\d+|weight:{_NUMBER})"
_SCORES: Json = {
    "type": "string",
    "pattern": rf"^((same )?weight:{_NUMBER}|{_PART}( {_PART})*)?$",
    "description": "Pairs of score and number of draws, `0:2 2/3:1 1:5`; `missing:N` draws without a score; `weight:N` "
    "where the case counts as N instances instead of 1; `same weight:N` as it would follow but for the weight.",
}
_SETTINGS: Json = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number", "boolean", "array"], "items": TEXT},
}
_ROW: Json = object_schema(
    {
        "provider": TEXT,
        "model": {**TEXT, "description": "The model asked for."},
        "condition": {
            "type": "object",
            "description": "One value for each axis.",
            "additionalProperties": {"type": ["string", "number", "boolean", "array", "null"], "items": TEXT},
        },
        "requested": {"$ref": "#/$defs/settings", "description": "Settings asked for, less the seed."},
        "applied": {"$ref": "#/$defs/settings", "description": "Settings really used; a list where draws differ."},
        "served": {"type": "array", "items": TEXT, "description": "The models that say they answered."},
        "check": {**_CHECK, "description": "CRC-32 of this line up to here, then of the cases' checks."},
        "cases": {"type": "array", "items": {"$ref": "#/$defs/case"}},
    }
)
_LEVEL: Json = {
    "anyOf": [{"$ref": "#/$defs/scores"}, {"type": "null"}],
    "description": "Left out where it follows from the levels before it; null where it would follow and is not there.",
}
_CASE: Json = object_schema(
    {
        "case": TEXT,
        "by": {**TEXT, "description": "Digest of the constraints that judged it, and of their versions."},
        "draws": {**COUNT, "description": "Draws that were due."},
        "outcomes": {
            "type": "string",
            "pattern": rf"^(({'|'.join(OUTCOMES)}):\d+( |$))*$",
            "description": "How many ended how; left out where all are complete.",
        },
        **dict.fromkeys(WRITTEN_LEVELS, _LEVEL),
        "met": {
            "type": "object",
            "description": "What the draws scored on each constraint.",
            "additionalProperties": {"$ref": "#/$defs/scores"},
        },
        "values": {
            "type": "object",
            "description": "Measures that are one number for all draws of the case together. NAME_normalised is left "
            "out where it is the same as NAME, and null where it is not there.",
            "additionalProperties": {"type": ["number", "null"]},
        },
        "characters": {"type": "number", "description": "Mean length of the texts."},
        "latency_s": {"type": "number", "description": "Mean seconds to an answer."},
        "run": {**TEXT, "description": "Whose draws they are, where not the baseline's own run's."},
        "check": {**_CHECK, "description": "CRC-32 of this line up to here."},
    },
    optional=("outcomes", *WRITTEN_LEVELS, "met", "values", "characters", "latency_s", "run"),
)
