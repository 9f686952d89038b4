"""What many tests start from: suites and profiles built in memory, a store, and a small project on disk."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from evalkit.gate import Alarms
from evalkit.load import load
from evalkit.project import find_project
from evalkit.store import Store
from evalkit.types import Case, Condition, Message, Profile, Prompt, Sample, Suite
from vendors.server import FakeVendors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from evalkit.project import Project
    from vendors.asked import Vendor

pytest_plugins = ["pytester"]

os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # the libraries would ask a proxy for what is on this machine
os.environ["HF_HUB_OFFLINE"] = "1"  # read once, at the import; a closed network is else tried for most of a minute
os.environ["OMP_NUM_THREADS"] = "1"  # threads of models that share two cores wait for each other while they spin

# A job in the background of a shell ignores Ctrl-C, and so would the processes that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no failure. Continuous integration repeats its examples; at a desk new ones are tried each time.
settings.register_profile(
    "steady", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("steady")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first in each worker's share, so that none is left to run alone at the end."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
    slow = sorted(
        (item for item in items if item.get_closest_marker("slow")),
        key=lambda item: item.get_closest_marker("model") is None,
    )
    quick = iter([item for item in items if not item.get_closest_marker("slow")])
    arranged: list[pytest.Item] = []
    for worker in range(workers):
        share = (len(items) - len(arranged)) // (workers - worker)  # as `--dist worksteal` deals them out
        long = slow[worker::workers]
        arranged += [*long, *islice(quick, max(0, share - len(long)))]
    if workers:
        items[:] = [*arranged, *quick]


PROFILE = """\
adapter: scripted
model: script
options:
  words: [3, 12]
"""

SUITE = """\
suite: small
version: 1
providers: [script]
repeats: 3
seed: 11
axes:
  temperature: [0.0, 1.0]
  system: [none, dense]
systems:
  none: null
  dense: Answer in at most 8 words.
constraints:
  - max_words: 8
cases:
  - id: one
    prompt: Say one thing.
  - id: two
    prompt: Say another thing.
measures: [exact_agreement]
"""


@dataclass(frozen=True, slots=True)
class SmallProject:
    """A project folder with the suite `suites/small.yaml` and the profile `providers/script.yaml`."""

    folder: Path

    @property
    def project(self) -> Project:
        """The project as a command finds it."""
        return find_project(root=self.folder)

    def suite(self) -> Suite:
        """Load the suite."""
        return load(self.folder / "suites" / "small.yaml", self.project)

    def write(self, relative: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def small_project(tmp_path: Path) -> SmallProject:
    """Give a project whose suite asks the scripted provider for 24 samples."""
    made = SmallProject(tmp_path)
    made.write("pyproject.toml", "[tool.evalkit]\n")
    made.write("providers/script.yaml", PROFILE)
    made.write("suites/small.yaml", SUITE)
    return made


@pytest.fixture(scope="session")
def make_suite() -> Callable[..., Suite]:
    """Give a function that builds a suite in memory from the parts that a test cares about."""

    def make(**parts: Any) -> Suite:  # noqa: ANN401 - any field of a suite
        fields: dict[str, Any] = {
            "name": "made",
            "version": 1,
            "description": "",
            "providers": ("script",),
            "repeats": 2,
            "seed": 7,
            "settings": {},
            "axes": {},
            "systems": {},
            "conversation": None,
            "refresh": "{{ system }}\n\n{{ message }}",
            "cases": (Case("one", "Say one thing."),),
            "measures": (),
            "gates": (),
            "noise": "common",
            "truncated": "undecided",
            "refusals": "apart",
            "document": {"suite": "made", "version": 1},
            "hash": "0" * 64,
            "alarms": Alarms(),
            "max_failed": 0.05,
        }
        return Suite(**{**fields, **parts})

    return make


@pytest.fixture(scope="session")
def make_profile() -> Callable[..., Profile]:
    """Give a function that builds a profile of the scripted provider."""

    def make(**parts: Any) -> Profile:  # noqa: ANN401 - any field of a profile
        fields: dict[str, Any] = {"name": "script", "adapter": "scripted", "model": "script"}
        return Profile(**{**fields, **parts})

    return make


@pytest.fixture(scope="session")
def make_sample() -> Callable[..., Sample]:
    """Give a function that builds a sample: `make(3, "Say one thing.", temperature=0.5)`."""

    def make(position: int = 0, prompt: str = "Say one thing.", **settings: Any) -> Sample:  # noqa: ANN401 - settings
        digest = hashlib.sha256(prompt.encode()).hexdigest()
        return Sample(
            key=f"{position} {digest} {settings}",
            position=position,
            provider="mine",
            condition=Condition(),
            case_id="one",
            repeat=position,
            prompt=Prompt((Message("user", prompt),), digest),
            settings={"max_tokens": 16, **settings},
            seed=position,
        )

    return make


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give an empty store."""
    with Store(tmp_path / ".evalkit" / "runs.db") as opened:
        yield opened


