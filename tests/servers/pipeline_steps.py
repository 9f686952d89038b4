"""Runs the script of a job of GitLab CI as its runner would: `extends` resolved, variables filled in, one shell.

What installs (`before_script`) is left out, because the environment that runs the tests has what it would bring. Which
job runs when (`rules`, `needs`) is not looked at.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from workflow_steps import read_workflow, run_in_bash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow_steps import StepResult


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
    variables = {**kept, "PATH": path, "NO_COLOR": "1", **own, **predefined}
    return run_in_bash(job, ["-eo", "pipefail", "-c", "\n".join(described["script"])], folder, variables)


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
