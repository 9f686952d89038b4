"""The workflows that `evalkit init --ci` writes, and this repository's own, against the published schemas."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cli.ci_files import Nightly, rendered
from workflow_steps import read_workflow

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = Path(str(files("evalkit"))) / "starter_ci"
OWN = ROOT / ".github" / "workflows"
ONE = Nightly({"nightly": "suites/nightly.yaml"}, ("local",), (), embedded=True)
MANY = Nightly(
    {"tone": "suites/tone.yaml", "no": "suites/the rest.yaml"},
    ("claude", "openai"),
    ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"),
    requirements=True,
)
PROJECTS = {"one": ONE, "many": MANY}
"""A project as `evalkit init` makes it, and one with suites of its own that ask hosted models."""


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir()):
        for name, project in PROJECTS.items():
            yield f"{name}-{path.name}", rendered(path.read_text(encoding="utf-8"), project)


GITHUB = dict(_texts(SHIPPED / "github")) | {f"own-{path.name}": path.read_text("utf-8") for path in OWN.iterdir()}
GITLAB = dict(_texts(SHIPPED / "gitlab"))


def _document(text: str, folder: Path) -> dict[str, Any]:
    file = folder / "read.yml"
    file.write_text(text, encoding="utf-8")
    return read_workflow(file)


def _check(document: object, schema: str) -> None:
    import jsonschema

    text = (files("check_jsonschema") / "builtin_schemas" / "vendor" / schema).read_text(encoding="utf-8")
    jsonschema.Draft7Validator(json.loads(text)).validate(document)  # pyright: ignore[reportUnknownMemberType] - untyped


@pytest.mark.parametrize("name", GITHUB)
def test_workflows_meet_the_published_schema(name: str, tmp_path: Path) -> None:
    """The one that editors check them with."""
    _check(_document(GITHUB[name], tmp_path), "github-workflows.json")


@pytest.mark.parametrize("name", GITLAB)
def test_pipelines_meet_the_published_schema(name: str, tmp_path: Path) -> None:
    """GitLab's."""
    _check(_document(GITLAB[name], tmp_path), "gitlab-ci.json")


@pytest.mark.parametrize("name", GITHUB | GITLAB)
def test_nothing_is_left_to_fill_in(name: str) -> None:
    """No mark of the template is left, and nobody else's package is installed."""
    text = (GITHUB | GITLAB)[name]
    assert re.findall(r"@[A-Z_]+@|^ *# (?:\[|KEYS|SECRETS)|\]$(?<=model\])", text, re.MULTILINE) == []
    assert re.findall(r"pip install[^\n]*[ '\"]evalkit\b", text) == []


@pytest.mark.parametrize("name", GITHUB)
def test_workflows_ask_for_no_more_than_they_need(name: str, tmp_path: Path) -> None:
    """Nothing is allowed by default, every job says what it may and ends by itself, and actions are fixed by hash.

    What a person may write into an event, or into a form, reaches a shell only by way of the environment.
    """
    workflow = _document(GITHUB[name], tmp_path)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        assert set(job["permissions"].values()) <= {"read", "write"}
        assert job["timeout-minutes"] > 0
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
    used = re.findall(r"uses: (.+)", GITHUB[name])
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+(/[a-z]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used)


@pytest.mark.parametrize("name", GITHUB)
def test_what_may_write_runs_no_suite_and_sees_no_key(name: str, tmp_path: Path) -> None:
    """A job either runs what the repository holds, or may write; never both."""
    for job in _document(GITHUB[name], tmp_path)["jobs"].values():
        if "write" in job["permissions"].values():
            (command,) = [step["run"] for step in job["steps"] if "run" in step and step["name"] != "Install"]
            assert re.fullmatch(r"evalkit ci (issue|comment|pull) [\w/. -]+", command)
            assert "secrets." not in json.dumps(job)


def test_no_secret_reaches_the_job_of_a_fork(tmp_path: Path) -> None:
    """Nor may it write anything."""
    fork = _document(GITHUB["many-evalkit-pull-request.yml"], tmp_path)["jobs"]["run-without-keys"]
    assert "secrets." not in json.dumps(fork)
    assert fork["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", GITHUB | GITLAB)
def test_scripts_are_bash(name: str, tmp_path: Path) -> None:
    """Bash takes every step."""
    document = _document((GITHUB | GITLAB)[name], tmp_path)
    jobs: dict[str, Any] = document.get("jobs", {})
    steps: list[str] = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    parts: list[Any] = [job for job in document.values() if isinstance(job, dict)]
    lines: list[str] = [line for job in parts for line in job.get("script", [])]
    script = "\n".join([*steps, *lines])
    assert script
    ended = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("folder", ["shipped", "own"])
def test_an_auditor_of_workflows_finds_nothing(folder: str, tmp_path: Path) -> None:
    """Zizmor knows the mistakes by which workflows are broken into; it reads them without the network."""
    place = tmp_path / ".github" / "workflows"
    place.mkdir(parents=True)
    for name, text in GITHUB.items():
        if name.startswith("own") == (folder == "own"):
            (place / name).write_text(text, encoding="utf-8")
    (program,) = [file for file in distribution("zizmor").files or () if file.name == "zizmor"]
    command = [str(program.locate()), "--offline", "--no-progress", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_mistake_is_seen(tmp_path: Path) -> None:
    """The schemas refuse what is not a workflow."""
    import jsonschema

    broken = _document(GITHUB["one-evalkit-nightly.yml"], tmp_path)
    del broken["jobs"]["run"]["runs-on"]
    with pytest.raises(jsonschema.ValidationError):
        _check(broken, "github-workflows.json")
    wrong = _document(GITLAB["one-evalkit.yml"], tmp_path)
    wrong["evalkit nightly"]["script"] = 3
    with pytest.raises(jsonschema.ValidationError):
        _check(wrong, "gitlab-ci.json")


@pytest.mark.parametrize("name", ["evalkit-nightly.yml", "evalkit-baseline.yml"])
def test_this_repository_runs_what_it_ships(name: str) -> None:
    """Apart from how evalkit is installed; that the files are current is tested beside the documentation."""
    shipped, own = GITHUB[f"one-{name}"].splitlines(), GITHUB[f"own-{name}"].splitlines()
    differing = [(one, other) for one, other in zip(shipped, own, strict=True) if one != other]
    assert differing
    assert all("pip install" in line for pair in differing for line in pair)
