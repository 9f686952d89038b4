"""The JSON Schema of report.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from evalkit.json_schema import COUNT, MAYBE_TEXT, NUMBER, TEXT, document_schema, object_schema
from evalkit.outcome import State
from evalkit.reports.comparison_json import COMPARISON_DEFINITIONS
from evalkit.types import OUTCOMES
from evalkit.verdicts import SOURCES

if TYPE_CHECKING:
    from evalkit.types import Json

FORMAT = 1


def report_schema() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of report.json."""
    return document_schema(
        "evalkit report",
        {
            "format": {"const": FORMAT},
            "evalkit": {"type": "string", "description": "The version that wrote this."},
            "suite": object_schema({"name": TEXT, "version": {"type": "integer"}, "hash": TEXT}),
            "run": TEXT,
            "headline": {
                **object_schema(
                    {
                        "state": {"enum": list(get_args(State))},
                        "words": {**TEXT, "description": "One sentence that says why."},
                    }
                ),
                "description": "What the run comes to; of several things the most urgent.",
            },
            "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
            "gates": {"type": "array", "items": {"$ref": "#/$defs/gate"}},
            "comparison": {
                "description": "With a baseline, to explore; null where there is none.",
                "oneOf": [{"type": "null"}, {"$ref": "#/$defs/comparison"}],
            },
            "changes": {
                "type": "array",
                "description": "Whether answers come from another distribution than before; not whether it is worse.",
                "items": object_schema(
                    {
                        "provider": TEXT,
                        "what": {**TEXT, "description": "What was tested: texts, refusals, length and the like."},
                        "p": {**NUMBER, "description": "Of no change; null when it could not be tested."},
                        "corrected": {**NUMBER, "description": "The same, corrected over all tests of change."},
                        "changed": {"type": ["boolean", "null"]},
                        "words": TEXT,
                    }
                ),
            },
            "pooled": {
                "type": "array",
                "description": "How each constraint was met over all rows of a provider, then along each axis that "
                "varies, with the other axes pooled: each case counts once, and in it each condition.",
                "items": object_schema(
                    {
                        "provider": TEXT,
                        "axis": {**MAYBE_TEXT, "description": "null for all rows."},
                        "value": _VALUES,
                        "constraints": {"type": "array", "items": {"$ref": "#/$defs/constraint"}},
                    }
                ),
            },
            "left_out": {
                "type": "array",
                "description": "Combinations that were not run, because `axis` had nothing to act on.",
                "items": object_schema({"condition": {"$ref": "#/$defs/condition"}, "axis": TEXT, "reason": TEXT}),
            },
            "missing": {**COUNT, "description": "Samples that the run still has to draw."},
            "incomplete": {
                **MAYBE_TEXT,
                "description": "That more draws failed or are missing than may, so that no gate was judged; else null.",
            },
            "stopped": {
                "type": "array",
                "description": "Why drawing ended before all was drawn; known only where the run was drawn just then.",
                "items": TEXT,
            },
            "unjudged": {**COUNT, "description": "Votes of judges that the run still lacks."},
            "notes": {"type": "array", "items": TEXT},
            "knobs": {
                "type": "array",
                "description": "What each provider's model does with each setting asked for.",
                "items": object_schema(
                    {
                        "provider": TEXT,
                        "setting": TEXT,
                        "state": {"enum": ["applied", "unsupported", "ignored", "unknown", "refused"]},
                        "why": {
                            "type": ["string", "null"],
                            "description": "The server's own words, or where it is written.",
                        },
                        "probed": {
                            "type": ["object", "null"],
                            "description": "What `evalkit probe` found of it on the same model.",
                            "properties": {"date": TEXT, "verdict": TEXT, "contradiction": MAYBE_TEXT},
                        },
                    },
                    optional=("probed",),
                ),
            },
            "totals": {
                "description": "What the whole run took, the replies of live conversations included.",
                "allOf": [
                    {"$ref": "#/$defs/spent"},
                    object_schema({"providers": {"type": "object", "additionalProperties": {"$ref": "#/$defs/spent"}}}),
                ],
            },
            "environment": {
                "type": "object",
                "description": "What each provider ran on.",
                "additionalProperties": {"type": "object"},
            },
        },
        {
            "row": _ROW,
            "measure": _MEASURE,
            "constraint": _CONSTRAINT,
            "condition": _CONDITION,
            "settings": _SETTINGS,
            "gate": _GATE,
            "tokens": _TOKENS,
            "spent": _SPENT,
            **COMPARISON_DEFINITIONS,
        },
        optional=(
            "headline",
            "comparison",
            "changes",
            "pooled",
            "left_out",
            "missing",
            "incomplete",
            "stopped",
            "unjudged",
            "notes",
            "knobs",
            "totals",
            "environment",
        ),
    )


