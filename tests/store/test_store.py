"""Runs written and read back, by one process and by several."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import StoreError, UsageError
from evalkit.expand import Plan, expand, live_sample, slots
from evalkit.store import Identity, Store, open_database
from evalkit.types import Case, Completion, Condition, Conversation, Exchange, Profile, System, TokenLogprobs, Usage
from evalkit.verdicts import Scored, Span, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Outcome, Run, Sample, Suite

CONDITIONS = (
    Condition((("temperature", 0.5), ("system", "dense"), ("stop", ("a", "\n")))),
    Condition((("temperature", 1.0), ("system", None), ("stop", ("b",)))),
)
PROFILE = Profile("script", "scripted", "script")


@pytest.fixture
def suite(make_suite: Callable[..., Suite]) -> Suite:
    """Give a suite of two cases and five repeats: twenty samples."""
    return make_suite(
        systems={"dense": System(text="Be brief. Ünï 🦜")},
        cases=(Case("one", "Say one."), Case("two", "Say \ud800 two.")),
        repeats=5,
    )


@pytest.fixture
def samples(suite: Suite) -> list[Sample]:
    """Give the suite's samples."""
    plan = Plan(suite, PROFILE, 7, seed_drawn=False)
    return list(expand(plan, slots(CONDITIONS, suite.cases, suite.repeats)))


def _begin(store: Store, suite: Suite, **changed: Any) -> Run:  # noqa: ANN401 - fields of a run
    parts: dict[str, Any] = {
        "seed": 2**63 + 5,
        "seed_from": "drawn",
        "selection": {"providers": ["script"], "repeats": 5, "cases": [], "axes": {}},
        "planned": 20,
        "versions": {"evalkit": "0.1.0"},
        "profiles": [PROFILE],
    }
    return store.create_run(suite, **{**parts, **changed})


def _answer(text: str, outcome: Outcome = "complete") -> Completion:
    return Completion(outcome, text=text, error="broken" if outcome == "error" else None)


def test_a_run_comes_back_as_it_was(store: Store, suite: Suite) -> None:
    """With the suite as it was, a seed of 64 bits, and profiles as plain data."""
    run = _begin(store, dataclasses.replace(suite, document={"suite": "made", "version": 4, "x": ["Ü", 1.5, None]}))
    read = store.run(run.id)
    assert read.seed == 2**63 + 5
    assert read.document == {"suite": "made", "version": 4, "x": ["Ü", 1.5, None]}
    assert (read.suite_name, read.suite_hash, read.suite_path) == (suite.name, suite.hash, None)
    assert (read.seed_from, read.planned, read.finished_at) == ("drawn", 20, None)
    assert read.selection == run.selection
    assert read.profiles["script"]["model"] == "script"
    assert read.started_at == run.started_at
    assert read.versions == {"evalkit": "0.1.0"}


