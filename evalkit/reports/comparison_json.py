"""Comparisons as plain data, and the JSON Schema of it."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from evalkit.json_schema import COUNT, NUMBER, TEXT, document_schema, object_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.findings import Compared, Comparison, Operating
    from evalkit.measured import MeasuredOf, RowKey
    from evalkit.types import Json

FORMAT = 1


def compared_json(compared: Compared) -> dict[str, Json]:
    """Return one comparison as plain data."""
    found, needed = compared.difference, compared.needed
    return {
        "measure": compared.measure,
        "row": _key(compared.row),
        "against": _key(compared.against),
        "new": compared.new,
        "old": compared.old,
        "difference": {"estimate": found.estimate, "low": found.low, "high": found.high, "method": found.method},
        "margin": compared.margin,
        "better": compared.better,
        "scope": compared.scope,
        "cases": compared.cases,
        "units": compared.units,
        "p_worse": compared.p_worse,
        "p_not_worse": compared.p_not_worse,
        "corrected_worse": compared.corrected_worse,
        "corrected_not_worse": compared.corrected_not_worse,
        "smallest_p": compared.smallest_p,
        "method": compared.method,
        "verdict": compared.verdict,
        "missing": compared.missing,
        "missing_old": compared.missing_old,
        "needed": None if needed is None else {"cases": needed.cases, "repeats": needed.repeats},
        "flags": list(compared.flags),
        "left_out": list(compared.left_out),
    }


def _key(key: RowKey) -> dict[str, Json]:
    return {"provider": key[0], "condition": key[1].as_dict()}


def comparison_json(comparison: Comparison) -> dict[str, Json]:
    """Return an exploratory table as plain data."""
    return {
        "name": comparison.name,
        "rows": [compared_json(row) for row in comparison.rows],
        "left_out": list(comparison.left_out),
    }


def operating_json(operating: Operating) -> dict[str, Json]:
    """Return how a gate behaves in the long run as plain data."""
    return {
        "false_alarms": operating.false_alarms,
        "error_at_margin": operating.error_at_margin,
        "power": operating.power,
        "detectable": operating.detectable,
    }


def held_json(of: MeasuredOf, level: float, headline: Sequence[Compared], explored: Comparison) -> dict[str, Json]:
    """Return what `evalkit compare` found, in the shape that `comparison_schema` describes."""
    return {
        "format": FORMAT,
        "evalkit": version("prompt-evalkit"),
        "suite": {"name": of.suite_name, "version": of.suite_version, "hash": of.suite_hash},
        "run": of.run,
        "level": level,
        "headline": [compared_json(row) for row in headline],
        "explored": comparison_json(explored),
    }


def comparison_schema() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of what `evalkit compare --format json` writes."""
    return document_schema(
        "evalkit comparison",
        {
            "format": {"const": FORMAT},
            "evalkit": {"type": "string", "description": "The version that wrote this."},
            "suite": object_schema({"name": TEXT, "version": {"type": "integer"}, "hash": TEXT}),
            "run": TEXT,
            "level": {"type": "number", "description": "Chance of any error of a kind in the headline."},
            "headline": {
                "type": "array",
                "description": "The measures asked for; corrected together (Holm).",
                "items": {"$ref": "#/$defs/compared"},
            },
            "explored": {"$ref": "#/$defs/comparison"},
        },
        COMPARISON_DEFINITIONS | {"condition": {"type": "object"}},
    )


_P: Json = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_KEY: Json = object_schema({"provider": TEXT, "condition": {"$ref": "#/$defs/condition"}})
COMPARISON_DEFINITIONS: dict[str, Json] = {
    "compared": object_schema(
        {
            "measure": TEXT,
            "row": {**_KEY, "description": "The provider and condition that is judged."},
            "against": {**_KEY, "description": "The other one; the same for a baseline or another run."},
            "new": {**NUMBER, "description": "Mean over what both have; a median where the measure has no upper end."},
            "old": NUMBER,
            "difference": {
                **object_schema({"estimate": NUMBER, "low": NUMBER, "high": NUMBER, "method": TEXT}),
                "description": "The new less the old with its 95 % interval, over draws with a score.",
            },
            "margin": {"type": "number", "description": "How much worse is still acceptable."},
            "better": {"enum": ["higher", "lower"]},
            "scope": {
                "enum": ["suite", "population"],
                "description": "Whether it speaks of these very cases or of cases like these.",
            },
            "cases": {**COUNT, "description": "Cases that both have."},
            "units": {**COUNT, "description": "Cases or pairs of draws that the inference rests on."},
            "p_worse": {
                **_P,
                "description": "Of not being worse by more than the margin; draws without a score count "
                "as the best. null when there is nothing to test.",
            },
            "p_not_worse": {
                **_P,
                "description": "Of being worse by the margin; draws without a score count as the worst.",
            },
            "corrected_worse": {**_P, "description": "Corrected for the family that it is in."},
            "corrected_not_worse": _P,
            "smallest_p": {
                "type": "number",
                "description": "Least p that the data could reach; 0 without such a limit.",
            },
            "method": TEXT,
            "verdict": {
                "enum": ["worse", "not_worse", "undecided"],
                "description": "In a table to explore, whose margin is 0, they mean lower, higher and open.",
            },
            "missing": {**COUNT, "description": "Draws of the row without a score."},
            "missing_old": COUNT,
            "needed": {
                "type": ["object", "null"],
                "description": "What would be expected to decide an undecided one; null in it is that nothing would.",
                "properties": {"cases": {"type": ["integer", "null"]}, "repeats": {"type": ["integer", "null"]}},
            },
            "flags": {"type": "array", "items": TEXT, "description": "What differs besides the scores."},
            "left_out": {"type": "array", "items": TEXT, "description": "Cases that are not compared, and why."},
        }
    ),
    "comparison": {
        **object_schema(
            {
                "name": {**TEXT, "description": "What the other side is."},
                "rows": {"type": "array", "items": {"$ref": "#/$defs/compared"}},
                "left_out": {"type": "array", "items": TEXT, "description": "What could not be compared, and why."},
            }
        ),
        "description": "Everything that two sides have in common, to look for differences and not to judge by; "
        "corrected over all rows (Benjamini-Hochberg).",
    },
    "operating": object_schema(
        {
            "false_alarms": {"type": "number", "description": "Chance of `worse` when nothing has changed."},
            "error_at_margin": {
                "type": "number",
                "description": "Chance of the wrong verdict at a drop of the margin.",
            },
            "power": {**NUMBER, "description": "Chance of the right verdict; null where none is defined."},
            "detectable": {
                **NUMBER,
                "description": "Least drop in all that is found with a chance of 0.8; null where none is.",
            },
        }
    ),
}
