"""providers/NAME.probe.json: what a probe found, beside the profile, for people, programs and later reports."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.metadata import version
from io import StringIO
from typing import TYPE_CHECKING, Any, cast

from evalkit.errors import ProfileError
from evalkit.json_schema import COUNT, MAYBE_TEXT, NUMBER, TEXT, document_schema, object_schema
from evalkit.probe.findings import CHECKS, PROBE_VERDICTS, Bounds, Finding, Probed, bare_url
from evalkit.reports.plain import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.project import Project
    from evalkit.types import Json, Profile

FORMAT = 1


def probe_path(name: str, project: Project) -> Path:
    """Return where the probe of a profile is kept: beside the project's own, also for one that comes with evalkit."""
    return project.providers / f"{name}.probe.json"


def write_probe(probed: Probed, project: Project) -> Path:
    """Keep a probe, in the place of the one before.

    Returns:
        The file.

    Raises:
        ProfileError: It cannot be written.
    """
    path = probe_path(probed.provider, project)
    text = StringIO()
    write_json(probe_json(probed), text, indent=1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise ProfileError(f"{project.relative(path)} cannot be written: {error.strerror}") from error
    return path


def read_probe(profile: Profile, project: Project) -> Probed | None:
    """Return the last probe of a profile's model; None when there is none, or it was of another model or place.

    Raises:
        ProfileError: The file cannot be read.
    """
    return probe_of(profile.name, profile.adapter, profile.model, profile.base_url, project)


def probe_of(name: str, adapter: str, model: str, base_url: str | None, project: Project) -> Probed | None:
    """Return the last probe of a model under a profile's name; see `read_probe`."""
    probed = read_file(name, project)
    asked = (adapter, model, bare_url(base_url))
    same = probed is not None and (probed.adapter, probed.model, probed.base_url) == asked
    return probed if same else None


def read_file(name: str, project: Project) -> Probed | None:
    """Read the probe of a profile, of whatever model it was; None when there is none.

    Raises:
        ProfileError: The file is none that `write_probe` wrote.
    """
    path = probe_path(name, project)
    try:
        plain: object = json.loads(path.read_text(encoding="utf-8"))
        return _probed(cast("dict[str, Any]", plain))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProfileError(
            f"{project.relative(path)} is no record of a probe: {type(error).__name__}: {error}",
            hint=f"`evalkit probe {name}` writes it anew",
        ) from error


def probe_json(probed: Probed) -> dict[str, Json]:
    """Return a probe as plain data, in the shape that `probe_schema` describes."""
    return {
        "format": FORMAT,
        "evalkit": version("prompt-evalkit"),
        "provider": probed.provider,
        "adapter": probed.adapter,
        "model": probed.model,
        "base_url": probed.base_url,
        "date": probed.date,
        "seed": probed.seed,
        "served": list(probed.served),
        "clients": list(probed.clients),
        "settings": dict(probed.settings),
        "environment": dict(probed.environment),
        "calls": probed.calls,
        "cost_usd": probed.cost_usd,
        "failure": probed.failure,
        "findings": [_finding_json(each) for each in probed.findings],
    }


def _finding_json(finding: Finding) -> dict[str, Json]:
    return {
        "check": finding.check,
        "verdict": finding.verdict,
        "why": finding.why,
        "error_rate": finding.error_rate,
        "bounds": [
            {"of": each.of, "estimate": each.estimate, "low": each.low, "high": each.high, "level": each.level}
            for each in finding.bounds
        ],
        "draws": finding.draws,
        "calls": finding.calls,
        "cost_usd": finding.cost_usd,
        "table": finding.table,
        "contradiction": finding.contradiction,
        "cut_short": finding.cut_short,
    }


def _probed(plain: dict[str, Any]) -> Probed:
    if plain["format"] != FORMAT:
        raise ValueError(f"its format is {plain['format']}, not {FORMAT}")
    known = _known(plain, Probed)
    for name in ("served", "clients"):
        known[name] = tuple(known[name])
    known["findings"] = tuple(_finding(each) for each in known["findings"])
    return Probed(**known)


def _finding(plain: dict[str, Any]) -> Finding:
    if plain["check"] not in CHECKS or plain["verdict"] not in PROBE_VERDICTS:
        raise ValueError(f"`{plain['check']}: {plain['verdict']}` is not known")
    known = _known(plain, Finding)
    known["bounds"] = tuple(Bounds(**_known(each, Bounds)) for each in known["bounds"])
    return Finding(**known)


def _known(plain: dict[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Leave out fields that a later version has added."""
    return {field.name: plain[field.name] for field in fields(kind)}


def probe_schema() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of NAME.probe.json."""
    return document_schema(
        "evalkit probe",
        {
            "format": {"const": FORMAT},
            "evalkit": {**TEXT, "description": "The version that wrote this."},
            "provider": {**TEXT, "description": "The profile's name."},
            "adapter": TEXT,
            "model": {**TEXT, "description": "The model asked for."},
            "base_url": {**MAYBE_TEXT, "description": "Where it was asked; null for the vendor's own address."},
            "date": {**TEXT, "format": "date-time"},
            "seed": {"type": "integer"},
            "served": {**_TEXTS, "description": "The models that say they answered."},
            "clients": {**_TEXTS, "description": "Libraries and API versions that made the calls."},
            "settings": {"type": "object", "description": "Those that held besides the one under test."},
            "environment": {"type": "object"},
            "calls": COUNT,
            "cost_usd": NUMBER,
            "failure": {**MAYBE_TEXT, "description": "What ended the provider; null when nothing did."},
            "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
        },
        {"finding": _FINDING},
    )


_TEXTS: Json = {"type": "array", "items": TEXT}
_BOUNDS: Json = object_schema(
    {
        "of": {**TEXT, "description": "What it is a number of."},
        "estimate": NUMBER,
        "low": {**NUMBER, "description": "null where there is no lower end."},
        "high": {**NUMBER, "description": "null where there is no upper end."},
        "level": {"type": "number", "description": "Least chance that the interval holds the true number."},
    }
)
_FINDING: Json = object_schema(
    {
        "check": {"enum": list(CHECKS)},
        "verdict": {
            "enum": list(PROBE_VERDICTS),
            "description": "; ".join(f"{verdict}: {meaning}" for verdict, meaning in PROBE_VERDICTS.items()),
        },
        "why": {**TEXT, "description": "What the verdict rests on."},
        "error_rate": {
            **NUMBER,
            "description": "Chance of the verdict when it is false, at most; null for one that no test was made for.",
        },
        "bounds": {"type": "array", "items": _BOUNDS},
        "draws": {**COUNT, "description": "Answers that it rests on."},
        "calls": {**COUNT, "description": "Calls made for it, those that were repeated included."},
        "cost_usd": NUMBER,
        "table": {**MAYBE_TEXT, "description": "What the support table or the profile says, with its source."},
        "contradiction": {**MAYBE_TEXT, "description": "How the verdict contradicts that."},
        "cut_short": {**MAYBE_TEXT, "description": "Why not all was asked that would have been."},
    }
)