def test_a_run_remembers_where_its_suite_was(
    store: Store, suite: Suite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From any working directory."""
    from pathlib import Path as AnyPath

    monkeypatch.chdir(tmp_path)
    run = _begin(store, dataclasses.replace(suite, path=AnyPath("suites") / "made.yaml"))
    assert store.run(run.id).suite_path == str(tmp_path / "suites" / "made.yaml")


def test_runs_are_found_by_id_beginning_and_last(store: Store, suite: Suite) -> None:
    """The newest is `last`, even among runs of one second."""
    runs = [_begin(store, suite) for _ in range(3)]
    assert [run.id for run in store.runs()] == [run.id for run in reversed(runs)]
    assert [run.id for run in store.runs(1)] == [runs[-1].id]
    assert store.run_count() == len(runs)
    assert store.run("last").id == runs[-1].id
    assert store.run(runs[0].id).id == runs[0].id
    unique = next(runs[1].id[:length] for length in range(1, 30) if _starts(runs, runs[1].id[:length]) == 1)
    assert store.run(unique).id == runs[1].id


def _starts(runs: list[Run], beginning: str) -> int:
    return sum(run.id.startswith(beginning) for run in runs)


def test_an_ambiguous_or_unknown_run_is_named(store: Store, suite: Suite) -> None:
    """Wildcards of SQL are not wildcards here."""
    with pytest.raises(UsageError, match="no run `last`") as nothing:
        store.run("last")
    assert nothing.value.hint == "`evalkit run SUITE` makes one"
    first = _begin(store, suite)
    _begin(store, suite)
    with pytest.raises(UsageError, match="is the beginning of 2 runs") as ambiguous:
        store.run(first.id[:2])
    assert ambiguous.value.hint
    for name in ("nope", "%", first.id[:4] + "_"):
        with pytest.raises(UsageError, match="no run") as unknown:
            store.run(name)
        assert unknown.value.hint


def test_completions_come_back_with_their_samples(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """Text, settings and conditions of every kind; an iteration holds the order of positions."""
    run = _begin(store, suite)
    full = Completion(
        "truncated",
        text="Ünï\x00 🦜",
        stop_reason="length",
        applied={"temperature": 0.5, "stop": ("a", "\n")},
        served_model="script-2",
        usage=Usage(3, 4),
        latency_s=0.25,
        cost_usd=0.0,
        logprobs=TokenLogprobs("model", ("a",), (-0.5,), ((("a", -0.5), ("b", -1.0)),)),
    )
    drawn = [(sample, dataclasses.replace(full, text=str(sample.position))) for sample in samples]
    store.commit(run.id, [*drawn[10:], *drawn[:9], (samples[9], full)])
    read = list(store.drawn(run.id, "script"))
    assert [each.position for each in read] == list(range(20))
    assert [each.completion for each in read] == [
        *(completion for _, completion in drawn[:9]),
        full,
        *(c for _, c in drawn[10:]),
    ]
    assert [each.condition for each in read] == [sample.condition for sample in samples]
    assert [each.case_id for each in read] == [sample.case_id for sample in samples]
    assert [each.repeat for each in read] == [sample.repeat for sample in samples]
    assert [each.requested for each in read] == [sample.settings for sample in samples]
    assert {each.scored for each in read} == {None}


def test_a_sample_comes_back_with_its_exact_messages(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """Lone surrogates and the 64-bit seed included."""
    run = _begin(store, suite)
    store.commit(run.id, [(sample, _answer("x")) for sample in samples])
    for sample in samples:
        stored = store.sample(run.id, Identity("script", sample.position))
        assert stored.messages == sample.prompt.messages
        assert stored.seed == sample.seed
        assert stored.drawn.position == sample.position
    with pytest.raises(UsageError, match="has no sample 20 of provider script"):
        store.sample(run.id, Identity("script", 20))


def test_reading_goes_on_over_pages(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Gaps in the positions, and more rows than are read at once."""
    suite = make_suite(repeats=1000)
    run = _begin(store, suite)
    plan = Plan(suite, PROFILE, 7, seed_drawn=False)
    wanted = [sample for sample in expand(plan, slots(CONDITIONS[1:], suite.cases, 1000)) if sample.position % 7]
    store.commit(run.id, [(sample, _answer("x")) for sample in wanted])
    assert [each.position for each in store.drawn(run.id, "script")] == [sample.position for sample in wanted]


def test_a_transaction_that_fails_commits_none_of_its_samples(
    store: Store, suite: Suite, samples: list[Sample]
) -> None:
    """The third cannot be written, so the first two are not either."""
    run = _begin(store, suite)
    impossible = Completion("complete", cost_usd="much")  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        store.commit(run.id, [(samples[0], _answer("a")), (samples[1], _answer("b")), (samples[2], impossible)])
    assert list(store.drawn(run.id, "script")) == []
    store.commit(run.id, [(samples[0], _answer("a"))])
    assert store.done(run.id, "script") == {0}


def test_samples_of_an_unknown_run_are_refused(store: Store, samples: list[Sample]) -> None:
    """Nothing stands in the store without its run."""
    with pytest.raises(StoreError):
        store.commit("20200101-000000-abcd", [(samples[0], _answer("a"))])


def test_only_errors_are_asked_again(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """A refusal and an unsupported cell are answers; what was never asked is missing."""
    run, other = _begin(store, suite), _begin(store, suite)
    outcomes: list[Outcome] = ["complete", "truncated", "refusal", "error", "unsupported"]
    store.commit(run.id, [(sample, _answer("", outcome)) for sample, outcome in zip(samples, outcomes, strict=False)])
    assert store.done(run.id, "script") == {0, 1, 2, 4}
    assert store.done(run.id, "other") == set()
    assert store.done(other.id, "script") == set()
    assert store.drawn_count(run.id) == 4


def test_an_answer_takes_the_place_of_an_error(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """And of the verdicts on it."""
    run = _begin(store, suite)
    store.commit(run.id, [(samples[0], _answer("", "error"))])
    store.write_scores(run.id, "script", [(0, Scored())])
    store.commit(run.id, [(samples[0], _answer("late"))])
    (drawn,) = store.drawn(run.id, "script")
    assert drawn.completion.text == "late"
    assert drawn.scored is None


def test_reuse_takes_the_newest_paid_answer(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """From any run; an error or an unsupported cell never stands for an answer."""
    first, second, third = (_begin(store, suite) for _ in range(3))
    store.commit(
        first.id,
        [(samples[0], _answer("old")), (samples[1], _answer("", "error")), (samples[2], _answer("", "unsupported"))],
    )
    store.commit(second.id, [(samples[0], _answer("new", "truncated"))])
    store.commit(second.id, [(samples[0], _answer("", "error"))])
    reused = store.reuse(third.id, samples[0])
    assert reused is not None
    assert (reused.outcome, reused.text) == ("truncated", "new")
    assert [store.reuse(third.id, sample) for sample in samples[1:4]] == [None] * 3
    assert [each.completion for each in store.drawn(third.id, "script")] == [reused]
    assert store.done(third.id, "script") == {0}


def test_reuse_places_an_answer_where_its_sample_stands_now(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """The position in the new run may be another."""
    first, second = _begin(store, suite), _begin(store, suite)
    store.commit(first.id, [(samples[3], _answer("here"))])
    store.reuse(second.id, dataclasses.replace(samples[3], position=0))
    assert [(each.position, each.completion.text) for each in store.drawn(second.id, "script")] == [(0, "here")]


SCORED = Scored((Verdict("not contains_any", 0.5, None, "Ünï", (Span(0, 2), Span(4, 9))),), 0.5, None)


def test_scores_come_back_with_their_samples(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """Written once, and again with other verdicts."""
    run = _begin(store, suite)
    store.commit(run.id, [(sample, _answer("x")) for sample in samples[:3]])
    store.write_scores(run.id, "script", [(0, Scored()), (2, Scored())])
    store.write_scores(run.id, "script", [(2, SCORED)])
    assert [each.scored for each in store.drawn(run.id, "script")] == [Scored(), None, SCORED]


def test_scoring_goes_on_while_another_process_writes(
    store: Store, make_suite: Callable[..., Suite], tmp_path: Path
) -> None:
    """Verdicts are written between two reads, though the store has grown since the first."""
    suite = make_suite(repeats=500)
    run = _begin(store, suite)
    plan = Plan(suite, PROFILE, 7, seed_drawn=False)
    store.commit(run.id, [(sample, _answer("x")) for sample in expand(plan, slots(CONDITIONS[1:], suite.cases, 500))])
    with Store(tmp_path / ".evalkit" / "runs.db", busy_timeout_s=0.1) as other:
        for drawn in store.drawn(run.id, "script"):
            if drawn.position % 50 == 0:
                _begin(other, suite)
            store.write_scores(run.id, "script", [(drawn.position, SCORED)])
    assert {each.scored for each in store.drawn(run.id, "script")} == {SCORED}


def test_a_live_conversation_is_kept_turn_by_turn(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Replies come back in order, apart from the probe and from other conversations."""
    exchanges = tuple(Exchange(f"Q{index}?", None) for index in range(3))
    suite = make_suite(conversation=Conversation(exchanges, "live"))
    run = _begin(store, suite)
    plan = Plan(suite, PROFILE, 7, seed_drawn=False)
    places = list(slots([Condition((("turns", 3),))], suite.cases, 2))
    for turn in (1, 0, None):
        replies = ["r"] * (3 if turn is None else turn)
        store.commit(
            run.id, [(live_sample(plan, place, replies, turn), _answer(f"{place.position} {turn}")) for place in places]
        )
    assert [reply.text for reply in store.replies(run.id, "script", 1, 3)] == ["1 0", "1 1"]
    assert [reply.text for reply in store.replies(run.id, "script", 1, 1)] == ["1 0"]
    assert store.replies(run.id, "script", 2, 3) == []
    assert [each.completion.text for each in store.drawn(run.id, "script")] == ["0 None", "1 None"]
    assert store.done(run.id, "script", 1) == {0, 1}
    assert store.done(run.id, "script", 2) == set()
    assert store.drawn_count(run.id) == 2
    assert store.sample(run.id, Identity("script", 1, turn=1)).messages[-1].content == "Q1?"


def test_the_end_of_a_run_is_noted_once(store: Store, suite: Suite) -> None:
    """A later look at a finished run does not move its end; an incomplete one has none."""
    run = _begin(store, suite)
    assert store.environment(run.id) == {}
    store.finish_run(run.id, {"script": {"python": "3.11"}}, complete=False)
    assert store.run(run.id).finished_at is None
    store.finish_run(run.id, {"script": {"python": "3.12", "threads": 2}}, complete=True)
    ended = store.run(run.id).finished_at
    assert ended is not None
    store.finish_run(run.id, {"script": {"python": "3.13"}}, complete=False)
    assert store.run(run.id).finished_at == ended
    assert store.environment(run.id) == {"script": {"python": "3.13"}}


def test_pace_is_that_of_the_last_run_of_the_model(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """Not known without a run; reused answers say nothing of speed."""
    assert store.pace("script", "script") is None
    run = _begin(store, suite)
    store.commit(run.id, [(sample, _answer("x")) for sample in samples])
    pace = store.pace("script", "script")
    assert pace is None or pace > 0
    assert store.pace("script", "another model") is None
    assert store.pace("other", "script") is None


def test_a_damaged_store_says_so(store: Store, suite: Suite, samples: list[Sample], tmp_path: Path) -> None:
    """Pages overwritten behind SQLite's back."""
    run = _begin(store, suite)
    store.commit(run.id, [(sample, _answer("x" * 3000)) for sample in samples])
    store.close()
    path = tmp_path / ".evalkit" / "runs.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(bytes(content))
    with pytest.raises(StoreError, match="it is damaged") as raised, Store(path) as damaged:
        list(damaged.drawn(run.id, "script"))
    assert raised.value.hint


WRITER = """
import sys
from pathlib import Path
from evalkit.store import Store
from evalkit.types import Completion, Condition, Message, Prompt, Sample

path, run, provider, batches, size = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
prompt = Prompt((Message("user", "shared"),), "d" * 64)
with Store(path) as store:
    for batch in range(batches):
        store.commit(run, [
            (Sample(f"{provider} {position}", position, provider, Condition(), "one", 0, prompt, {}, position),
             Completion("complete", text=provider * 200))
            for position in range(batch * size, (batch + 1) * size)
        ])
        print(batch, flush=True)
"""


def _writer(path: Path, run: str, provider: str, *, batches: int, size: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-c", WRITER, str(path), run, provider, str(batches), str(size)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_processes_write_at_once_and_lose_nothing(store: Store, suite: Suite, tmp_path: Path) -> None:
    """Three writers, hundreds of commits each, into one run."""
    run = _begin(store, suite)
    path = tmp_path / ".evalkit" / "runs.db"
    writers = [_writer(path, run.id, name, batches=150, size=2) for name in ("a", "b", "c")]
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    for name in ("a", "b", "c"):
        assert [each.position for each in store.drawn(run.id, name)] == list(range(300))
        assert {each.completion.text for each in store.drawn(run.id, name)} == {name * 200}


@pytest.mark.parametrize("after", [1, 13, 40])
def test_a_killed_writer_leaves_whole_commits(store: Store, suite: Suite, tmp_path: Path, after: int) -> None:
    """Everything that was reported is there, in whole batches, and the store takes more."""
    run = _begin(store, suite)
    path = tmp_path / ".evalkit" / "runs.db"
    writer = _writer(path, run.id, "a", batches=100_000, size=5)
    assert writer.stdout is not None
    reported = -1
    for _ in range(after):
        reported = int(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    reported += sum(1 for _ in writer.stdout)
    writer.stdout.close()
    assert writer.wait(timeout=60) == -signal.SIGKILL
    with Store(path) as again:
        positions = [each.position for each in again.drawn(run.id, "a")]
        assert positions == list(range(len(positions)))
        assert len(positions) % 5 == 0
        assert len(positions) >= 5 * (reported + 1)
        assert again.done(run.id, "a") == set(positions)
        _begin(again, suite)
    connection = open_database(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_probes_are_read_by_position(store: Store, suite: Suite, samples: list[Sample]) -> None:
    """Those that are there, in order, of one run and provider alone; replies in conversations are none."""
    run, other = _begin(store, suite), _begin(store, suite)
    reply = dataclasses.replace(samples[6], turn=0)
    store.commit(run.id, [(sample, _answer(f"{sample.position}")) for sample in (reply, *reversed(samples[4:8]))])
    store.commit(other.id, [(samples[5], _answer("of another run"))])
    found = store.drawn_at(run.id, "script", range(5, 10))
    assert [(each.position, each.completion.text) for each in found] == [(5, "5"), (6, "6"), (7, "7")]
    assert found == [each for each in store.drawn(run.id, "script") if each.position >= 5]
    assert store.drawn_at(run.id, "nobody", range(5, 10)) == []
