"""Runs a workflow as GitHub would: its jobs in the order of their needs, each step's shell for real.

Each job begins in an empty folder. Shell steps run in bash, stop at the first error, and get the variables and files
that the runner gives them. What actions do is in `workflow_actions`. The steps named `Install` are left out, because
the environment that runs the tests has what they would bring.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from workflow_actions import ACTIONS, Asked
from workflow_expressions import Expressions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflow_actions import Acted
    from workflow_expressions import Value

INSTALLS = "Install"
STEP_TIMEOUT_S = 300


@dataclass(frozen=True)
class StepResult:
    """A step that was run.

    Attributes:
        code: The shell's exit code; of an action, 1 where it failed.
    """

    name: str
    code: int
    output: str = ""


@dataclass(frozen=True)
class JobResult:
    """A job that has ended.

    Attributes:
        result: `success`, `failure` or `skipped`.
        code: The exit code of the first step that failed; 0 if none did.
        summary: What the steps wrote into $GITHUB_STEP_SUMMARY.
        folder: Its checkout, as it was left.
    """

    result: str
    code: int
    steps: tuple[StepResult, ...]
    summary: str
    outputs: Mapping[str, str]
    folder: Path

    def output(self, name: str) -> str:
        """Return what a step printed."""
        return next(step.output for step in self.steps if step.name == name)


@dataclass(frozen=True)
class WorkflowResult:
    """A run of a workflow that has ended."""

    jobs: Mapping[str, JobResult]

    @property
    def code(self) -> int:
        """The exit code of the first job that failed; 0 if none did."""
        return next((job.code for job in self.jobs.values() if job.code), 0)

    @property
    def text(self) -> str:
        """All that was printed, for the message of a failed test."""
        lines: list[str] = []
        for name, job in self.jobs.items():
            lines.append(f"=== {name}: {job.result}")
            for step in job.steps:
                lines += [f"--- {step.name}: {step.code}", step.output.rstrip()]
        return "\n".join(lines)


@dataclass
class Actions:
    """What GitHub has of a repository, and keeps from run to run.

    Attributes:
        kept: A folder for caches, artifacts and the folders of jobs.
        repository: The folder that a checkout copies.
        environment: Variables that the runner adds to those of this process, such as GITHUB_API_URL.
        contexts: Contexts of expressions beside those of the run, such as `secrets` and `vars`.
        allowed: Is told what a job may do before it begins.
        name: `owner/name`.
    """

    kept: Path
    repository: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    contexts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, "Mapping[str, Any]"])
    allowed: Callable[[Mapping[str, str]], None] = lambda _permissions: None
    name: str = "acme/prompts"
    runs: int = 0

    def run(
        self,
        workflow: Path,
        event_name: str = "workflow_dispatch",
        *,
        event: Mapping[str, Any] | None = None,
        inputs: Mapping[str, str] | None = None,
    ) -> WorkflowResult:
        """Run a workflow to its end.

        Args:
            workflow: Its file.
            event_name: What sets it off.
            event: What is known of the event.
            inputs: What a person filled in; what is missing takes its default.
        """
        self.runs += 1
        document = read_workflow(workflow)
        told: dict[str, Any] = {"repository": {"default_branch": "main"}, **(event or {})}
        run = _Run(self, document, self.runs, event_name, told, _filled_in(document, event_name, inputs or {}))
        done: dict[str, JobResult] = {}
        waiting: dict[str, Any] = dict(document["jobs"])
        while waiting:
            name = next(name for name, job in waiting.items() if set(_needs(job)) <= set(done))
            done[name] = run.job(name, waiting.pop(name), done)
        return WorkflowResult(done)


def read_workflow(path: Path) -> dict[str, Any]:
    """Read a workflow's file; `on` is a text in YAML 1.2, which ruamel reads."""
    document: dict[str, Any] = YAML(typ="safe").load(path.read_text("utf-8"))  # pyright: ignore[reportUnknownMemberType] - ruamel states no type
    return document


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs: str | list[str] = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


