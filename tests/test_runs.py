"""Runs in the store: opened, drawn, gone on with."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.draw import draw
from evalkit.errors import ProfileError, UsageError
from evalkit.prepare import prepare
from evalkit.report import report
from evalkit.runs import reopen_run, start_run, suite_of
from evalkit.selection import Selection
from evalkit.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.findings import Row
    from evalkit.generate import Tally
    from evalkit.prepare import Prepared
    from evalkit.types import Run
    from tests.conftest import SmallProject


EVERYTHING = Selection()

# An adapter of the user's that answers until it has been asked so often as its file says, then fails as a whole.
FLAKY = """
from pathlib import Path
from evalkit.errors import ProviderError
from evalkit.providers.scripted import ScriptedProvider

HERE = Path(__file__).parent


class Flaky(ScriptedProvider):
    async def complete(self, samples):
        async for sample, completion in super().complete(samples):
            left = int((HERE / "left").read_text())
            if not left:
                raise ProviderError("the service went away")
            (HERE / "left").write_text(str(left - 1))
            yield sample, completion

    async def aclose(self):
        with (HERE / "closed").open("a") as file:
            file.write("closed\\n")
"""


def _prepare(small: SmallProject, selection: Selection = EVERYTHING) -> Prepared:
    return prepare(small.suite(), small.project, selection)


def _draw(
    small: SmallProject, store: Store, run: Run | None = None, *, seed: int | None = None, reuse: bool = False
) -> tuple[Run, Tally]:
    """Start a run, or go on with one, and draw all there is to draw."""
    prepared = _prepare(small) if run is None else reopen_run(run, small.project)
    run = run or start_run(prepared, store, seed=seed)
    return run, asyncio.run(draw(prepared, run, store, reuse=reuse))


def _rows(small: SmallProject, path: Path) -> tuple[Row, ...]:
    """Run the suite into a store of its own."""
    with Store(path) as store:
        run, _ = _draw(small, store)
        return report(run, store).summary.rows


def _texts(store: Store, run: Run) -> list[str]:
    return [drawn.completion.text for drawn in store.drawn(run.id, "script")]


def test_a_run_takes_the_seed_of_its_suite(small_project: SmallProject, store: Store) -> None:
    """Unless an option says otherwise."""
    prepared = _prepare(small_project)
    of_suite, of_option = start_run(prepared, store), start_run(prepared, store, seed=0)
    assert (of_suite.seed, of_suite.seed_from) == (11, "suite")
    assert (of_option.seed, of_option.seed_from) == (0, "option")
    assert set(of_suite.versions) == {"evalkit", "python", "platform"}
    assert of_suite.planned == 24


def test_runs_without_a_seed_draw_their_own(small_project: SmallProject, store: Store) -> None:
    """Recorded, and another one each time."""
    prepared = _prepare(small_project)
    unseeded = replace(prepared, suite=replace(prepared.suite, seed=None))
    runs = [start_run(unseeded, store) for _ in range(3)]
    assert {run.seed_from for run in runs} == {"drawn"}
    assert len({run.seed for run in runs}) == 3
    assert [store.run(run.id).seed for run in runs] == [run.seed for run in runs]


def test_errors_leave_a_run_open(small_project: SmallProject, store: Store) -> None:
    """They are counted as what they are, and asked again later."""
    small_project.write("providers/script.yaml", "adapter: scripted\nmodel: script\noptions: {faults: {error: 1}}\n")
    run, tally = _draw(small_project, store)
    assert tally.outcomes == {"error": 24}
    assert store.run(run.id).finished_at is None
    rows = report(run, store).summary.rows
    assert {row.completions["error"] for row in rows} == {6}
    assert {row.measures["adherence"].estimate for row in rows} == {None}
    _, again = _draw(small_project, store, store.run(run.id))
    assert again.asked == 24


def test_the_same_seed_gives_the_same_report(small_project: SmallProject, tmp_path: Path) -> None:
    """Row for row, in stores of their own."""
    first, second = (_rows(small_project, tmp_path / f"{name}.db") for name in "ab")
    assert first == second


def test_the_seed_option_draws_other_texts(small_project: SmallProject, store: Store) -> None:
    """The suite's own seed draws the same ones again."""
    first, second = (_draw(small_project, store)[0] for _ in range(2))
    other, _ = _draw(small_project, store, seed=12)
    assert _texts(store, first) == _texts(store, second)
    assert _texts(store, first) != _texts(store, other)


