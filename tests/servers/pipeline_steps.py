"""Runs the script of a job of GitLab CI as its runner would: `extends` resolved, variables filled in, one shell.

What installs (`before_script`) is left out, because the environment that runs the tests has what it would bring. Which
job runs when (`rules`, `needs`) is not looked at.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from workflow_steps import StepResult, read_workflow

if TYPE_CHECKING:
    from collections.abc import Mapping

STEP_TIMEOUT_S = 300


def run_script(pipeline: Path, job: str, folder: Path, environment: Mapping[str, str]) -> StepResult:
    """Run a job's script.

    Args:
        pipeline: The file.
        job: The job's name.
        folder: The checkout.
        environment: What GitLab and the project's settings add to the variables; these win over the file's.
    """
    described = _extended(read_workflow(pipeline), job)
    predefined = {"CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": str(folder), **environment}
    own = {name: _expanded(str(value), predefined) for name, value in described.get("variables", {}).items()}
    own.pop("EVALKIT_CACHE", None)  # the model is where the tests have it
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "CI_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(described["script"])],
        cwd=folder,
        env={**kept, "PATH": path, "NO_COLOR": "1", **own, **predefined},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STEP_TIMEOUT_S,
        check=False,
    )
    return StepResult(job, ended.returncode, ended.stdout)


def _extended(document: Mapping[str, Any], job: str) -> dict[str, Any]:
    """Put a job over the one that it extends; mappings are merged, everything else is replaced."""
    described: dict[str, Any] = document[job]
    if "extends" not in described:
        return described
    return _merged(_extended(document, described["extends"]), described)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        there: Any = merged.get(name)
        both = isinstance(value, dict) and isinstance(there, dict)
        merged[name] = _merged(cast("dict[str, Any]", there), cast("dict[str, Any]", value)) if both else value
    return merged


def _expanded(text: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(f"${name}", value)
    return text
