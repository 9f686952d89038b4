"""Running suites from Python, with and without a loop, and what is public."""

from __future__ import annotations

import asyncio
import json
import os
import pkgutil
import signal
import subprocess
import sys
import traceback
from typing import TYPE_CHECKING, Any

import pytest

import evalkit
from evalkit.errors import BaselineError, ProfileError, SuiteError, UsageError
from evalkit.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import assert_type

    from tests.conftest import SmallProject
    from vendors.server import FakeVendors

    def typed(kit: evalkit.Evalkit, report: evalkit.Report, answers: evalkit.Completions) -> None:
        """Hold the public names to their types; nothing of this runs."""
        assert_type(evalkit.run("suites/quick.yaml", axes={"temperature": [0, 0.5], "system": "dense"}), evalkit.Report)
        assert_type(evalkit.load_suite({"suite": "s"}), evalkit.Suite)
        assert_type(evalkit.read_cells(report), list[evalkit.Cell])
        assert_type(evalkit.write_reports(report, "out", "html"), list[Path])
        assert_type(report.summary.rows[0].measures["adherence"], evalkit.Estimate)
        assert_type(kit.complete("Say.", temperature=0.5).text, str)
        assert_type(kit.sample("Say.", 4), evalkit.Completions)
        assert_type(kit.assert_adheres(answers, [{"max_words": 60}, "valid_json"]), evalkit.Estimate | None)
        assert_type(answers[0], evalkit.Completion)
        assert_type(answers.texts, list[str])

    async def typed_async(kit: evalkit.Evalkit) -> None:
        """Hold what is awaited to its types."""
        assert_type(await kit.acomplete("Say."), evalkit.Completion)
        assert_type(await kit.asample("Say.", n=2), evalkit.Completions)

    @evalkit.cases("suites/quick.yaml", axes={"turns": 0})
    def typed_case(kit: evalkit.Evalkit, case: evalkit.PromptCase) -> None:
        """Hold cases to their types."""
        assert_type(case.system, str | None)
        kit.sample(case)


def test_a_suite_runs_by_its_file(small_project: SmallProject) -> None:
    """The report has every row, the completions are in the project's store, and the run is one like any other."""
    report = evalkit.run(small_project.folder / "suites/small.yaml")
    assert len(report.summary.rows) == 4
    assert [row.measures["adherence"].estimate is not None for row in report.summary.rows] == [True] * 4
    assert (report.stopped, report.incomplete) == ((), None)
    with Store(small_project.project.store, create=False) as store:
        assert store.run("last").id == report.summary.run
        assert store.drawn_count(report.summary.run) == 24


def test_what_is_asked_for_narrows_and_widens_the_suite(small_project: SmallProject) -> None:
    """One value stands for a list of one; a value that the suite lacks is added."""
    suite = evalkit.load_suite(small_project.folder / "suites/small.yaml")
    report = evalkit.run(
        suite, providers="script", repeats=2, cases="two", axes={"temperature": 0.5, "system": ["dense"]}, seed=5
    )
    assert [row.condition.as_dict() for row in report.summary.rows] == [{"temperature": 0.5, "system": "dense"}]
    (cell,) = evalkit.read_cells(report, project=small_project.folder)
    assert (cell.case_id, len(cell.draws)) == ("two", 2)
    with Store(small_project.project.store) as store:
        assert store.run(report.summary.run).seed == 5


