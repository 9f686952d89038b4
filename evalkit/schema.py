"""JSON Schemas of suites and profiles, for completion and checks in editors.

They say what is allowed where; what depends on several places at once (an axis that nothing uses, more turns than a
conversation has) is left to `evalkit check`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.arguments import argument_schema
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.gate import ALARMS, BASELINE, MOST_PER_RUN, RUNS_PER_MONTH, SCOPES
from evalkit.json_schema import DIALECT
from evalkit.load.build import FIXED_SETTINGS, MODES
from evalkit.load.rounds import DECIDED, MOST_REPEATS
from evalkit.measures.registry import MEASURES
from evalkit.providers.prices import PRICE_KINDS
from evalkit.settings import PROVIDER_DEFAULT, SETTINGS
from evalkit.support import KNOB_STATES
from evalkit.types import JUDGED

if TYPE_CHECKING:
    from evalkit.settings import Setting
    from evalkit.types import Json

_NAME: Json = {"type": "string", "pattern": r"^\w[\w.-]*$"}
_FILE: Json = {
    "type": "object",
    "properties": {"file": {"type": "string", "description": "Path beside the suite, inside the project."}},
    "required": ["file"],
    "additionalProperties": False,
}
_SCALAR: Json = {"type": ["string", "number", "boolean", "null"]}
_AXIS_VALUE: Json = {"anyOf": [_SCALAR, {"type": "array", "items": {"type": "string"}}]}
_VARIABLES: Json = {
    "type": "object",
    "description": "What templates may use, by name.",
    "additionalProperties": _SCALAR,
}


def suite_schema() -> dict[str, Json]:
    """Return the JSON Schema of a suite."""
    return {
        "$schema": DIALECT,
        "title": "evalkit suite",
        "type": "object",
        "required": ["suite", "providers", "cases"],
        "additionalProperties": False,
        "properties": {
            "suite": {**_NAME, "description": "The suite's name."},
            "version": {"type": "integer", "minimum": 1, "description": "Raise it when results stop being comparable."},
            "description": {"type": "string"},
            "providers": _one_or_more({**_NAME, "description": "A profile: providers/NAME.yaml."}),
            "repeats": _repeats(),
            "seed": {"type": "integer", "minimum": 0, "description": "Makes runs repeat their draws."},
            "noise": _choice("Whether conditions of one case and repeat share random draws.", "common", "independent"),
            "axes": _axes(),
            "systems": _systems(),
            "conversation": _conversation(),
            "refresh": {
                "type": "string",
                "description": "Template around a restated system prompt, with {{ system }} and {{ message }}.",
            },
            "variables": _VARIABLES,
            "constraints": _list("Constraints of every case.", "#/$defs/constraint"),
            "cases": {"type": "array", "minItems": 1, "items": _case()},
            "measures": _list("Statistics over repeated draws.", "#/$defs/measure"),
            "gates": {"type": "array", "items": _gate()},
            "alarms": _alarms(),
            "max_failed": {
                "type": "number",
                "minimum": 0,
                "maximum": 1,
                "description": "Share of the draws that may fail before nothing is judged.",
            },
            "truncated": _choice("How a text that was cut off is judged.", "undecided", "as_is"),
            "refusals": _choice("Whether refusals are counted apart or score 0.", "apart", "fail"),
            "judged": _choice("What constraints and measures look at.", *JUDGED),
            "judge": {**_NAME, "description": "The profile that `judge` constraints ask when they name none."},
            "tags": {"type": "array", "items": _NAME, "description": "What pytest marks the suite's items with."},
            "xfail": _xfail(),
            **{name: _setting(SETTINGS[name]) for name in FIXED_SETTINGS},
        },
        "$defs": {"constraint": argument_schema(CONSTRAINTS), "measure": argument_schema(MEASURES)},
    }


def profile_schema() -> dict[str, Json]:
    """Return the JSON Schema of a provider profile."""
    positive: Json = {"type": "number", "exclusiveMinimum": 0}
    return {
        "$schema": DIALECT,
        "title": "evalkit provider profile",
        "type": "object",
        "required": ["adapter", "model"],
        "additionalProperties": False,
        "properties": {
            "adapter": {"type": "string", "description": "An adapter's name, or ./file.py:Class beside this file."},
            "model": {"type": "string", "description": "What the adapter should load or ask for."},
            "description": {"type": "string"},
            "key_env": {"type": ["string", "null"], "description": "Name of the variable that holds the key."},
            "key_command": {"type": ["string", "null"], "description": "A command that prints the key."},
            "base_url": {
                "type": ["string", "null"],
                "description": "Where to ask instead of the vendor.",
            },
            "limits": {
                "type": "object",
                "additionalProperties": positive,
                "description": "How to run; shapes no answer.",
            },
            "timeout_s": {**positive, "description": "Seconds that one call may take."},
            "settings": {
                "type": "object",
                "properties": {name: _setting(setting) for name, setting in SETTINGS.items()},
                "additionalProperties": False,
            },
            "extra": {"type": "object", "description": "Passed on to the call as it is."},
            "supports": {
                "type": "object",
                "properties": {name: _support(setting) for name, setting in SETTINGS.items()},
                "additionalProperties": False,
            },
            "price": _price(),
            "options": {"type": "object", "description": "What this adapter needs besides; shapes answers."},
        },
    }


def _price() -> Json:
    return {
        "type": "object",
        "required": ["input", "output"],
        "properties": {kind: {"type": "number", "minimum": 0} for kind in PRICE_KINDS},
        "additionalProperties": False,
        "description": "US dollars for a million tokens; batch_discount is a factor.",
    }


def _support(setting: Setting) -> Json:
    """Write what a profile may say of a setting: true, false, a state, a range, or the words that are taken."""
    forms: list[Json] = [{"type": "boolean"}, {"enum": list(KNOB_STATES)}]
    if setting.kind == "word":
        forms.append({"type": "array", "items": {"enum": list(setting.words)}, "minItems": 1})
    else:
        forms.append({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
    return {"oneOf": forms, "description": "What the model does with it, the range in which it does, or the words."}


def _setting(setting: Setting) -> Json:
    if setting.kind == "word":
        return {"enum": list(setting.words), "description": setting.meaning}
    if setting.kind == "strings":
        return {**_one_or_more({"type": "string", "minLength": 1}), "description": setting.meaning}
    schema: dict[str, Json] = {
        "type": "integer" if setting.kind == "integer" else "number",
        "description": setting.meaning,
    }
    if setting.low is not None:
        schema["exclusiveMinimum" if setting.low_open else "minimum"] = setting.low
    if setting.high is not None:
        schema["maximum"] = setting.high
    return schema


def _setting_or_default(setting: Setting) -> Json:
    return {"anyOf": [_setting(setting), {"const": PROVIDER_DEFAULT, "description": "Nothing is sent."}]}


def _axes() -> Json:
    own: dict[str, Json] = {
        "system": ("Keys of `systems`; null for no system message.", {"type": ["string", "null"]}),
        "density": ("Share of rule words, above 0.", {"type": "number", "exclusiveMinimum": 0, "maximum": 1}),
        "turns": ("Exchanges before the probe.", {"type": "integer", "minimum": 0}),
        "refresh": (
            "Restate the system prompt after so many exchanges.",
            {"oneOf": [{"const": "never"}, {"type": "integer", "minimum": 1}]},
        ),
    }
    properties = {name: {**_one_or_more(schema), "description": meaning} for name, (meaning, schema) in own.items()}
    properties |= {
        name: {**_one_or_more(_setting_or_default(setting)), "description": setting.meaning}
        for name, setting in SETTINGS.items()
    }
    return {
        "type": "object",
        "description": "What is varied; the sweep is the product. Other names are template variables.",
        "properties": properties,
        "additionalProperties": _one_or_more(_SCALAR),
    }


def _systems() -> Json:
    demanded = _list("What the prompt demands of answers given under it.", "#/$defs/constraint")
    rule: Json = {
        "type": "object",
        "required": ["says"],
        "additionalProperties": False,
        "properties": {"says": {"type": "string", "description": "The sentence."}, "constraints": demanded},
    }
    rules: Json = {"oneOf": [{"type": "array", "items": {"oneOf": [{"type": "string"}, rule]}}, _FILE]}
    filler: Json = {"oneOf": [{"type": "array", "items": {"type": "string"}}, _FILE]}
    text: Json = {"oneOf": [{"type": "string"}, _FILE]}
    demanding: Json = {
        "type": "object",
        "required": ["text"],
        "additionalProperties": False,
        "properties": {"text": text, "constraints": demanded},
    }
    diluted: Json = {
        "type": "object",
        "required": ["rules"],
        "additionalProperties": False,
        "properties": {"rules": rules, "filler": filler, "constraints": demanded},
    }
    entry: Json = {"oneOf": [{"type": "null"}, {"type": "string"}, _FILE, demanding, diluted]}
    return {
        "type": "object",
        "description": "System prompts by name; null is no system message.",
        "minProperties": 1,
        "additionalProperties": entry,
    }


def _conversation() -> Json:
    exchange: Json = {
        "type": "object",
        "required": ["user"],
        "additionalProperties": False,
        "properties": {"user": {"type": "string"}, "assistant": {"type": "string"}},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "file": {"type": "string", "description": "Path beside the suite, inside the project."},
            "exchanges": {"type": "array", "minItems": 1, "items": exchange},
            "mode": {"enum": list(MODES), "description": "Whose replies the history has, or none."},
        },
        "oneOf": [{"required": ["file"]}, {"required": ["exchanges"]}],
    }


def _case() -> Json:
    return {
        "type": "object",
        "required": ["id", "prompt"],
        "additionalProperties": False,
        "properties": {
            "id": _NAME,
            "prompt": {"oneOf": [{"type": "string"}, _FILE], "description": "Template of the last user message."},
            "variables": _VARIABLES,
            "constraints": _list("What a completion must meet.", "#/$defs/constraint"),
        },
    }


def _repeats() -> Json:
    number: Json = {"type": "integer", "minimum": 1, "maximum": MOST_REPEATS}
    precision: Json = {
        "type": "object",
        "properties": {
            "measure": {"type": "string"},
            "half_width": {"type": "number", "exclusiveMinimum": 0, "description": "Of the measure's interval."},
        },
        "required": ["measure", "half_width"],
        "additionalProperties": False,
    }
    plan: Json = {
        "type": "object",
        "properties": {"min": number, "max": number, "until": {"anyOf": [{"const": DECIDED}, precision]}},
        "required": ["min", "max", "until"],
        "additionalProperties": False,
    }
    return {
        "anyOf": [number, plan],
        "description": "Draws of each case under each condition, or their range.",
    }


def _gate() -> Json:
    return {
        "type": "object",
        "required": ["measure"],
        "additionalProperties": False,
        "properties": {
            "measure": {
                "type": "string",
                "description": "A level of adherence, constraint:NAME, or a measure of the suite.",
            },
            "at_least": {"type": "number"},
            "at_most": {"type": "number"},
            "between": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
            "no_worse_than": {
                "description": "A baseline, or the axis values of another condition of the same run.",
                "anyOf": [
                    {"const": BASELINE},
                    {"type": "object", "minProperties": 1, "additionalProperties": _AXIS_VALUE},
                ],
            },
            "margin": {"type": "number", "minimum": 0, "description": "How much worse is still acceptable."},
            "better": _choice("Which way the measure is better.", "higher", "lower"),
            "scope": _choice("Whether verdicts speak of these very cases or of cases like these.", *SCOPES),
            "alarm": _choice("What fails the run: harm that is shown, or no harm that is not shown.", *ALARMS),
            "on": _choice("What is compared with the threshold.", "interval", "estimate"),
            "where": {
                "type": "object",
                "description": "Axis values that select conditions.",
                "additionalProperties": _one_or_more(_SCALAR),
            },
        },
    }


def _xfail() -> Json:
    selected: Json = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            "where": {
                "type": "object",
                "description": "Axis values, `provider` and `case` that select what is expected to fail.",
                "additionalProperties": _one_or_more(_SCALAR),
            },
            "reason": {"type": "string"},
        },
    }
    entry: Json = {"anyOf": [{"type": "string", "minLength": 1}, selected]}
    return {
        "description": "Failures that pytest is to expect: all, or those that are selected; a text is the reason.",
        "anyOf": [{"type": "boolean"}, entry, {"type": "array", "items": entry}],
    }


def _alarms() -> Json:
    positive: Json = {"type": "number", "exclusiveMinimum": 0}
    return {
        "type": "object",
        "description": "How often the gates may be alarmed for nothing, all together.",
        "additionalProperties": False,
        "properties": {
            "per_run": {**positive, "maximum": MOST_PER_RUN, "description": "Chance of a false alarm in a run."},
            "per_month": {**positive, "description": "False alarms in a month."},
            "runs_per_month": {**positive, "description": f"Runs that a month has; {RUNS_PER_MONTH} by default."},
            "change": {
                **positive,
                "maximum": MOST_PER_RUN,
                "description": "Chance of a false alarm in a run that a model's answers have changed.",
            },
        },
        "oneOf": [{"required": ["per_run"]}, {"required": ["per_month"]}],
    }


def _one_or_more(schema: Json) -> dict[str, Json]:
    return {"anyOf": [schema, {"type": "array", "minItems": 1, "items": schema}]}


def _list(meaning: str, reference: str) -> Json:
    return {"type": "array", "description": meaning, "items": {"$ref": reference}}


def _choice(meaning: str, *choices: str) -> Json:
    return {"enum": list(choices), "description": meaning}
