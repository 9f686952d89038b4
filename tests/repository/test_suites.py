"""The suites and profiles of this repository are valid, for the loader and for an editor with the schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.load import load, load_profile
from evalkit.load.document import read_document
from evalkit.prepare import prepare
from evalkit.project import find_project
from evalkit.schema import profile_schema, suite_schema
from evalkit.selection import Selection

if TYPE_CHECKING:
    from evalkit.types import Json

ROOT = Path(__file__).resolve().parents[2]
PROJECT = find_project(root=ROOT)
SUITES = sorted((ROOT / "suites").glob("*.yaml"))
PROFILES = sorted((ROOT / "providers").glob("*.yaml"))


def _stem(path: Path) -> str:
    return path.stem


def _complaints(schema: Json, document: Json) -> list[str]:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema)
    return [error.message for error in validator.iter_errors(document)]  # pyright: ignore[reportUnknownMemberType] - partial stubs


def test_there_are_suites_and_profiles() -> None:
    """The tests below look at something."""
    assert {path.stem for path in SUITES} >= {"quick", "anchoring"}
    assert {path.stem for path in PROFILES} >= {"smollm2", "gpt2"}


@pytest.mark.parametrize("path", SUITES, ids=_stem)
def test_suites_load_and_have_samples(path: Path) -> None:
    """The loader takes the suite, its profiles exist, and its sweep is not empty."""
    assert prepare(load(path, PROJECT), PROJECT, Selection()).probes > 0


@pytest.mark.parametrize("path", SUITES, ids=_stem)
def test_suites_are_named_like_their_files(path: Path) -> None:
    """A report's name leads back to the file."""
    assert load(path, PROJECT).name == path.stem


@pytest.mark.parametrize("path", SUITES, ids=_stem)
def test_suites_pass_the_schema(path: Path) -> None:
    """An editor that knows the schema marks nothing in the suite."""
    assert _complaints(suite_schema(), read_document(path, path.name).data) == []


@pytest.mark.parametrize("path", SUITES, ids=_stem)
def test_suites_name_the_schema(path: Path) -> None:
    """The first line tells editors where `evalkit schema` writes it."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../.evalkit/suite.schema.json"


@pytest.mark.parametrize("path", PROFILES, ids=_stem)
def test_profiles_load(path: Path) -> None:
    """The loader takes the profile."""
    assert load_profile(path.stem, PROJECT).model


@pytest.mark.parametrize("path", PROFILES, ids=_stem)
def test_profiles_pass_the_schema(path: Path) -> None:
    """An editor that knows the schema marks nothing in the profile."""
    assert _complaints(profile_schema(), read_document(path, path.name).data) == []


@pytest.mark.parametrize("schema", [suite_schema(), profile_schema()], ids=["suite", "profile"])
def test_schemas_are_schemas(schema: Json) -> None:
    """They follow the dialect that they name."""
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema)