def _filled_in(document: Mapping[str, Any], event_name: str, given: Mapping[str, str]) -> dict[str, str]:
    events: dict[str, Any] = document["on"]
    form: Any = events.get(event_name)
    asked: Any = form if event_name == "workflow_dispatch" and form else {}
    described: dict[str, dict[str, Any]] = asked.get("inputs", {})
    return {**{name: str(each.get("default", "")) for name, each in described.items()}, **given}


@dataclass
class _Run:
    actions: Actions
    document: Mapping[str, Any]
    number: int
    event_name: str
    event: Mapping[str, Any]
    inputs: Mapping[str, str]

    @property
    def github(self) -> dict[str, Any]:
        """The context `github`."""
        return {
            "repository": self.actions.name,
            "run_id": str(self.number),
            "run_attempt": "1",
            "event_name": self.event_name,
            "event": dict(self.event),
            "ref_name": "main",
            "token": self.actions.environment.get("GITHUB_TOKEN", ""),
            "actor": "octocat",
        }

    def job(self, name: str, described: Mapping[str, Any], done: Mapping[str, JobResult]) -> JobResult:
        """Run one job, unless its condition does not hold."""
        folder = self.actions.kept / "work" / str(self.number) / name / self.actions.name.partition("/")[2]
        folder.mkdir(parents=True)
        before = {each: done[each] for each in _needs(described)}
        needs = {each: {"result": job.result, "outputs": dict(job.outputs)} for each, job in before.items()}
        failed = any(job.result != "success" for job in before.values())
        contexts = {**self.actions.contexts, "github": self.github, "inputs": dict(self.inputs), "needs": needs}
        if not Expressions(contexts, _functions(folder, failed=failed)).holds(described.get("if", "success()")):
            return JobResult("skipped", 0, (), "", {}, folder)
        permissions: Mapping[str, str] = described.get("permissions", self.document.get("permissions", {}))
        self.actions.allowed(permissions)
        return _Job(self, described, folder, contexts).run()


def _functions(folder: Path, *, failed: bool) -> dict[str, Callable[..., Value]]:
    def hash_files(*patterns: Value) -> str:
        found = sorted(
            path for pattern in patterns for path in folder.glob(str(pattern)) if path.is_file()
        )  # nothing found is an empty text
        return hashlib.sha256(b"".join(path.read_bytes() for path in found)).hexdigest() if found else ""

    return {
        "always": lambda: True,
        "cancelled": lambda: False,
        "success": lambda: not failed,
        "failure": lambda: failed,
        "hashFiles": hash_files,
    }


