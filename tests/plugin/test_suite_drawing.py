"""What is drawn of a suite for a test session, in which order, on which terms, and what is noted of it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from evalkit.conduct import Terms
from evalkit.errors import MissingKeyError, MissingPackageError, ProfileError, ProviderError, StoreError
from evalkit.plugin.drawing import Drawing
from evalkit.plugin.planned import Wanted
from evalkit.plugin.suite_drawing import problem_of
from evalkit.store import Store
from evalkit.store.session_runs import Problem
from sitting import SessionProject, drawn, prompts
from vendors.asked import Reply
from vendors.faults import Fault

if TYPE_CHECKING:
    from vendors.asked import Asked
    from vendors.server import FakeVendors


def test_only_what_is_wanted_is_asked_in_its_order(project: SessionProject, vendors: FakeVendors) -> None:
    """Samples go out in the order of items, and a cell that no item selects is neither asked nor missed."""
    project.profile("claude", limits={"concurrency": 1})
    planned = project.wanted("one")[0].planned
    _, second, third = planned.cells()
    assert set(drawn(Wanted(planned, (third, second))).values()) == {None}
    assert prompts(vendors) == ["Say one 2."] * 2 + ["Say one 1."] * 2
    with Store(planned.project.store) as store:
        (run,) = store.runs()
        assert run.selection["cells"] == {"claude": [2, 1]}
        assert run.finished_at is not None


def test_suites_that_share_a_provider_go_one_after_the_other(project: SessionProject, vendors: FakeVendors) -> None:
    """The second suite is asked when the first one has been; one at another provider does not wait for either."""
    project.suite("two")
    assert set(drawn(*project.wanted("two", "one")).values()) == {None}
    asked = prompts(vendors)
    assert [each.split()[1] for each in asked] == ["two"] * 6 + ["one"] * 6


def test_suites_that_share_none_go_side_by_side(project: SessionProject, vendors: FakeVendors) -> None:
    """Two suites at two vendors are under way together."""
    project.profile("openai")
    project.suite("two", providers=["openai"])
    vendors.latency_s = 0.1
    assert set(drawn(*project.wanted("one", "two")).values()) == {None}
    assert vendors.most_at_once > 2  # each vendor alone is asked two at a time


def test_the_budget_is_for_the_whole_session(project: SessionProject, vendors: FakeVendors) -> None:
    """Two suites share one cap; cells that were drawn before it was reached have no problem."""
    price = {"input": 0.0, "output": 1_000_000.0}  # a dollar a token
    vendors.reply = lambda _asked: Reply("one two three four five")
    project.profile("claude", price=price, limits={"concurrency": 1})
    project.suite("two")
    kinds = drawn(*project.wanted("one", "two"), terms=Terms(max_cost_usd=60.0))
    with Store(project.root / ".evalkit" / "runs.db") as store:
        spent = sum(store.spent_usd(run.id) for run in store.runs())
        noted = store.session_runs.of("s")
    assert kinds["one", "claude", 0] is None
    assert kinds["two", "claude", 2] == "over_budget"
    assert 40 <= spent <= 60
    assert any(each.over_budget for each in noted)
    assert len(prompts(vendors)) < 12
    # Another process of the session counts what is spent already.
    before = len(prompts(vendors))
    drawn(*project.wanted("one", "two"), terms=Terms(max_cost_usd=60.0))
    assert len(prompts(vendors)) == before


def test_a_provider_that_fails_ends_only_what_it_owes(project: SessionProject, vendors: FakeVendors) -> None:
    """Cells that came before the outage stand, the rest of the provider's says why, and the other provider goes on."""
    project.profile("claude", limits={"concurrency": 1, "attempts": 1})
    project.profile("openai")
    project.suite("one", providers=["claude", "openai"], cases=4)

    def outage(asked: Asked) -> Fault | None:
        return Fault("bad_key", 401) if asked.vendor == "claude" and asked.number >= 3 else None

    vendors.fault = outage
    wanted = project.wanted("one")
    kinds = drawn(*wanted)
    assert kinds["one", "claude", 0] is None
    assert {kinds["one", "claude", number] for number in range(1, 4)} == {"failed"}
    assert {kinds["one", "openai", number] for number in range(4)} == {None}
    with closing(Drawing(wanted, "s")) as drawing:
        problem = drawing.problem(wanted[0].planned, "claude")
        assert problem is not None
        assert "provider claude" in problem.message
        assert drawing.problem(wanted[0].planned, "openai") is None


def test_without_a_key_a_provider_is_unusable(project: SessionProject) -> None:
    """It is said of the provider alone, at once, also where no other one is left; a wrong profile is a failure."""
    project.profile("openai", key_env="EVALKIT_TEST_NO_SUCH_KEY")
    project.suite("two", providers=["openai", "claude"])
    project.suite("three", providers=["openai"])
    project.suite("four", providers=["wrong"])
    project.profile("claude", "wrong", options={"no_such_option": 1})
    kinds = drawn(*project.wanted("two", "three", "four"))
    assert {kinds["two", "openai", number] for number in range(3)} == {"unusable"}
    assert {kinds["two", "claude", number] for number in range(3)} == {None}
    assert kinds["three", "openai", 0] == "unusable"
    assert kinds["four", "wrong", 0] == "failed"


