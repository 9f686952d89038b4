"""verdicts.jsonl: one line for each constraint of each completion."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.findings import Report
    from evalkit.types import Cell, Json


class VerdictsWriter:
    """Writes verdicts.jsonl."""

    filename: ClassVar[str] = "verdicts.jsonl"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:
        """Write the verdicts of the conditions that the report holds; completions without verdicts have no line."""
        reported = {(row.provider, row.condition) for row in report.summary.rows}
        for cell in cells:
            if (cell.provider, cell.condition) not in reported:
                continue
            head = {"provider": cell.provider, "condition": cell.condition.as_dict(), "case": cell.case_id}
            for draw in cell.draws:
                for verdict in draw.scored.verdicts:
                    line: dict[str, Json] = {
                        **head,
                        "repeat": draw.repeat,
                        "sample": draw.position,
                        "outcome": draw.completion.outcome,
                        "constraint": verdict.constraint,
                        "ifeval_id": None,
                        "strict": _met(verdict.value),
                        "loose": _met(verdict.loose),
                        "reason": verdict.reason,
                        "spans": [[span.start, span.end] for span in verdict.spans],
                    }
                    stream.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")


def _met(value: float | None) -> bool | None:
    return None if value is None else value == 1.0


def verdict_schema() -> dict[str, Json]:
    """Return the JSON Schema of one line."""
    verdict: Json = {"type": ["boolean", "null"], "description": "null is undecided."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "evalkit verdict",
        "type": "object",
        "required": ["case", "repeat", "constraint", "ifeval_id", "strict", "loose", "reason", "spans"],
        "properties": {
            "provider": {"type": "string"},
            "condition": {"type": "object"},
            "case": {"type": "string"},
            "repeat": {"type": "integer", "minimum": 0},
            "sample": {"type": "integer", "minimum": 0},
            "outcome": {"enum": ["complete", "truncated", "refusal"]},
            "constraint": {"type": "string"},
            "ifeval_id": {"type": ["string", "null"]},
            "strict": verdict,
            "loose": verdict,
            "reason": {"type": "string"},
            "spans": {
                "type": "array",
                "description": "Half-open ranges of characters in the completion's text.",
                "items": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
            },
        },
    }
