"""Folders as `evalkit run --format json,comment --out` writes them, as far as a forge is told of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_night(folder: Path, suite: str, state: str, *, comment: str | None = None) -> None:
    """Write report.json and comment.md of one suite."""
    folder.mkdir(parents=True, exist_ok=True)
    report = {"suite": {"name": suite}, "headline": {"state": state, "words": f"{suite}: {state}."}}
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    text = f"## {suite}: {state}\n" if comment is None else comment
    (folder / "comment.md").write_text(text, encoding="utf-8", newline="")
