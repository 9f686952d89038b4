"""Writes a baseline: JSON with one line for each row, and one for each of its cases.

Each line ends with a check of what stands before it, so that an edit is noticed where it was made. The check of a row's
line covers the checks of its cases too, and that of the first line those of the rows: lines that a merge has put
together from two versions belong to no head.
"""

from __future__ import annotations

import json
import math
import zlib
from importlib.metadata import version
from typing import TYPE_CHECKING

from evalkit.baselines.scores import levels_text, scores_text
from evalkit.measured import OF_CONSTRAINT
from evalkit.measures.space import NORMALISED
from evalkit.types import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from evalkit.measured import Measured, MeasuredCase, MeasuredOf, MeasuredRow, RowKey
    from evalkit.types import AxisValue, Json, Outcome

    SortKey: TypeAlias = tuple[str, list[tuple[str, int, float, str]]]

FORMAT = 1
CHECK = ', "check":"'
"""What stands before the check of a line."""
ROWS, CASES, LAST = ', "rows":[', ', "cases":[', "]}"
"""How the head's line ends, how a row's does, and the line that closes either."""


def check_of(*parts: str) -> str:
    """Return the check of texts: the CRC-32 of their UTF-8, as eight hexadecimal digits."""
    check = 0
    for part in parts:
        check = zlib.crc32(part.encode(), check)
    return f"{check:08x}"


def baseline_lines(measured: Measured) -> list[str]:
    """Return a baseline's lines, rows and cases sorted; each without its line end."""
    written: list[str] = []
    checks: list[str] = []
    for key in sorted(measured.keys(), key=row_order):
        row = measured.row(key)
        assert row is not None
        if written:
            written[-1] += ","
        checks.append(_add_row(written, row))
    head = open_object(head_json(measured.of))
    return [f'{head}{CHECK}{check_of(head, *checks)}"{ROWS}', *written, LAST]


def _add_row(written: list[str], row: MeasuredRow) -> str:
    """Add a row's lines and return its check."""
    cases = [open_object(case_json(case)) for case in sorted(row.cases, key=lambda each: each.case_id)]
    checks = [check_of(case) for case in cases]
    head = open_object(row_json(row))
    check = check_of(head, *checks)
    written.append(f'{head}{CHECK}{check}"{CASES}')
    commas = [","] * (len(cases) - 1) + [""]
    written += [f'{case}{CHECK}{own}"}}{comma}' for case, own, comma in zip(cases, checks, commas, strict=False)]
    written.append(LAST)
    return check


def open_object(value: Mapping[str, Json]) -> str:
    """Write an object without its closing brace, so that more may follow."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ":"))
    if any("\ud800" <= character <= "\udfff" for character in text):  # half a character is none that UTF-8 has
        text = json.dumps(value, allow_nan=False, separators=(", ", ":"))
    return text[:-1]


def row_order(key: RowKey) -> SortKey:
    """Return what rows are sorted by: the provider, then the value on each axis, numbers as numbers."""
    provider, condition = key
    return provider, [(axis, *_rank(value)) for axis, value in condition.values]


def _rank(value: AxisValue) -> tuple[int, float, str]:
    if value is None:
        return 0, 0.0, ""
    if isinstance(value, int | float):  # true and false are 1 and 0
        return 1, float(value), ""
    return (2, 0.0, value) if isinstance(value, str) else (3, 0.0, "\0".join(value))


def head_json(of: MeasuredOf) -> dict[str, Json]:
    """Return what the first line says."""
    return {
        "format": FORMAT,
        "evalkit": version("prompt-evalkit"),
        "suite": {"name": of.suite_name, "version": of.suite_version, "hash": of.suite_hash},
        "run": of.run,
        "date": of.date,
        "scoring": of.scoring,
    }


def row_json(row: MeasuredRow) -> dict[str, Json]:
    """Return what the line of a row says."""
    return {
        "provider": row.provider,
        "model": row.model,
        "condition": row.condition.as_dict(),
        "requested": dict(sorted(row.requested.items())),
        "applied": dict(sorted(row.applied.items())),
        "served": list(row.served),
    }


def case_json(case: MeasuredCase) -> dict[str, Json]:
    """Return what the line of a case says; what is as nearly always is left out."""
    found: dict[str, Json] = {"case": case.case_id, "by": case.constraints, "draws": case.planned}
    outcomes: dict[Outcome, int] = {name: case.outcomes[name] for name in OUTCOMES if case.outcomes.get(name)}
    if outcomes != {"complete": case.planned}:
        found["outcomes"] = outcomes_text(outcomes)
    found |= levels_text(case.scores)
    constraints = sorted(name for name in case.scores if name.startswith(OF_CONSTRAINT))
    if constraints:
        found["met"] = {name.removeprefix(OF_CONSTRAINT): scores_text(case.scores[name]) for name in constraints}
    values = values_json(case.values)
    if values:
        found["values"] = values
    if case.characters is not None:
        found["characters"] = case.characters
    if case.latency_s is not None:
        found["latency_s"] = case.latency_s
    if case.run is not None:
        found["run"] = case.run
    return found


def outcomes_text(outcomes: Mapping[Outcome, int]) -> str:
    """Write how many draws ended how: `complete:7 refusal:1`."""
    return " ".join(f"{name}:{count}" for name, count in outcomes.items())


def values_json(values: Mapping[str, float]) -> dict[str, float | None]:
    """Write measures by label, without those on normalised texts that are the same as on the texts as they are.

    None stands for one that would be left out like these, and is not there. A measure that is no finite number is not
    defined, and is not there either.
    """
    known = {label: value for label, value in sorted(values.items()) if math.isfinite(value)}
    found: dict[str, float | None] = {}
    for label, value in known.items():
        normalised = label + NORMALISED
        if not label.endswith(NORMALISED) or known.get(label.removesuffix(NORMALISED)) != value:
            found[label] = value
        if not label.endswith(NORMALISED) and normalised not in known:
            found[normalised] = None
    return found


def read_values(written: Mapping[str, float | None]) -> dict[str, float]:
    """Read what `values_json` wrote."""
    same = {label + NORMALISED: value for label, value in written.items() if not label.endswith(NORMALISED)}
    return {label: value for label, value in (same | dict(written)).items() if value is not None}
