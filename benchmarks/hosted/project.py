"""What the benchmarks of the hosted engine share: a server to ask, a project that asks it, and fresh processes."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hosted.instant_server import ANSWER_TOKENS, PROMPT_TOKENS
from hosted.measure import Watch

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from evalkit.prepare import Prepared
    from evalkit.project import Project

CONCURRENCY = 50
CASES = 50
TEMPERATURES = (0.3, 0.9)
MODEL = "gpt-4.1-mini"
MAX_TOKENS = 64
TOKENS_A_CALL = PROMPT_TOKENS + ANSWER_TOKENS
"""What the server says that each call took."""
SYSTEM = "You explain distributed systems to newcomers. Answer in at most 20 words. Name a broker. Use no list."
KEY_VARIABLE = "BENCHMARK_KEY"
PRICE = {"input": 0.4, "output": 1.6, "cached": 0.1}


@dataclass(frozen=True, slots=True)
class Running:
    """A server in a process of its own."""

    base_url: str

    def counts(self) -> dict[str, Any]:
        """Ask the server what it did."""
        with urllib.request.urlopen(self.base_url.removesuffix("/v1") + "/counts", timeout=10) as answer:
            counts: dict[str, Any] = json.load(answer)
        return counts


@contextmanager
def instant_server(**options: float) -> Generator[Running]:
    """Start the instant server with its options, and end it by closing its standard input."""
    script = Path(__file__).with_name("instant_server.py")
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    with subprocess.Popen(
        [sys.executable, str(script), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Running(f"http://127.0.0.1:{int(process.stdout.readline())}/v1")
        finally:
            process.stdin.close()


def probe(case: int) -> str:
    """Return the text of a case."""
    return f"What does a message broker do for service number {case}? One sentence, please."


def write_project(folder: Path, repeats: int, profiles: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a project whose one suite asks every case so often at every temperature.

    Args:
        folder: Where.
        repeats: Draws of each case at each temperature; there are 50 cases and two temperatures.
        profiles: By name, with what each adds to what all have.
    """
    suite = {
        "suite": "hosted",
        "providers": list(profiles),
        "repeats": repeats,
        "seed": 7,
        "max_tokens": MAX_TOKENS,
        "axes": {"temperature": list(TEMPERATURES), "system": ["plain"]},
        "systems": {"plain": SYSTEM},
        "constraints": [{"max_words": 20}, {"contains_any": ["broker", "queue"]}, {"not": {"starts_with": "the"}}],
        "cases": [{"id": f"case-{number}", "prompt": probe(number)} for number in range(CASES)],
        "measures": ["exact_agreement"],
    }
    files = {"pyproject.toml": "[tool.evalkit]\n", "suites/hosted.yaml": json.dumps(suite)}  # JSON is YAML
    for name, own in profiles.items():
        common = {"adapter": "openai", "model": MODEL, "key_env": KEY_VARIABLE, "price": PRICE}
        files[f"providers/{name}.yaml"] = json.dumps({**common, "options": {"server": "openai"}, **own})
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def calls_of(repeats: int) -> list[dict[str, Any]]:
    """List the calls of the suite, as arguments of the library's own method."""
    return [
        {
            "model": MODEL,
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": probe(case)}],
            "temperature": temperature,
            "max_completion_tokens": MAX_TOKENS,
        }
        for temperature in TEMPERATURES
        for case in range(CASES)
        for _ in range(repeats)
    ]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What evalkit took to draw a run, and to report on it where that was asked for.

    Attributes:
        outcomes: How many completions ended how.
    """

    samples: int
    outcomes: Mapping[str, int]
    cpu_s: float
    wall_s: float


async def draw_all(
    folder: Path, *, warm_up: int = 0, reported: bool = False, repeats: Mapping[str, int] | None = None
) -> Drawn:
    """Draw the suite of a project into its store.

    Args:
        folder: The project.
        warm_up: Repeats of a run before it that is not measured; 0 for none.
        reported: Score and summarise as well.
        repeats: By provider, where they differ; None takes the suite's for all.
    """
    from evalkit.expand import Plan
    from evalkit.generate import Work, generate
    from evalkit.providers.registry import build_provider
    from evalkit.report import report
    from evalkit.runs import start_run
    from evalkit.store import Store

    project, prepared = _prepared(folder)
    providers = [build_provider(profile) for profile in prepared.profiles]

    async def draw(repeats: Mapping[str, int]) -> Drawn:
        run = start_run(prepared, store)
        works = [
            Work(
                provider,
                Plan(prepared.suite, provider.profile, run.seed, seed_drawn=False),
                prepared.sweep.conditions,
                prepared.cases,
                repeats.get(provider.profile.name, prepared.repeats),
            )
            for provider in providers
        ]
        watch = Watch()
        tally = await generate(store, run.id, works)
        if reported:
            report(run, store)
        outcomes = {str(outcome): count for outcome, count in tally.outcomes.items()}
        return Drawn(tally.done, outcomes, watch.cpu_s, watch.wall_s)

    with Store(project.store) as store:
        if warm_up:
            await draw(dict.fromkeys((provider.profile.name for provider in providers), warm_up))
        drawn = await draw(repeats or {})
    for provider in providers:
        await provider.aclose()
    return drawn


def _prepared(folder: Path) -> tuple[Project, Prepared]:
    from evalkit.load import load
    from evalkit.prepare import prepare
    from evalkit.project import find_project
    from evalkit.selection import Selection

    project = find_project(root=folder)
    return project, prepare(load(folder / "suites" / "hosted.yaml", project), project, Selection())


def in_fresh_process(script: str, *words: object) -> dict[str, Any]:
    """Run a part of a benchmark in an interpreter of its own and return what it prints, an object."""
    command = [sys.executable, script, *(str(word) for word in words)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed
