"""Runs the shell steps of a workflow's job as its runner would: in order, each in bash, with the same variables.

Actions (`uses:`) are left out, and so is what installs: the environment is there already. Conditions are `always()`,
`failure()` and `success()`; expressions of `env` are looked up in what the caller says that they are.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INSTALLS = "Install"
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


@dataclass(frozen=True)
class StepResult:
    """A step that was run."""

    name: str
    code: int
    output: str


@dataclass(frozen=True)
class JobResult:
    """A job that has ended.

    Attributes:
        code: The first exit code that was not 0; 0 if all were.
        summary: What the steps wrote into $GITHUB_STEP_SUMMARY.
    """

    code: int
    steps: tuple[StepResult, ...]
    summary: str

    def output(self, name: str) -> str:
        """Return what a step printed."""
        return next(step.output for step in self.steps if step.name == name)


def run_job(
    workflow: Path, job: str, folder: Path, environment: Mapping[str, str], expressions: Mapping[str, str] | None = None
) -> JobResult:
    """Run a job's shell steps in a folder.

    Args:
        workflow: The file.
        job: The job's key.
        folder: The checkout.
        environment: What the runner adds to the variables of this process.
        expressions: Values of expressions such as `github.token`; one that is not here is empty.
    """
    document: dict[str, Any] = YAML(typ="safe").load(workflow.read_text(encoding="utf-8"))
    described: dict[str, Any] = document["jobs"][job]
    known = expressions or {}
    files = folder / ".runner"
    files.mkdir(exist_ok=True)
    summary = files / "summary"
    summary.write_text("", encoding="utf-8")
    variables = {**_runner(summary), **environment, **_resolved(described.get("env", {}), known)}
    results: list[StepResult] = []
    for step in described["steps"]:
        failed = any(result.code for result in results)
        if "run" not in step or step.get("name") == INSTALLS or not _due(step.get("if", "success()"), failed=failed):
            continue
        results.append(_run(step, folder, {**variables, **_resolved(step.get("env", {}), known)}))
    code = next((result.code for result in results if result.code), 0)
    return JobResult(code, tuple(results), summary.read_text(encoding="utf-8"))


def _runner(summary: Path) -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }


def _resolved(env: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    return {name: _EXPRESSION.sub(lambda found: _value(found[1], known), str(value)) for name, value in env.items()}


def _value(expression: str, known: Mapping[str, str]) -> str:
    """Look an expression up; `a || 'b'` is b where a is nothing."""
    for part in expression.split("||"):
        name = part.strip()
        value = name[1:-1] if name.startswith("'") else known.get(name, "")
        if value:
            return value
    return ""


def _due(condition: str, *, failed: bool) -> bool:
    return {"always()": True, "failure()": failed, "success()": not failed}[condition]


def _run(step: Mapping[str, Any], folder: Path, variables: Mapping[str, str]) -> StepResult:
    """Run a step as the runner does: bash that stops at the first error, also in a pipe."""
    ended = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", str(step["run"])],
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return StepResult(str(step["name"]), ended.returncode, ended.stdout)


def lines_of(result: JobResult) -> Iterator[str]:
    """Yield all that was printed, for the message of a failed test."""
    for step in result.steps:
        yield f"--- {step.name}: {step.code}"
        yield from step.output.splitlines()