KEY_VARIABLE, KEY = "EVALKIT_TEST_KEY", "sk-marker-4f1d2c77aa90"
"""The variable and the key that profiles of the fake vendors name, and that the fake accepts."""


@pytest.fixture
def vendors(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVendors]:
    """Give the three fake vendors on loopback, and set the key that they take."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    with FakeVendors(key=KEY) as serving:
        yield serving


@pytest.fixture
def vendor_profile(vendors: FakeVendors) -> Callable[..., Profile]:
    """Give a function that builds the profile of a model at a fake vendor: `make("claude", "claude-haiku-4-5")`."""

    def make(vendor: Vendor, model: str, **parts: Any) -> Profile:  # noqa: ANN401 - any field of a profile
        fields: dict[str, Any] = {
            "name": vendor,
            "adapter": vendor,
            "model": model,
            "key_env": KEY_VARIABLE,
            "base_url": vendors.base_url(vendor),
        }
        return Profile(**{**fields, **parts})

    return make


CASES = """\
suite: cases
providers: [script]
repeats: 2
constraints: [max_words: 3]
cases:
  - {id: good, prompt: Say one thing.}
  - {id: bad, prompt: Say another thing.}
"""
"""A suite without gates whose case `good` passes and whose case `bad` fails, by the answers of `ANSWERS`."""

ANSWERS = """\
adapter: scripted
model: script
options:
  answers: {bad: "far too many words here", "*": "Just this."}
"""


@dataclass(frozen=True)
class SuiteTests:
    """A project whose tests are run by pytest, as a user runs them.

    The inner test run takes the plugin from the entry point where evalkit is installed with one, else by its name.
    """

    pytester: pytest.Pytester

    @property
    def folder(self) -> Path:
        """The root of the project and of the test run."""
        return self.pytester.path

    def write(self, relative: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def suite(self, text: str = "", *, name: str = "cases") -> Path:
        """Write the suite of a passing and a failing case, with more at its end."""
        return self.write(f"suites/{name}.yaml", CASES.replace("suite: cases", f"suite: {name}") + text)

    def ini(self, *lines: str) -> None:
        """Write the settings of the test run."""
        head = ["[tool.evalkit]", "[tool.pytest.ini_options]"]
        self.write("pyproject.toml", "\n".join([*head, *lines, ""]))

    def run(self, *arguments: str, apart: bool = False) -> pytest.RunResult:
        """Run pytest, in this process or in one of its own."""
        start = self.pytester.runpytest_subprocess if apart else self.pytester.runpytest_inprocess
        return start(*self.plugins(), *arguments)

    def plugins(self) -> tuple[str, ...]:
        """Return the arguments that load the plugin, where its entry point does not."""
        installed = entry_points(group="pytest11", name="evalkit")
        return ("-p", "no:randomly", *(() if installed else ("-p", "evalkit.pytest_plugin")))

    def items(self, *arguments: str) -> list[pytest.Item]:
        """Return the items that are collected."""
        pytester: Any = self.pytester  # whose arguments are untyped
        found: list[pytest.Item] = pytester.inline_genitems(*self.plugins(), *arguments)[0]
        return found

    def names(self, *arguments: str) -> list[str]:
        """Return the ids of the items that are collected."""
        found = self.run("--collect-only", "-q", *arguments)
        return [line for line in found.outlines if "::" in line and not line.startswith(("ERROR", "FAILED"))]


@pytest.fixture(scope="session")
def plugin_loaded() -> None:
    """Import what the plugin needs before `pytester` looks: it forgets what came later, and numpy cannot come twice."""
    for module in ("evalkit.plugin.session", "evalkit.providers.scripted", "scipy.special"):
        import_module(module)


@pytest.fixture
def suite_tests(plugin_loaded: None, pytester: pytest.Pytester) -> SuiteTests:  # noqa: ARG001 - for its order
    """Give a project with the suite `cases`, which its ini file names, at the scripted provider."""
    made = SuiteTests(pytester)
    made.ini('evalkit_suites = ["suites"]')
    made.write("providers/script.yaml", ANSWERS)
    made.suite()
    return made


@pytest.fixture(scope="session")
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Give a function that waits until something is so."""

    def wait(so: Callable[[], bool], within_s: float = 60) -> None:
        deadline = time.monotonic() + within_s
        while not so():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.005)

    return wait
