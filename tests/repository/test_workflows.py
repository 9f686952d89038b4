"""The workflows that `evalkit init --ci` writes, and this repository's own, against the published schemas."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = Path(str(files("evalkit"))) / "starter_ci"
OWN = ROOT / ".github" / "workflows"
GITHUB = sorted([*(SHIPPED / "github").iterdir(), *OWN.iterdir()])
INSTALL_SHIPPED = """        run: |
          python -m pip install "prompt-evalkit[all]"
          if [ -e requirements.txt ]; then python -m pip install --requirement requirements.txt; fi
"""
INSTALL_OWN = """        run: python -m pip install --constraint constraints.txt --editable ".[local]"
"""
# What a person may write into a text of the event reaches a shell only by way of the environment.
UNTRUSTED = re.compile(r"\$\{\{")


def _check(document: object, schema: str) -> None:
    import jsonschema

    text = (files("check_jsonschema") / "builtin_schemas" / "vendor" / schema).read_text(encoding="utf-8")
    jsonschema.Draft7Validator(json.loads(text)).validate(document)


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_workflows_meet_the_published_schema(path: Path) -> None:
    """The one that editors check them with."""
    _check(_read(path), "github-workflows.json")


def test_the_pipeline_meets_the_published_schema() -> None:
    """That of GitLab, its own tags aside."""
    _check(_read(SHIPPED / "gitlab" / "evalkit.yml"), "gitlab-ci.json")


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_workflows_ask_for_no_more_than_they_need(path: Path) -> None:
    """Nothing is allowed by default, every job says what it may and ends by itself, and actions are fixed by hash."""
    text, workflow = path.read_text(encoding="utf-8"), _read(path)
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        assert set(job["permissions"].values()) <= {"read", "write"}
        assert job["timeout-minutes"] > 0
        for step in job["steps"]:
            assert not UNTRUSTED.search(step.get("run", ""))
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+(/[a-z]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used)


def test_no_secret_reaches_the_job_of_a_fork() -> None:
    """Nor may it write anything."""
    fork = _read(SHIPPED / "github" / "evalkit-pull-request.yml")["jobs"]["fork"]
    assert "secrets." not in json.dumps(fork)
    assert fork["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", ["evalkit-nightly.yml", "evalkit-baseline.yml"])
def test_this_repository_runs_what_it_ships(name: str) -> None:
    """Apart from how evalkit is installed."""
    shipped = (SHIPPED / "github" / name).read_text(encoding="utf-8")
    assert INSTALL_SHIPPED in shipped
    assert (OWN / name).read_text(encoding="utf-8") == shipped.replace(INSTALL_SHIPPED, INSTALL_OWN)


def test_a_mistake_is_seen() -> None:
    """The schemas refuse what is not a workflow."""
    import jsonschema

    broken = _read(SHIPPED / "github" / "evalkit-nightly.yml")
    del broken["jobs"]["nightly"]["runs-on"]
    with pytest.raises(jsonschema.ValidationError):
        _check(broken, "github-workflows.json")
