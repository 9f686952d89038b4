"""Writes baselines and their sketches into reports/baselines/."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.baselines.baseline import baseline_path, sketches_path
from evalkit.baselines.layout import take_apart
from evalkit.baselines.lines import baseline_lines
from evalkit.baselines.sidecar import write_sketches
from evalkit.errors import BaselineError

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.measured import Measured
    from evalkit.project import Project
    from evalkit.sketches import Sketches


@dataclass(frozen=True, slots=True)
class SavedFile:
    """One file of a baseline.

    Attributes:
        done: What became of it.
    """

    path: Path
    done: Literal["wrote", "kept", "deleted"]


def save_baseline(
    name: str, measured: Measured, project: Project, *, sketches: Sketches | None = None, replace: bool = False
) -> list[SavedFile]:
    """Write what was measured under a name.

    Args:
        name: The baseline's.
        measured: What it is of.
        project: Where baselines are.
        sketches: Of its texts; None keeps none of them.
        replace: Overwrite one of that name that says something else.

    Raises:
        BaselineError: There is one of that name that says something else, the name cannot be one, or a file cannot be
            written.
    """
    path = baseline_path(name, project)
    text = "\n".join(baseline_lines(measured)) + "\n"
    try:
        before = path.read_bytes() if path.exists() else None
        if before is not None and not replace and before != text.encode():
            raise BaselineError(
                f"baseline `{name}` exists and says something else",
                hint=f"`evalkit baseline promote {name} RUN` shows what changes and replaces it; --force overwrites it",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        found = [_put(path, text.encode())]
        beside = sketches_path(path)
        if sketches is not None and sketches.by_place:
            check = take_apart(text.encode(), project.relative(path)).check
            found.append(_put(beside, write_sketches(sketches, check)))
        elif beside.exists():
            beside.unlink()
            found.append(SavedFile(beside, "deleted"))
    except OSError as error:
        raise BaselineError(f"{project.relative(path)} cannot be written: {error.strerror}") from error
    return found


def _put(path: Path, data: bytes) -> SavedFile:
    """Write a file whole or not at all, and not at all when it holds just that."""
    if path.is_file() and path.read_bytes() == data:
        return SavedFile(path, "kept")
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return SavedFile(path, "wrote")
