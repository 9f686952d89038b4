"""A project at the fake vendors that is drawn for test sessions, and one process of such a session."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.conduct import Terms
from evalkit.load import load
from evalkit.plugin.drawing import Drawing
from evalkit.plugin.planned import Planned, Wanted
from evalkit.prepare import prepare
from evalkit.project import find_project
from evalkit.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.plugin.planned import CellKey
    from vendors.asked import Vendor
    from vendors.server import FakeVendors

KEY_VARIABLE = "EVALKIT_TEST_KEY"
MODELS: dict[str, str] = {"claude": "claude-haiku-4-5", "gemini": "gemini-2.5-flash-lite", "openai": "gpt-4.1-mini"}


def planned_of(root: Path, name: str) -> Planned:
    """Plan all of a suite of a project."""
    project = find_project(root=root)
    path = root / "suites" / f"{name}.yaml"
    suite = load(path, project)
    return Planned(path, suite, project, prepare(suite, project, Selection()))


def wanted_of(root: Path, names: Sequence[str]) -> list[Wanted]:
    """Want all of some suites of a project, in this order."""
    return [Wanted(planned, tuple(planned.cells())) for planned in (planned_of(root, name) for name in names)]


@dataclass(frozen=True)
class Sat:
    """What a process of a session saw: for each cell that it waited for, the kind of problem, or None."""

    cells: dict[tuple[str, str, int], str | None]
    closed: bool
    code: int
    stderr: str


@dataclass
class SessionProject:
    """A project whose suites ask the fake vendors."""

    root: Path
    base_url: Callable[[Vendor], str]
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def profile(self, vendor: Vendor, name: str | None = None, **changes: object) -> None:
        """Write the profile of a model at a fake vendor; None leaves a key out."""
        profile: dict[str, object] = {
            "adapter": vendor,
            "model": MODELS[vendor],
            "key_env": KEY_VARIABLE,
            "base_url": self.base_url(vendor),
            "options": {"server": "openai"} if vendor == "openai" else None,
            "limits": {"attempts": 1, "concurrency": 2},
            **changes,
        }
        self._write(f"providers/{name or vendor}.yaml", {key: value for key, value in profile.items() if value})

    def suite(self, name: str, *, providers: Sequence[str] = ("claude",), cases: int = 3, **parts: object) -> None:
        """Write a suite of so many cases."""
        suite: dict[str, object] = {
            "suite": name,
            "version": 1,
            "providers": list(providers),
            "repeats": 2,
            "seed": 7,
            "max_tokens": 20,
            "constraints": [{"max_words": 20}],
            "cases": [{"id": f"case-{number}", "prompt": f"Say {name} {number}."} for number in range(cases)],
            **parts,
        }
        self._write(f"suites/{name}.yaml", suite)

    def wanted(self, *names: str) -> list[Wanted]:
        """Want all of some suites, in this order."""
        return wanted_of(self.root, names)

    def sit(
        self,
        session: str,
        *suites: str,
        first: int = 0,
        step: int = 1,
        terms: dict[str, Any] | None = None,
        stop_after: int | None = None,
        leave_after: int | None = None,
    ) -> subprocess.Popen[str]:
        """Start a process that waits for every so-manieth cell of the suites, from this one on."""
        given = {
            "root": str(self.root),
            "suites": suites,
            "session": session,
            "first": first,
            "step": step,
            "terms": terms or {},
            "stop_after": stop_after,
            "leave_after": leave_after,
        }
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "sitting", json.dumps(given)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment(),
        )

    def opt_in(self) -> None:
        """Have every test run of the project collect its suites."""
        ini = '[tool.evalkit]\n[tool.pytest.ini_options]\nevalkit_suites = ["suites"]\n'
        (self.root / "pyproject.toml").write_text(ini, encoding="utf-8")

    def pytest(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a test run of the project's suites and tests."""
        installed = entry_points(group="pytest11", name="evalkit")
        plugin = () if installed else ("-p", "evalkit.pytest_plugin")
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "pytest", *plugin, "-p", "no:randomly", "-p", "no:cacheprovider", *arguments],
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._environment(),
        )

    def ended(self, *arguments: str, expect: int = 0) -> dict[str, int]:
        """Run the project's suites and tests, and return how many came to what."""
        return counted(self.pytest(*arguments), expect=expect)

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        path = os.pathsep.join(each for each in sys.path if each)
        return {**inherited, "PYTHONPATH": path, "PYTHONWARNINGS": "error", "COLUMNS": "120", **self.environment}

    def _write(self, relative: str, plain: object) -> None:
        path = self.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(plain), encoding="utf-8")  # which is YAML, too


def seen(process: subprocess.Popen[str]) -> Sat:
    """Wait for a process of a session to end, and return what it saw."""
    stdout, stderr = process.communicate(timeout=120)
    lines: list[Any] = [json.loads(line) for line in stdout.splitlines()]
    closed = bool(lines) and lines[-1] == "closed"
    cells: dict[tuple[str, str, int], str | None] = {
        (line[0], line[1], line[2]): line[3] for line in lines if isinstance(line, list)
    }
    return Sat(cells, closed, process.returncode, stderr)


def counted(process: subprocess.Popen[str], *, expect: int = 0) -> dict[str, int]:
    """Wait for a test run to end with this exit code, and return how many items came to what."""
    output, _ = process.communicate(timeout=120)
    assert process.returncode == expect, output
    sums = [line for line in output.splitlines() if re.search(r" in \d+\.\d+s", line)]
    return {what.rstrip("s"): int(number) for number, what in re.findall(r"(\d+) ([a-z]+)", sums[-1])}


def prompts(vendors: FakeVendors) -> list[str]:
    """Return what was asked, in order."""
    return [str(each.body["messages"][-1]["content"]) for each in vendors.completions("claude")]


def bodies(vendors: FakeVendors) -> Counter[str]:
    """Count what was asked, word for word."""
    return Counter(repr(each.body) for each in vendors.completions("claude"))


def drawn(*wanted: Wanted, session: str = "s", **options: Any) -> dict[tuple[str, str, int], str | None]:
    """Wait for every cell in this process, and return the kind of problem of each."""
    found: dict[tuple[str, str, int], str | None] = {}
    drawing = Drawing(wanted, session, **options)
    try:
        for each in wanted:
            for cell in each.cells:
                drawing.wait(each.planned, [cell])
                missing = drawing.missing(each.planned, [cell])
                found[each.planned.suite.name, cell.provider, cell.number] = None if missing is None else missing.kind
    finally:
        drawing.close()
    return found


def _say(said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _sit(given: dict[str, Any]) -> None:
    wanted = wanted_of(Path(given["root"]), given["suites"])
    drawing = Drawing(wanted, given["session"], Terms(**given["terms"]))
    mine: list[tuple[Planned, CellKey]] = [(each.planned, cell) for each in wanted for cell in each.cells]
    try:
        for number, (planned, cell) in enumerate(mine[given["first"] :: given["step"]]):
            if given["leave_after"] == number:
                return  # as a program does that ends without a word
            if given["stop_after"] == number:
                drawing.stop("a test failed")
                break
            drawing.wait(planned, [cell])
            missing = drawing.missing(planned, [cell])
            said = [planned.suite.name, cell.provider, cell.number, None if missing is None else missing.kind]
            _say(said)
    except KeyboardInterrupt:
        drawing.stop("it was interrupted")
        _say("interrupted")
    drawing.close()
    _say("closed")


if __name__ == "__main__":
    _sit(json.loads(sys.argv[1]))