def test_failed_calls_are_no_reason_to_wait(project: SessionProject, vendors: FakeVendors) -> None:
    """A call that failed for good is there to be judged, and a later session that resumes makes it again."""
    vendors.fault = lambda asked: Fault("status", 400) if asked.prompt.endswith("1.") else None
    (wanted,) = project.wanted("one")
    assert set(drawn(wanted).values()) == {None}
    vendors.fault = lambda _asked: None
    assert set(drawn(wanted, session="t", resume=True).values()) == {None}
    assert len(prompts(vendors)) == 8
    with Store(wanted.planned.project.store) as store:
        (run,) = store.runs()
        assert {each.completion.outcome for each in store.drawn(run.id, "claude")} == {"complete"}


def test_only_the_same_selection_is_resumed(project: SessionProject, vendors: FakeVendors) -> None:
    """A finished run, one of other cells or one of another suite is no run to go on with."""
    planned = project.wanted("one")[0].planned
    first, second, _ = planned.cells()
    vendors.fault = lambda _asked: Fault("status", 400)
    drawn(Wanted(planned, (first, second)))
    vendors.fault = lambda _asked: None
    drawn(Wanted(planned, (first,)), session="t", resume=True)
    with Store(planned.project.store) as store:
        assert len(store.runs()) == 2
    drawn(Wanted(planned, (second, first)), session="u", resume=True)
    drawn(Wanted(planned, (second, first)), session="v", resume=True)
    with Store(planned.project.store) as store:
        assert len(store.runs()) == 3


def test_a_run_that_is_being_drawn_is_not_resumed(project: SessionProject, vendors: FakeVendors) -> None:
    """Another session has it, which is said with its process."""
    (wanted,) = project.wanted("one")
    vendors.latency_s = 0.3
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells[:1])
        with closing(Drawing([wanted], "t", resume=True)) as other:
            other.wait(wanted.planned, wanted.cells)
            problem = other.missing(wanted.planned, wanted.cells)
    assert problem is not None
    assert problem.kind == "failed"
    assert "is being drawn by another test session" in problem.message


def test_stored_answers_are_reused(project: SessionProject, vendors: FakeVendors) -> None:
    """A session that may reuse asks for nothing that any run has an answer to."""
    (wanted,) = project.wanted("one")
    drawn(wanted)
    assert set(drawn(wanted, session="t", terms=Terms(reuse=True)).values()) == {None}
    assert len(prompts(vendors)) == 6


def test_a_cap_that_cannot_hold_is_refused_before_anything_is_asked(
    project: SessionProject, vendors: FakeVendors
) -> None:
    """Where nobody knows a price, the suite says so by the name of the option that pytest was given."""
    project.profile("claude", model="claude-unheard-of-9")
    wanted = project.wanted("one")
    assert set(drawn(*wanted, terms=Terms(max_cost_usd=1.0)).values()) == {"failed"}
    with closing(Drawing(wanted, "s")) as drawing:
        problem = drawing.problem(wanted[0].planned, "claude")
    assert problem is not None
    assert problem.message.startswith("--evalkit-max-cost cannot hold")
    assert problem.hint is not None
    assert "--allow" not in problem.hint
    assert vendors.received == []


def test_a_missing_judge_is_a_problem_of_every_cell(project: SessionProject) -> None:
    """Draws that nobody can judge are there, and the items say whose votes are missing."""
    project.profile("openai", key_env="EVALKIT_TEST_NO_SUCH_KEY")
    project.suite("one", judge="openai", constraints=[{"judge": "Is it polite?"}])
    assert set(drawn(*project.wanted("one")).values()) == {"unusable"}


def test_a_judged_suite_is_waited_for_whole(project: SessionProject, vendors: FakeVendors) -> None:
    """Its cells are ready when the votes on them are there."""
    project.suite("one", judge="claude", constraints=[{"judge": "Is it polite?"}])
    (wanted,) = project.wanted("one")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells[:1])
        asked = len(prompts(vendors))
        drawing.wait(wanted.planned, [])
        assert len(prompts(vendors)) == asked
    assert asked > 6


def test_the_errors_of_every_kind_become_problems() -> None:
    """A missing key or package is no failure, and what is not evalkit's own error is named by its class."""
    key = MissingKeyError("no key", hint="set it")
    assert problem_of(key) == Problem("unusable", "no key", "set it")
    wrapped = ProfileError("providers/p.yaml: no key")
    wrapped.__cause__ = key
    assert problem_of(wrapped, "p") == Problem("unusable", "provider p: providers/p.yaml: no key")
    assert problem_of(MissingPackageError("no package")).kind == "unusable"
    assert problem_of(ProviderError("provider p is down"), "p") == Problem("failed", "provider p: is down")
    assert problem_of(StoreError("full")).kind == "store"
    assert problem_of(ValueError("odd")) == Problem("failed", "ValueError: odd")