def test_a_suite_without_a_seed_gives_fresh_answers(small_project: SmallProject, store: Store) -> None:
    """Each run its own; with `--reuse` the stored ones stand for them."""
    text = (small_project.folder / "suites" / "small.yaml").read_text(encoding="utf-8")
    small_project.write("suites/small.yaml", text.replace("seed: 11\n", ""))
    first, _ = _draw(small_project, store)
    second, _ = _draw(small_project, store)
    third, tally = _draw(small_project, store, reuse=True)
    texts = [_texts(store, run) for run in (first, second, third)]
    assert texts[0] != texts[1]
    assert texts[2] == texts[1]
    assert (tally.reused, tally.asked) == (24, 0)


class _StopAfter:
    """A watcher that stops the run once so many completions are stored."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.task: asyncio.Task[Tally] | None = None

    def drawn(self, tally: Tally) -> None:
        """Stop when it is time."""
        if tally.done >= self._count and self.task is not None:
            self.task.cancel()

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Take no note."""


def _stopped(small: SmallProject, store: Store, count: int) -> Run:
    prepared = _prepare(small)
    run = start_run(prepared, store)
    watcher = _StopAfter(count)

    async def stop() -> None:
        watcher.task = asyncio.ensure_future(draw(prepared, run, store, watcher=watcher))
        with pytest.raises(asyncio.CancelledError):
            await watcher.task

    asyncio.run(stop())
    return run


@pytest.mark.parametrize("count", [1, 8, 16, 20])
def test_a_run_that_was_stopped_and_resumed_equals_one_that_was_not(
    small_project: SmallProject, tmp_path: Path, count: int
) -> None:
    """Number for number; only what was missing is asked."""
    small_project.write("providers/script.yaml", PACED)
    straight = _rows(small_project, tmp_path / "straight.db")
    with Store(tmp_path / "stopped.db") as store:
        run = _stopped(small_project, store, count)
        there = store.drawn_count(run.id)
        assert count <= there < 24
        before = report(store.run(run.id), store).summary
        assert before.missing == 24 - there
        assert store.run(run.id).finished_at is None
        _, tally = _draw(small_project, store, store.run(run.id))
        assert (tally.already, tally.asked) == (there, 24 - there)
        assert report(store.run(run.id), store).summary.rows == straight
        assert store.run(run.id).finished_at is not None


PACED = "adapter: scripted\nmodel: script\nlimits: {concurrency: 3}\noptions: {words: [3, 12], latency_s: 0.001}\n"


def test_a_provider_that_goes_away_leaves_the_rest_for_later(small_project: SmallProject, store: Store) -> None:
    """An adapter beside the profile; it is closed either way."""
    small_project.write("providers/flaky.py", FLAKY)
    small_project.write("providers/script.yaml", "adapter: ./flaky.py:Flaky\nmodel: script\n")
    left = small_project.write("providers/left", "10")
    run, tally = _draw(small_project, store)
    assert str(tally.failures["script"]) == "the service went away"
    assert tally.done == 10
    assert store.run(run.id).finished_at is None
    left.write_text("1000", encoding="utf-8")
    _, tally = _draw(small_project, store, store.run(run.id))
    assert (tally.already, tally.asked, tally.failures) == (10, 14, {})
    assert left.read_text(encoding="utf-8") == str(1000 - 14)
    assert (small_project.folder / "providers" / "closed").read_text(encoding="utf-8") == "closed\n" * 2


def test_a_provider_that_cannot_be_built_ends_the_run(small_project: SmallProject, store: Store) -> None:
    """Before anything is asked."""
    small_project.write("providers/script.yaml", "adapter: scripted\nmodel: script\noptions: {wrods: [1, 2]}\n")
    with pytest.raises(ProfileError, match="has no option `wrods`") as raised:
        _draw(small_project, store)
    assert "script.yaml" in raised.value.message
    assert store.runs() == []


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        ("adapter: ./flaky.py:Flaky\nmodel: script\noptions: {words: [3, 12]}\n", "adapter"),
        ("adapter: scripted\nmodel: other\noptions: {words: [3, 12]}\n", "model"),
        ("adapter: scripted\nmodel: script\nbase_url: http://h\noptions: {words: [3, 12]}\n", "base_url"),
        ("adapter: scripted\nmodel: script\nsettings: {max_tokens: 5}\noptions: {words: [3, 12]}\n", "settings"),
        ("adapter: scripted\nmodel: script\noptions: {words: [3, 13]}\n", "options"),
        ("adapter: scripted\nmodel: script\nextra: {a: 1}\noptions: {words: [3, 12]}\n", "extra"),
    ],
)
def test_a_run_does_not_go_on_with_another_profile(
    small_project: SmallProject, store: Store, profile: str, key: str
) -> None:
    """New draws would not belong to the old ones."""
    run, _ = _draw(small_project, store)
    small_project.write("providers/script.yaml", profile)
    with pytest.raises(UsageError) as raised:
        reopen_run(store.run(run.id), small_project.project)
    assert raised.value.message == f"profile `script` has another `{key}` than when run {run.id} began"
    assert raised.value.hint


