"""The three doors: a table of built-ins, installed packages, and files of the user's."""

from __future__ import annotations

import importlib
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

import pytest

from evalkit.errors import UsageError
from evalkit.registry import Registry, shown_path


@pytest.fixture
def registry() -> Registry:
    """Give a registry whose group no package has, so that what is cached for it is the test's own."""
    builtins = {"fraction": "fractions:Fraction", "needs": "a_package_that_is_not_there:Thing"}
    return Registry("thing", builtins, f"evalkit.tests.{uuid4().hex}")


@pytest.fixture
def installed(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Install a tiny package that offers things under the registry's group."""
    (tmp_path / "tiny_things.py").write_text("class Installed:\n    pass\n", encoding="utf-8")
    metadata = tmp_path / "tiny_things-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-things\nVersion: 1.0\n", encoding="utf-8")
    entries = ["tiny = tiny_things:Installed", "gone = tiny_things:Gone", "fraction = tiny_things:Installed"]
    (metadata / "entry_points.txt").write_text(f"[{registry.group}]\n" + "\n".join(entries), encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    monkeypatch.delitem(sys.modules, "tiny_things", raising=False)
    return registry


def test_a_builtin_is_imported_when_it_is_asked_for(registry: Registry) -> None:
    """By its name in the table."""
    assert registry.get("fraction") is Fraction


def test_a_builtin_whose_package_is_missing_says_which(registry: Registry) -> None:
    """The caller knows what to advise."""
    with pytest.raises(ModuleNotFoundError) as raised:
        registry.get("needs")
    assert raised.value.name == "a_package_that_is_not_there"


def test_an_installed_package_adds_names(installed: Registry) -> None:
    """After the built-ins, which it cannot replace."""
    assert installed.names() == ["fraction", "needs", "gone", "tiny"]
    assert installed.get("tiny").__name__ == "Installed"
    assert installed.get("fraction") is Fraction


def test_an_entry_point_that_leads_nowhere_is_named(installed: Registry) -> None:
    """As the fault of the package that it is."""
    with pytest.raises(UsageError, match="thing `gone`: tiny_things:Gone is not there"):
        installed.get("gone")


def test_an_unknown_name_has_a_suggestion(installed: Registry) -> None:
    """Among all that are known."""
    with pytest.raises(UsageError, match="no thing named `tinny`") as raised:
        installed.get("tinny")
    assert raised.value.hint == "did you mean `tiny`?"


SOURCE = """\
from dataclasses import dataclass

LOADED = []

@dataclass(frozen=True)
class Mine:
    most: int = 3
"""


def test_a_file_of_the_users_is_a_door(registry: Registry, tmp_path: Path) -> None:
    """Dataclasses in it work; it is loaded once."""
    (tmp_path / "mine.py").write_text(SOURCE, encoding="utf-8")
    found = registry.get("./mine.py:Mine", beside=tmp_path)
    assert found(5).most == 5
    assert registry.get("./mine.py:Mine", beside=tmp_path) is found


def test_files_of_one_name_in_two_folders_are_two(registry: Registry, tmp_path: Path) -> None:
    """Neither hides the other."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.py").write_text(f"class Mine:\n    origin = {name!r}\n", encoding="utf-8")
    origins = [registry.get("./mine.py:Mine", beside=tmp_path / name).origin for name in ("a", "b")]
    assert origins == ["a", "b"]


def test_a_path_below_here_is_shown_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name files as a user at the prompt would; any other path is shown whole."""
    monkeypatch.chdir(tmp_path)
    assert shown_path(Path.cwd() / "providers" / "mine.py") == "providers/mine.py"
    assert shown_path(Path("/elsewhere/mine.py")) == "/elsewhere/mine.py"


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("./absent.py:Mine", "no file `", None),
        ("./mine.py", "names a file but no class", "write `./mine.py:ClassName`"),
        ("./mine.py:Mein", "defines no `Mein`", "did you mean `Mine`?"),
        ("./../mine.py:Mine", "is not a Python file below", "keep it beside the file that names it"),
        ("./notes.txt:Mine", "is not a Python file below", "keep it beside the file that names it"),
        ("./syntax.py:Mine", "cannot be imported: SyntaxError", "Python must be able to import the file by itself"),
        (
            "./raises.py:Mine",
            "cannot be imported: ZeroDivisionError",
            "Python must be able to import the file by itself",
        ),
        (
            "./imports.py:Mine",
            "cannot be imported: ModuleNotFoundError",
            "install the package `a_package_that_is_not_there` where evalkit is installed",
        ),
    ],
    ids=["absent", "no class", "misspelt", "above", "no Python", "syntax", "raises", "imports"],
)
def test_a_file_that_cannot_be_used_says_why(
    registry: Registry, tmp_path: Path, name: str, message: str, hint: str | None
) -> None:
    """One sentence, never a traceback."""
    beside = tmp_path / "project"
    beside.mkdir()
    for folder in (tmp_path, beside):
        (folder / "mine.py").write_text(SOURCE, encoding="utf-8")
    (beside / "notes.txt").write_text("", encoding="utf-8")
    (beside / "syntax.py").write_text("class Mine(:\n", encoding="utf-8")
    (beside / "raises.py").write_text("1 / 0\n", encoding="utf-8")
    (beside / "imports.py").write_text("import a_package_that_is_not_there\n", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        registry.get(name, beside=beside)
    assert message in raised.value.message
    assert raised.value.hint == hint


def test_a_file_that_failed_is_tried_again(registry: Registry, tmp_path: Path) -> None:
    """Half a module is not left behind."""
    file = tmp_path / "mine.py"
    file.write_text("class Mine(:\n", encoding="utf-8")
    with pytest.raises(UsageError):
        registry.get("./mine.py:Mine", beside=tmp_path)
    file.write_text(SOURCE, encoding="utf-8")
    assert registry.get("./mine.py:Mine", beside=tmp_path).__name__ == "Mine"


def test_files_are_refused_where_there_is_no_folder_to_look_in(registry: Registry) -> None:
    """A name on a command line loads no code."""
    with pytest.raises(UsageError, match="no thing named"):
        registry.get("./mine.py:Mine")


def test_looking_at_the_names_imports_nothing() -> None:
    """Listing adapters does not load torch."""
    code = (
        "import sys; from evalkit.providers.registry import ADAPTERS; ADAPTERS.names();"
        "print([name for name in ('torch', 'transformers', 'evalkit.providers.scripted') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
