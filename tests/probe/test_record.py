"""The file of a probe: what it holds, and whose it is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # noqa: TID253 - the reference for schemas

from evalkit.errors import ProfileError
from evalkit.probe.findings import Bounds, Finding, Probed
from evalkit.probe.record import probe_json, probe_path, probe_schema, read_file, read_probe, write_probe
from evalkit.types import Profile
from vendors.knobs import connected

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import SmallProject
    from vendors.server import FakeVendors

FINDING = Finding(
    "temperature",
    "ignored",
    "at 0 and 2, nothing changes",
    error_rate=0.01,
    bounds=(Bounds("a difference", 0.1, None, 0.4, 0.98),),
    draws=80,
    calls=81,
    cost_usd=None,
    table="applied (a page)",
    contradiction="the table says that it is applied",
)
PROBED = Probed(
    provider="script",
    adapter="scripted",
    model="script",
    date="2026-11-25T10:00:00+00:00",
    seed=3,
    findings=(FINDING,),
    base_url="http://127.0.0.1/v1",
    served=("script",),
    clients=("a library",),
    settings={"max_tokens": 48},
    environment={"client": "a library"},
    calls=81,
    cost_usd=0.5,
)
PROFILE = Profile("script", "scripted", "script", base_url="http://user:secret@127.0.0.1/v1?key=secret")


def test_what_is_written_is_read_again(small_project: SmallProject) -> None:
    """Nothing is lost on the way, and the file lies beside the project's profiles."""
    path = write_probe(PROBED, small_project.project)
    assert path == small_project.folder / "providers" / "script.probe.json"
    assert read_file("script", small_project.project) == PROBED


def test_a_profile_that_comes_with_evalkit_has_its_probe_in_the_project(small_project: SmallProject) -> None:
    """Nothing is written into the package."""
    (small_project.folder / "providers" / "script.yaml").unlink()
    (small_project.folder / "providers").rmdir()
    path = write_probe(replace(PROBED, provider="smollm2"), small_project.project)
    assert path == probe_path("smollm2", small_project.project)
    assert path.parent == small_project.folder / "providers"


@pytest.mark.parametrize(
    ("change", "cited"),
    [({}, True), ({"model": "other"}, False), ({"adapter": "openai"}, False), ({"base_url": None}, False)],
    ids=["same", "another model", "another adapter", "another place"],
)
def test_a_probe_speaks_of_the_model_that_was_asked(
    small_project: SmallProject, change: dict[str, str | None], cited: bool
) -> None:
    """After the profile has changed the old probe is not taken for one of the new model."""
    write_probe(PROBED, small_project.project)
    found = read_probe(replace(PROFILE, **change), small_project.project)  # type: ignore[arg-type] # fields by name
    assert (found is not None) == cited


def test_without_a_probe_there_is_none(small_project: SmallProject) -> None:
    """A profile that was never probed is no error."""
    assert read_probe(PROFILE, small_project.project) is None


@pytest.mark.parametrize(
    "text",
    ["no JSON", "[]", '{"format": 2}', "{}", json.dumps({**probe_json(PROBED), "findings": [{"check": "luck"}]})],
    ids=["text", "list", "later format", "empty", "unknown check"],
)
def test_a_file_that_is_no_record_is_an_error(small_project: SmallProject, text: str) -> None:
    """It is named, with what to do about it."""
    small_project.write("providers/script.probe.json", text)
    with pytest.raises(ProfileError, match=r"script\.probe\.json is no record of a probe") as caught:
        read_probe(PROFILE, small_project.project)
    assert caught.value.hint == "`evalkit probe script` writes it anew"


def test_a_field_that_a_later_version_adds_does_no_harm(small_project: SmallProject) -> None:
    """Fields may be added without a new format."""
    plain = probe_json(PROBED)
    plain["weather"] = "fine"
    plain["findings"][0]["mood"] = "good"
    small_project.write("providers/script.probe.json", json.dumps(plain))
    assert read_file("script", small_project.project) == PROBED


def test_the_schema_describes_the_file(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed]
) -> None:
    """A real probe and a made one both fit, and the schema is one."""
    Draft202012Validator.check_schema(probe_schema())
    vendors.reply = connected()
    for probed in (PROBED, probing(model_profile(), "temperature", "effective_temperature", "seed")):
        validator: Any = Draft202012Validator(probe_schema())  # jsonschema's types are partly unknown
        validator.validate(json.loads(json.dumps(probe_json(probed))))