def test_a_provider_that_gave_nothing_may_be_mended(small_project: SmallProject, store: Store) -> None:
    """A wrong model or address is put right, and the run goes on; one that has answered must stay as it was."""
    small_project.write("providers/wrong.yaml", "adapter: scripted\nmodel: m\noptions: {faults: {error: 1.0}}\n")
    both = prepare(small_project.suite(), small_project.project, Selection(providers=("wrong", "script")))
    run = start_run(both, store)
    asyncio.run(draw(both, run, store))
    assert store.begun(run.id) == {"script"}
    small_project.write("providers/wrong.yaml", "adapter: scripted\nmodel: mended\n")
    reopened = reopen_run(store.run(run.id), small_project.project, begun=store.begun(run.id))
    renewed = store.renew_profiles(run.id, [each for each in reopened.profiles if each.name == "wrong"])
    assert {name: profile["model"] for name, profile in renewed.profiles.items()} == {
        "wrong": "mended",
        "script": "script",
    }
    tally = asyncio.run(draw(reopened, renewed, store))
    assert (tally.asked, tally.failures) == (24, {})
    assert {row.model for row in report(renewed, store).summary.rows} == {"mended", "script"}


def test_a_run_goes_on_at_another_pace(small_project: SmallProject, store: Store) -> None:
    """Limits and timeouts shape no answer; tuples and lists in settings are the same."""
    profile = "adapter: scripted\nmodel: script\nsettings: {stop: [a, b]}\noptions: {words: [3, 12]}\n"
    small_project.write("providers/script.yaml", profile)
    run = start_run(_prepare(small_project), store)
    small_project.write("providers/script.yaml", profile + "limits: {concurrency: 1}\ntimeout_s: 5\n")
    assert reopen_run(store.run(run.id), small_project.project).probes == 24


def test_a_run_goes_on_with_its_own_suite_and_selection(small_project: SmallProject, store: Store) -> None:
    """Whatever the file says now."""
    selection = Selection((), 2, ("two",), {"system": ("dense",)})
    prepared = _prepare(small_project, selection)
    run = start_run(prepared, store)
    small_project.write("suites/small.yaml", "suite: small\nproviders: [script]\ncases: [{id: x, prompt: y}]\n")
    reopened = reopen_run(store.run(run.id), small_project.project)
    assert reopened.selection == prepared.selection
    assert reopened.probes == prepared.probes == 2 * 1 * 2
    assert reopened.sweep == prepared.sweep
    assert reopened.suite.hash == prepared.suite.hash


OWN_CONSTRAINT = """
from dataclasses import dataclass
from typing import ClassVar
from evalkit.verdicts import Score

@dataclass(frozen=True)
class Odd:
    name: ClassVar[str] = "odd"

    def score(self, text, *, whole):
        return Score(float(len(text.split()) % 2), "counted")
"""


def test_a_constraint_of_the_users_is_found_again(small_project: SmallProject, store: Store) -> None:
    """When a run is reported and when it goes on, from any working directory."""
    small_project.write("suites/odd.py", OWN_CONSTRAINT)
    text = (small_project.folder / "suites" / "small.yaml").read_text(encoding="utf-8")
    small_project.write("suites/small.yaml", text.replace("  - max_words: 8\n", "  - ./odd.py:Odd\n"))
    run, _ = _draw(small_project, store)
    stored = store.run(run.id)
    assert suite_of(stored).cases[0].constraints[0].name == "odd"
    words = [len(drawn.completion.text.split()) % 2 for drawn in store.drawn(run.id, "script")]
    first = report(stored, store).summary.rows[0]
    assert first.measures["adherence"].estimate == pytest.approx(sum(words[:6]) / 6)
    assert reopen_run(stored, small_project.project).probes == 24


def test_provider_that_cannot_be_built_leaves_the_others_alone(small_project: SmallProject, store: Store) -> None:
    """Its failure is noted, its samples stay missing, and the others' are drawn; a run of it alone is refused."""
    small_project.write("providers/broken.yaml", "adapter: scripted\nmodel: m\noptions: {wrods: [1, 2]}\n")
    both = prepare(small_project.suite(), small_project.project, Selection(providers=("broken", "script")))
    run = start_run(both, store)
    tally = asyncio.run(draw(both, run, store))
    assert [(name, type(error)) for name, error in tally.failures.items()] == [("broken", ProfileError)]
    summary = report(run, store).summary
    assert {row.provider for row in summary.rows} == {"script"}
    assert (summary.missing, store.run(run.id).finished_at) == (24, None)