_VALUES: Json = {"type": ["string", "number", "boolean", "null", "array"], "items": TEXT}
_CONDITION: Json = {
    "type": "object",
    "description": "One value for each axis; null where it had nothing to act on.",
    "additionalProperties": _VALUES,
}
_SETTINGS: Json = {"type": "object", "additionalProperties": _VALUES}
_GATE: Json = object_schema(
    {
        "name": TEXT,
        "verdict": {"enum": ["passed", "failed", "worse", "not_worse", "undecided"]},
        "why": TEXT,
        "alarming": {"type": "boolean", "description": "Whether it fails the run."},
        "compared": {
            "type": "array",
            "description": "The rows that a gate on a comparison looked at; corrected over the run's gates (Holm).",
            "items": {"$ref": "#/$defs/compared"},
        },
        "operating": {
            "description": "How it behaves in the long run; null where that is not known.",
            "oneOf": [{"type": "null"}, {"$ref": "#/$defs/operating"}],
        },
    },
    optional=("alarming", "compared", "operating"),
)
_MEASURE: Json = object_schema(
    {
        "estimate": {**NUMBER, "description": "null when nothing was decided."},
        "low": {**NUMBER, "description": "Lower end of the 95 % interval; null when there is none."},
        "high": NUMBER,
        "method": {**TEXT, "description": "How the interval was made, or why there is none."},
        "scope": {
            "enum": ["population", "case"],
            "description": "Whether it speaks of cases like these or of the one case there is.",
        },
        "standard_error": {**NUMBER, "description": "With the case as the unit; null when it is not known."},
    },
    optional=("scope", "standard_error"),
)
_STANDING: dict[str, Json] = {
    "cases": {**COUNT, "description": "Cases with a decided verdict on it."},
    "decided": {**COUNT, "description": "Strict verdicts."},
    "undecided": COUNT,
    "strict": {"$ref": "#/$defs/measure", "description": "Mean over the cases of the share met."},
    "loose": {"$ref": "#/$defs/measure", "description": "The same of the loose verdicts."},
}
_CONSTRAINT: Json = object_schema(
    {
        "constraint": {**TEXT, "description": "Its name; those of one name count together, whatever their arguments."},
        "family": {**MAYBE_TEXT, "description": "What kind of demand it is."},
        "source": {"enum": list(SOURCES), "description": "Whether the case demands it or the system prompt."},
        "ifeval_id": {**MAYBE_TEXT, "description": "The IFEval instruction that it judges as; null for others."},
        **_STANDING,
    }
)
_TOKENS: Json = object_schema(
    {
        "input": {"type": ["integer", "null"], "description": "Whole prompts, what came from a cache included."},
        "cached": {"type": ["integer", "null"], "description": "Of the input, from the vendor's cache."},
        "cache_write": {"type": ["integer", "null"], "description": "Of the input, put into the vendor's cache."},
        "output": {"type": ["integer", "null"], "description": "All that was generated, reasoning included."},
        "reasoning": {"type": ["integer", "null"], "description": "Of the output, not part of the answer."},
    }
)
_SPENT: Json = object_schema(
    {
        "answers": {**COUNT, "description": "Completions that providers bill."},
        "cost_usd": {**NUMBER, "description": "Sum of the known prices; null when none is known."},
        "unpriced": {**COUNT, "description": "Answers whose price is not known."},
        "reused_usd": {"type": "number", "description": "Part of the cost that earlier runs paid."},
        "tokens": {"$ref": "#/$defs/tokens"},
        "retries": {**COUNT, "description": "How often a call was asked again."},
        "errors": COUNT,
    }
)
_ROW: Json = object_schema(
    {
        "provider": TEXT,
        "model": {**TEXT, "description": "The model asked for."},
        "served": {"type": "array", "items": TEXT, "description": "The models that say they answered."},
        "other_models": {
            "type": "array",
            "items": TEXT,
            "description": "Those among `served` that are not the model asked for.",
        },
        "condition": {"$ref": "#/$defs/condition"},
        "requested": {"$ref": "#/$defs/settings", "description": "Settings asked for."},
        "applied": {"$ref": "#/$defs/settings", "description": "Settings really used; a list where draws differ."},
        "unsupported": {"type": ["string", "null"], "description": "Why this cell could not be run as asked."},
        "unsupported_state": {
            "enum": ["refused", "ignored", "unsupported", None],
            "description": "Whether the server refused a setting, the model is known to ignore it, or anything else.",
        },
        "cases": {**COUNT, "description": "Cases with at least one decided completion."},
        "completions": object_schema(dict.fromkeys(OUTCOMES, COUNT), optional=("unsupported",)),
        "errors": {
            "type": "object",
            "description": "What went wrong with calls, and how often; the five most frequent.",
            "additionalProperties": COUNT,
        },
        "scores": {**object_schema({"decided": COUNT, "undecided": COUNT}), "description": "Verdicts of constraints."},
        "rule_share": {**NUMBER, "description": "Mean share of rule words reached; null where density does not act."},
        "input_tokens": {**NUMBER, "description": "Mean tokens of the prompt."},
        "cost_usd": {**NUMBER, "description": "Total; null as soon as the price of one answer is not known."},
        "tokens": {"$ref": "#/$defs/tokens", "description": "Sums over the row."},
        "retries": {**COUNT, "description": "How often a call was asked again."},
        "measures": {"type": "object", "additionalProperties": {"$ref": "#/$defs/measure"}},
        "constraints": {"type": "array", "items": {"$ref": "#/$defs/constraint"}},
        "families": {"type": "array", "items": object_schema({"family": TEXT, **_STANDING})},
    },
    optional=(
        "other_models",
        "requested",
        "unsupported_state",
        "errors",
        "rule_share",
        "input_tokens",
        "tokens",
        "retries",
        "constraints",
        "families",
    ),
)