@dataclass
class _Job:
    owner: _Run
    described: Mapping[str, Any]
    folder: Path
    contexts: dict[str, Any]
    results: list[StepResult] = field(default_factory=list[StepResult])
    variables: dict[str, str] = field(default_factory=dict[str, str])
    late: list[Callable[[], Acted]] = field(default_factory=list["Callable[[], Acted]"])

    @property
    def code(self) -> int:
        return next((result.code for result in self.results if result.code), 0)

    def expressions(self) -> Expressions:
        return Expressions(self.contexts, _functions(self.folder, failed=bool(self.code)))

    def run(self) -> JobResult:
        self.contexts["steps"] = {}
        self.contexts["runner"] = {"os": "Linux"}
        self.variables = self._runner_s()
        for level in (self.owner.document, self.described):
            self.variables |= self._filled(level.get("env", {}))
        self.contexts["env"] = dict(self.variables)
        for number, step in enumerate(self.described["steps"]):
            if step.get("name") != INSTALLS and self.expressions().holds(step.get("if", "success()")):
                self._step(step, self.folder.parent / f"step-{number}")
        if not self.code:
            for act in self.late:
                act()
        outputs = {name: self.expressions().fill(text) for name, text in self.described.get("outputs", {}).items()}
        summary = "".join(path.read_text("utf-8") for path in sorted(self.folder.parent.glob("step-*/summary")))
        result = "failure" if self.code else "success"
        return JobResult(result, self.code, tuple(self.results), summary, outputs, self.folder)

    def _runner_s(self) -> dict[str, str]:
        actions, run = self.owner.actions, self.owner
        event = self.folder.parent / "event.json"
        event.write_text(json.dumps(run.event), encoding="utf-8")
        given = {key: value for key, value in actions.environment.items() if key != "GITHUB_TOKEN"}
        secret = actions.contexts.get("secrets", {})  # steps see those alone that the workflow hands them
        own = {key: value for key, value in os.environ.items() if key not in secret}
        return {
            **{key: value for key, value in own.items() if not key.startswith(("GITHUB_", "CI_", "PYTEST_"))},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": actions.name,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": str(run.number),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_EVENT_NAME": run.event_name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REF_NAME": "main",
            "GITHUB_ACTOR": "octocat",
            "GITHUB_WORKSPACE": str(self.folder),
            "NO_COLOR": "1",
            **given,
        }

    def _filled(self, env: Mapping[str, Any]) -> dict[str, str]:
        expressions = self.expressions()
        return {name: expressions.fill(value) for name, value in env.items()}

    def _step(self, step: Mapping[str, Any], files: Path) -> None:
        files.mkdir()
        outputs: dict[str, str] = {}
        if "run" in step:
            done = self._shell(step, files)
            outputs = _read_pairs(files / "output")
            self.variables |= _read_pairs(files / "env")
        else:
            action = str(step["uses"]).partition("@")[0]
            acted = ACTIONS[action](self._asked(self._filled(step.get("with", {}))))
            done, outputs = StepResult(step.get("name", action), acted.code, acted.output), dict(acted.outputs)
        self.results.append(done)
        if "id" in step:
            outcome = "failure" if done.code else "success"
            self.contexts["steps"][step["id"]] = {"outputs": outputs, "outcome": outcome, "conclusion": outcome}

    def _asked(self, given: Mapping[str, str]) -> Asked:
        kept, number = self.owner.actions.kept, str(self.owner.number)
        repository = self.owner.actions.repository
        return Asked(kept / "caches", kept / "artifacts" / number, repository, self.folder, given, self.late)

    def _shell(self, step: Mapping[str, Any], files: Path) -> StepResult:
        for name in ("summary", "output", "env", "path"):
            (files / name).touch()
        script = files / "script.sh"
        script.write_text(self.expressions().fill(step["run"]), encoding="utf-8")
        shell = step.get("shell", self.owner.document.get("defaults", {}).get("run", {}).get("shell"))
        how = ["--noprofile", "--norc", "-eo", "pipefail"] if shell == "bash" else ["-e"]
        variables = {
            **self.variables,
            **self._filled(step.get("env", {})),
            "GITHUB_STEP_SUMMARY": str(files / "summary"),
            "GITHUB_OUTPUT": str(files / "output"),
            "GITHUB_ENV": str(files / "env"),
            "GITHUB_PATH": str(files / "path"),
        }
        return run_in_bash(str(step["name"]), [*how, str(script)], self.folder, variables)


def run_in_bash(name: str, arguments: list[str], folder: Path, variables: Mapping[str, str]) -> StepResult:
    """Run bash to its end, with nothing to read and both outputs in one."""
    ended = subprocess.run(
        ["bash", *arguments],
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STEP_TIMEOUT_S,
        check=False,
    )
    return StepResult(name, ended.returncode, ended.stdout)


def _read_pairs(file: Path) -> dict[str, str]:
    """Read NAME=VALUE, and NAME<<MARK with lines up to the mark."""
    pairs: dict[str, str] = {}
    lines = iter(file.read_text(encoding="utf-8").splitlines())
    for line in lines:
        name, equals, value = line.partition("=")
        if "<<" in name:
            name, _, mark = line.partition("<<")
            pairs[name] = "\n".join(iter(lambda: next(lines), mark))
        elif equals:
            pairs[name] = value
    return pairs
