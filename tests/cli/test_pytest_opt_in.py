"""How a project's pytest is told to collect suites."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from evalkit.cli.pytest_opt_in import opt_in
from evalkit.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path


def _settings(folder: Path) -> object:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]


def test_the_rest_of_a_file_stays_as_it_is(tmp_path: Path) -> None:
    """Comments included; what is there already is kept."""
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\nname = "mine" # so called\n', encoding="utf-8")
    opt_in(tmp_path)
    once = path.read_text(encoding="utf-8")
    assert once.startswith('[project]\nname = "mine" # so called\n')
    assert _settings(tmp_path) == {"ini_options": {"evalkit_suites": ["suites"]}}
    opt_in(tmp_path)
    assert path.read_text(encoding="utf-8") == once


def test_a_table_that_is_there_gets_the_key(tmp_path: Path) -> None:
    """Beside the keys that it has."""
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.pytest.ini_options]\naddopts = "-q"\n\n[tool.other]\n', encoding="utf-8")
    opt_in(tmp_path)
    assert _settings(tmp_path) == {"ini_options": {"evalkit_suites": ["suites"], "addopts": "-q"}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\n"),
        ("pytest.ini", ""),
        ("tox.ini", "[pytest]\naddopts = -q\n"),
        ("setup.cfg", "[tool:pytest]\n"),
    ],
)
def test_where_another_file_configures_pytest_it_is_said(
    tmp_path: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A section in pyproject.toml would be ignored, or would take the other's place."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    opt_in(tmp_path)
    assert "evalkit_suites = suites" in capsys.readouterr().err
    assert not (tmp_path / "pyproject.toml").exists()
    assert (tmp_path / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["pytest.toml", ".pytest.toml"])
def test_a_file_of_pytest_s_own_in_toml_is_its_owner_s(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What to add is said as TOML."""
    (tmp_path / name).write_text("", encoding="utf-8")
    opt_in(tmp_path)
    assert 'add `evalkit_suites = ["suites"]` under [pytest]' in capsys.readouterr().err
    assert not (tmp_path / "pyproject.toml").exists()


def test_a_native_table_gets_the_key(tmp_path: Path) -> None:
    """Pytest refuses a table `ini_options` beside settings in `[tool.pytest]`."""
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.pytest] # ours\naddopts = ["-q"]\n', encoding="utf-8")
    opt_in(tmp_path, "evals")
    assert path.read_text("utf-8") == '[tool.pytest] # ours\nevalkit_suites = ["evals"]\naddopts = ["-q"]\n'


@pytest.mark.parametrize(
    "text",
    [
        'tool.pytest.ini_options.addopts = "-q"\n',
        '[tool]\npytest = {ini_options = {addopts = "-q"}}\n',
        '[tool.pytest]\nini_options = {addopts = "-q"}\n',
    ],
    ids=["dotted", "inline", "half"],
)
def test_a_table_written_in_another_way_is_its_owner_s(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What to add is said, and the file stays as it is."""
    path = tmp_path / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    opt_in(tmp_path)
    assert path.read_text(encoding="utf-8") == text
    assert 'add `evalkit_suites = ["suites"]` under [tool.pytest.ini_options]' in capsys.readouterr().err


def test_a_table_in_a_text_is_none(tmp_path: Path) -> None:
    """What stands between quotes is not taken for a table."""
    path = tmp_path / "pyproject.toml"
    text = "[tool.other]\nhelp = '''\n[tool.pytest.ini_options]\n'''\n"
    path.write_text(text, encoding="utf-8")
    opt_in(tmp_path)
    assert path.read_text(encoding="utf-8") == text


def test_what_is_there_in_another_file_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is to be done."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nevalkit_suites = suites\n", encoding="utf-8")
    opt_in(tmp_path)
    assert capsys.readouterr().err == ""


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    """It is not written over."""
    (tmp_path / "pyproject.toml").write_text("[tool\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="is not valid TOML"):
        opt_in(tmp_path)
