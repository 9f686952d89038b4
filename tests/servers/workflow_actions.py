"""What the actions that workflows of this repository use are documented to do.

`checkout` copies the repository, `cache` keeps folders under keys that never change, `upload-artifact` and
`download-artifact` hand files from job to job, and `setup-python` does nothing. What lies outside the job's folder
(`~/.cache`) is left alone.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_NOT_PUSHED = shutil.ignore_patterns(".evalkit", "runs", "night", "pull", "__pycache__", ".pytest_cache")


@dataclass(frozen=True)
class Asked:
    """One use of an action.

    Attributes:
        caches: Where caches are kept from run to run.
        artifacts: Where artifacts are kept within this run.
        repository: What a checkout copies.
        folder: The job's folder.
        given: The inputs, filled in.
        late: What is to be done when the job has succeeded.
    """

    caches: Path
    artifacts: Path
    repository: Path
    folder: Path
    given: Mapping[str, str]
    late: list[Callable[[], Acted]]


@dataclass(frozen=True)
class Acted:
    """What an action came to: `code` is 1 where it failed."""

    outputs: Mapping[str, str]
    code: int = 0
    output: str = ""


Action: TypeAlias = "Callable[[Asked], Acted]"


def _nothing(_asked: Asked) -> Acted:
    return Acted({})


def _checkout(asked: Asked) -> Acted:
    shutil.copytree(asked.repository, asked.folder, dirs_exist_ok=True, ignore=_NOT_PUSHED)
    return Acted({})


def _restore(asked: Asked) -> Acted:
    """Restore the cache of this very key, else the newest of which the key begins so."""
    there = sorted(asked.caches.iterdir(), key=lambda each: int(each.name)) if asked.caches.is_dir() else []
    keys = {each: (each / "key").read_text(encoding="utf-8") for each in there}
    wanted = asked.given["key"]
    exact = [each for each in there if keys[each] == wanted]
    begun = [
        each
        for prefix in reversed(asked.given.get("restore-keys", "").split())
        for each in there
        if keys[each].startswith(prefix)
    ]
    if not exact and not begun:
        return Acted({"cache-hit": ""})
    found = (exact or begun)[-1]
    shutil.copytree(found / "files", asked.folder, dirs_exist_ok=True)
    return Acted({"cache-hit": "true" if exact else "false", "cache-matched-key": keys[found]})


def _save(asked: Asked) -> Acted:
    """Keep folders under a key; a key that is there stays as it is, and nothing is kept of what is not there."""
    asked.caches.mkdir(parents=True, exist_ok=True)
    there, key = list(asked.caches.iterdir()), asked.given["key"]
    lines = [line.strip() for line in asked.given["path"].splitlines()]
    paths = [line for line in lines if line and not line.startswith("~") and (asked.folder / line).exists()]
    if not paths or any((each / "key").read_text(encoding="utf-8") == key for each in there):
        return Acted({}, output="nothing was saved")
    made = asked.caches / str(len(there))
    for path in paths:
        shutil.copytree(asked.folder / path, made / "files" / path)
    (made / "key").write_text(key, encoding="utf-8")
    return Acted({})


def _cache(asked: Asked) -> Acted:
    """Restore, and save at the end of a job that succeeded."""
    acted = _restore(asked)
    if acted.outputs["cache-hit"] != "true":
        asked.late.append(lambda: _save(asked))
    return acted


def _upload(asked: Asked) -> Acted:
    """Keep the files below a folder, hidden ones aside."""
    name, source = asked.given["name"], asked.folder / asked.given["path"]
    files = [path for path in source.rglob("*") if path.is_file()]
    files = [path for path in files if not any(part.startswith(".") for part in path.relative_to(source).parts)]
    if not files:
        return Acted({}, int(asked.given.get("if-no-files-found") == "error"), "no files were found")
    for path in files:
        target = asked.artifacts / name / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return Acted({"artifact-id": hashlib.sha256(name.encode()).hexdigest()[:8]})


def _download(asked: Asked) -> Acted:
    there = asked.artifacts / asked.given["name"]
    if not there.is_dir():
        return Acted({}, 1, f"there is no artifact {asked.given['name']}")
    shutil.copytree(there, asked.folder / asked.given["path"], dirs_exist_ok=True)
    return Acted({})


ACTIONS: Mapping[str, Action] = {
    "actions/cache": _cache,
    "actions/cache/restore": _restore,
    "actions/cache/save": _save,
    "actions/checkout": _checkout,
    "actions/download-artifact": _download,
    "actions/setup-python": _nothing,
    "actions/upload-artifact": _upload,
}
"""Each action by its name, less its version."""
