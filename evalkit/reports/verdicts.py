"""verdicts.jsonl: one line for each constraint of each completion."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.reports.differences import differences
from evalkit.reports.plain import write_json
from evalkit.types import OUTCOMES
from evalkit.verdicts import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.findings import Report
    from evalkit.types import Cell, Draw, Json
    from evalkit.verdicts import Verdict


class VerdictsWriter:
    """Writes verdicts.jsonl."""

    filename: ClassVar[str] = "verdicts.jsonl"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:
        """Write the verdicts of the conditions that the report holds; completions without verdicts have no line."""
        reported = {(row.provider, row.condition): row.other_models for row in report.summary.rows}
        for cell in cells:
            others = reported.get((cell.provider, cell.condition))
            if others is not None:
                for draw in cell.draws:
                    _write_draw(cell, draw, others, stream)


def _write_draw(cell: Cell, draw: Draw, others: tuple[str, ...], stream: TextIO) -> None:
    head: dict[str, Json] = {
        "provider": cell.provider,
        "condition": cell.condition.as_dict(),
        "case": cell.case_id,
        "repeat": draw.repeat,
        "sample": draw.position,
        "outcome": draw.completion.outcome,
    }
    differing = differences(cell.requested, draw.completion.applied) if draw.completion.scored else ()
    served = draw.completion.served_model
    tail = {
        "differing": {each.setting: {"requested": each.requested, "applied": each.applied} for each in differing},
        "served": served,
        "other_model": served in others,
    }
    for verdict in draw.scored.verdicts:
        write_json({**head, **_verdict(verdict), **tail}, stream)


def _verdict(verdict: Verdict) -> dict[str, Json]:
    return {
        "constraint": verdict.constraint,
        "ifeval_id": verdict.ifeval_id,
        "strict": _met(verdict.value),
        "loose": _met(verdict.loose),
        "reason": verdict.reason,
        "spans": [[span.start, span.end] for span in verdict.spans],
        "family": verdict.family,
        "source": verdict.source,
        "version": verdict.version,
        "applies": verdict.applies,
    }


def _met(value: float | None) -> bool | None:
    """Call a constraint met only when it is met in full; None is undecided."""
    return None if value is None else value == 1.0


def verdict_schema() -> dict[str, Json]:
    """Return the JSON Schema (draft 2020-12) of one line."""
    verdict: Json = {"type": ["boolean", "null"], "description": "null is undecided, or that it does not apply."}
    count: Json = {"type": "integer", "minimum": 0}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "evalkit verdict",
        "description": "Fields may be added; those named here keep their meaning.",
        "type": "object",
        "required": ["case", "repeat", "constraint", "ifeval_id", "strict", "loose", "reason", "spans"],
        "properties": {
            "provider": {"type": "string"},
            "condition": {"type": "object", "description": "One value for each axis."},
            "case": {"type": "string"},
            "repeat": count,
            "sample": {**count, "description": "Number in the run, as `evalkit show RUN SAMPLE` takes it."},
            "outcome": {"enum": list(OUTCOMES)},
            "constraint": {"type": "string"},
            "ifeval_id": {"type": ["string", "null"], "description": "null when IFEval has no such instruction."},
            "strict": verdict,
            "loose": verdict,
            "reason": {"type": "string"},
            "spans": {
                "type": "array",
                "description": "Half-open ranges of characters in the text that was judged.",
                "items": {"type": "array", "items": count, "minItems": 2, "maxItems": 2},
            },
            "family": {"type": ["string", "null"], "description": "What kind of demand it is."},
            "source": {"enum": list(SOURCES), "description": "Whether the case demands it or the system prompt."},
            "version": {"type": "integer", "description": "Of the constraint's meaning."},
            "applies": {"type": "boolean", "description": "false where the constraint does not speak of this text."},
            "differing": {
                "type": "object",
                "description": "Settings that were applied otherwise than requested; null is not asked or not applied.",
                "additionalProperties": {"type": "object", "required": ["requested", "applied"]},
            },
            "served": {"type": ["string", "null"], "description": "The model that says it answered."},
            "other_model": {"type": "boolean", "description": "Whether that is not the model asked for."},
        },
    }
