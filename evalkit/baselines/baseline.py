"""A baseline: what a run scored, kept under a name in reports/baselines/, whole without the store."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.baselines.layout import SAVE_AGAIN, take_apart
from evalkit.baselines.parse import members_of, read_cases, read_head_row, read_of
from evalkit.baselines.sidecar import ENDING as SKETCHES
from evalkit.baselines.sidecar import read_sketches
from evalkit.errors import BaselineError, Location, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from evalkit.baselines.layout import Block
    from evalkit.measured import MeasuredOf, MeasuredRow, RowKey
    from evalkit.project import Project
    from evalkit.sketches import Sketches

ENDING = ".json"
_NAME = re.compile(r"\w[\w.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Baseline:
    """A `Measured` that was read from its file; the cases of a row are read when it is asked for.

    Attributes:
        of: Whose rows they are; its `name` is the baseline's.
        path: The file.
        file: How messages call it.
        check: Of all that it says; the file of sketches beside it names it.
        evalkit: The version that wrote it.
        rows: Each row without its cases, and its lines.
    """

    of: MeasuredOf
    path: Path
    file: str
    check: str
    evalkit: str
    rows: Mapping[RowKey, tuple[MeasuredRow, Block]]

    def keys(self) -> Iterator[RowKey]:
        """Yield what rows there are, sorted."""
        return iter(self.rows)

    def row(self, key: RowKey) -> MeasuredRow | None:
        """Return one row whole; None when there is none.

        Raises:
            BaselineError: One of its lines says what no baseline says.
        """
        found = self.rows.get(key)
        if found is None:
            return None
        head, block = found
        return replace(head, cases=read_cases(block, self.file))

    def sketches(self) -> Sketches | None:
        """Return the sketches of its texts; None where there are none, so that texts cannot be compared.

        Raises:
            BaselineError: The file beside it belongs to another version, or is damaged.
        """
        path = sketches_path(self.path)
        return read_sketches(path, self.file.removesuffix(ENDING) + SKETCHES, self.check)


def read_baseline(name: str, project: Project) -> Baseline:
    """Read a baseline, every line of which is checked.

    Args:
        name: Its name.
        project: Where it is.

    Raises:
        BaselineError: There is none of that name, or its file is not as it was written; the error says where.
    """
    path = baseline_path(name, project)
    file = project.relative(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        there = baseline_names(project)
        raise BaselineError(
            f"no baseline `{name}`: there is no file {file}",
            hint=suggestion(name, there) or f"`evalkit baseline save {name} RUN` makes it of a run",
        ) from None
    except OSError as error:
        raise BaselineError(f"{file} cannot be read: {error.strerror}") from error
    return _of_bytes(data, path, file)


def _of_bytes(data: bytes, path: Path, file: str) -> Baseline:
    layout = take_apart(data, file)
    head = members_of(layout.head, file, 1)
    rows: dict[RowKey, tuple[MeasuredRow, Block]] = {}
    for block in layout.blocks:
        row = read_head_row(block, file)
        if row.key in rows:
            of = f"{row.provider}, {row.condition.label}" if row.condition.values else row.provider
            first = rows[row.key][1].line
            raise BaselineError(
                f"the row of {of} is there twice, first in line {first}",
                location=Location(file, block.line, 1),
                hint=SAVE_AGAIN,
            )
        rows[row.key] = row, block
    return Baseline(
        read_of(head, path.name.removesuffix(ENDING)), path, file, layout.check, head.text_of("evalkit"), rows
    )


def baseline_path(name: str, project: Project) -> Path:
    """Return where a baseline of a name is kept.

    Raises:
        BaselineError: It cannot be a name.
    """
    if not _NAME.fullmatch(name) or name.endswith((".", ENDING)):
        raise BaselineError(
            f"`{name}` cannot name a baseline",
            hint="letters, digits, `_`, `-` and `.`, a letter or digit first, and no folder before it or ending behind",
        )
    return project.baselines / f"{name}{ENDING}"


def sketches_path(path: Path) -> Path:
    """Return where the sketches of a baseline's texts are: beside its file."""
    return path.with_name(path.name.removesuffix(ENDING) + SKETCHES)


def baseline_names(project: Project) -> list[str]:
    """Return the names of the baselines there are, sorted."""
    if not project.baselines.is_dir():
        return []
    files = (path.name.removesuffix(ENDING) for path in project.baselines.iterdir() if path.name.endswith(ENDING))
    return sorted(name for name in files if _NAME.fullmatch(name))
