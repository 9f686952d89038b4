"""Files of a checkout, as a commit names them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def files_of(paths: Sequence[str]) -> dict[str, bytes]:
    """Return the contents of files and of all files in folders, by their path from the checkout's root.

    Raises:
        UsageError: One is not there, cannot be read, or is in no checkout or another one; or there is no file at all.
    """
    files: dict[str, bytes] = {}
    roots: set[Path] = set()
    for path in [file for each in paths for file in _files(Path(each))]:
        root = _root(path)
        roots.add(root)
        if len(roots) > 1:
            raise UsageError(f"{path} is in another checkout than the paths before it")
        try:
            files[path.resolve().relative_to(root).as_posix()] = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    if not files:
        raise UsageError(f"there is no file in {', '.join(paths)}", hint="`evalkit baseline save NAME last` makes two")
    return dict(sorted(files.items()))


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise UsageError(f"{path} is not there", hint="name the files of a baseline, or reports/baselines")
    if path.is_dir():
        yield from sorted(each for each in path.rglob("*") if each.is_file() and ".git" not in each.parts)
    else:
        yield path


def _root(path: Path) -> Path:
    for folder in path.resolve().parents:
        if (folder / ".git").exists():
            return folder
    raise UsageError(f"{path} is in no checkout of git", hint="run it where the repository is checked out")