def test_the_same_seed_gives_the_same_numbers_as_the_command(
    small_project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python and the command line are one call."""
    monkeypatch.chdir(small_project.folder)
    report = evalkit.run("suites/small.yaml", seed=3)
    subprocess.run(
        [sys.executable, "-m", "evalkit", "run", "suites/small.yaml", "--seed", "3", "--out", "out"],
        check=True,
        capture_output=True,
    )
    theirs = json.loads((small_project.folder / "out/report.json").read_text(encoding="utf-8"))
    ours = json.loads(evalkit.write_reports(report, "ours", "json")[0].read_text(encoding="utf-8"))
    assert [row["measures"] for row in ours["rows"]] == [row["measures"] for row in theirs["rows"]]


def test_it_runs_where_a_loop_is_running(small_project: SmallProject) -> None:
    """As in a notebook, or inside an async test."""

    async def caller() -> evalkit.Report:
        return evalkit.run(small_project.suite(), project=small_project.folder, repeats=1)

    assert len(asyncio.run(caller()).summary.rows) == 4


def test_a_suite_may_be_plain_data(small_project: SmallProject) -> None:
    """What a file would hold is enough."""
    plain = {"suite": "plain", "providers": ["script"], "cases": [{"id": "one", "prompt": "Say."}]}
    report = evalkit.run(evalkit.load_suite(plain), project=small_project.folder)
    assert report.summary.suite_name == "plain"


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"cases": "tow"}, UsageError, "no case `tow`"),
        ({"axes": {"temprature": 1}}, UsageError, "no axis|axis `temprature` cannot"),
        ({"axes": {"temperature": "hot"}}, UsageError, "axis `temperature` cannot have hot"),
        ({"providers": "nobody"}, ProfileError, "no provider `nobody`"),
        ({"baseline": "main"}, BaselineError, "no baseline `main`"),
        ({"repeats": 0}, UsageError, "repeats must be at least 1"),
        ({"resume": "last", "seed": 3}, UsageError, "`seed` does not go with `resume`"),
        ({"resume": "2026"}, UsageError, "no run `2026`"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    small_project: SmallProject, asked: dict[str, Any], error: type[Exception], message: str
) -> None:
    """Before anything is drawn, and Python's own traceback shows what to do."""
    with pytest.raises(error, match=message) as raised:
        evalkit.run(small_project.suite(), project=small_project.folder, **asked)
    assert isinstance(raised.value, evalkit.EvalkitError)
    if raised.value.hint is not None:
        assert f"hint: {raised.value.hint}" in "".join(traceback.format_exception(raised.value))


def test_a_missing_file_is_refused(small_project: SmallProject) -> None:
    """With where it was looked for."""
    with pytest.raises(SuiteError, match="no file"):
        evalkit.run(small_project.folder / "suites/none.yaml")


def test_a_failing_provider_shows_in_the_report(small_project: SmallProject) -> None:
    """What it gave nothing of is missing, and no number is made of it."""
    small_project.write(
        "providers/mute.yaml", "adapter: claude\nmodel: claude-haiku-4-5\nkey_env: EVALKIT_NO_SUCH_KEY\n"
    )
    report = evalkit.run(small_project.suite(), providers=["script", "mute"], project=small_project.folder)
    assert [words for words in report.stopped if "EVALKIT_NO_SUCH_KEY" in words]
    assert {row.provider for row in report.summary.rows} == {"script"}
    assert report.incomplete is not None or report.summary.missing == 24


def test_the_cap_on_cost_shows_in_the_report_and_resuming_goes_on(
    small_project: SmallProject, vendors: FakeVendors
) -> None:
    """What was drawn is kept, and the rest is drawn later."""
    small_project.write(
        "providers/paid.yaml",
        "adapter: claude\nmodel: claude-haiku-4-5\nkey_env: EVALKIT_TEST_KEY\n"
        f"base_url: {vendors.base_url('claude')}\nlimits: {{concurrency: 1}}\nsettings: {{max_tokens: 64}}\n"
        "price: {input: 100, output: 500}\n",
    )
    small_project.write(
        "suites/small.yaml", "suite: small\nproviders: [paid]\nrepeats: 6\ncases: [{id: one, prompt: Say one thing.}]\n"
    )
    first = evalkit.run(small_project.suite(), project=small_project.folder, max_cost_usd=0.04)
    assert [words for words in first.stopped if words.startswith("max_cost_usd 0.04 leaves no room")]
    assert 0 < first.summary.missing < 6
    asked = len(vendors.completions("claude"))
    then = evalkit.run(small_project.suite(), project=small_project.folder, resume=first.summary.run)
    assert (then.summary.run, then.summary.missing, then.stopped) == (first.summary.run, 0, ())
    assert len(vendors.completions("claude")) - asked == first.summary.missing


INTERRUPTED = """\
import evalkit, os, signal, threading, time
from pathlib import Path

def interrupt():
    while not Path("reached").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
evalkit.run("suites/small.yaml", repeats=40)
"""


def test_a_cap_that_could_not_hold_is_refused_in_the_words_of_python(small_project: SmallProject) -> None:
    """Nobody who calls a function is told of options of the command line."""
    small_project.write("providers/paid.yaml", "adapter: openai\nmodel: unheard-of\nbase_url: http://127.0.0.1:9\n")
    with pytest.raises(UsageError, match="max_cost_usd cannot hold") as raised:
        evalkit.run(small_project.suite(), providers="paid", project=small_project.folder, max_cost_usd=1)
    assert "--" not in f"{raised.value} {raised.value.hint}"
    assert "allow_unknown_cost=True" in str(raised.value.hint)


def test_ctrl_c_keeps_what_was_drawn(
    small_project: SmallProject, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """It leaves as `KeyboardInterrupt`, and says how to go on."""
    small_project.write(
        "providers/script.yaml",
        "adapter: scripted\nmodel: script\nlimits: {concurrency: 2}\noptions: {latency_s: 0.05}\n",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        cwd=small_project.folder,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    def drawn() -> int:
        if not small_project.project.store.is_file():
            return 0
        with Store(small_project.project.store) as store:
            runs = store.runs()
            return store.drawn_count(runs[0].id) if runs else 0

    wait_until(lambda: drawn() > 0)
    (small_project.folder / "reached").touch()
    _, said = process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGINT, 130)
    with Store(small_project.project.store) as store:
        run = store.run("last").id
    assert f"run {run} keeps what was drawn; evalkit.run(..., resume='{run}') goes on" in said
    assert 0 < drawn() < 320


def test_the_list_of_public_names_is_what_there_is() -> None:
    """Each can be had, `dir` lists them, and none is a module's name, which an import would put in its place."""
    assert dir(evalkit) == sorted(evalkit.__all__)
    found = {name: getattr(evalkit, name) for name in evalkit.__all__}
    assert all(each is not None for each in found.values())
    assert set(evalkit.__all__) & {module.name for module in pkgutil.iter_modules(evalkit.__path__)} == set()
    assert isinstance(evalkit.__version__, str)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="no attribute `nothing`"):
        _ = evalkit.nothing  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType] - that is the point
