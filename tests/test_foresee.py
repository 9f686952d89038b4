"""What a run would take, gathered from the store and the vendors' counters."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.draw import draw
from evalkit.estimate import Amount
from evalkit.foresee import Foreseen, Outlook, foresee
from evalkit.prepare import prepare
from evalkit.runs import reopen_run, start_run
from evalkit.selection import Selection
from tests.conftest import KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.prepare import Prepared
    from evalkit.store import Store
    from evalkit.types import Run
    from tests.conftest import SmallProject
    from vendors.server import FakeVendors

LIVE = "conversation: {mode: live, exchanges: [{user: Hello.}, {user: How are you?}]}\n"


def prepared(small_project: SmallProject, *swaps: tuple[str, str], **selection: object) -> Prepared:
    """Prepare the small suite after some changes of its text."""
    text = (small_project.folder / "suites" / "small.yaml").read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    small_project.write("suites/small.yaml", text)
    return prepare(small_project.suite(), small_project.project, Selection(**selection))  # type: ignore[arg-type]


def look(small_project: SmallProject, ready: Prepared, **outlook: object) -> Foreseen:
    """Foresee the one provider's part."""
    (foreseen,) = foresee(ready, small_project.project.store, Outlook(**outlook)).values()  # type: ignore[arg-type]
    return foreseen


def drawn(ready: Prepared, store: Store) -> Run:
    """Draw a run."""
    run = start_run(ready, store)
    asyncio.run(draw(ready, run, store))
    return run


def test_new_run_is_asked_in_full(small_project: SmallProject) -> None:
    """All 24 calls to a model that costs nothing, of which nothing else is known; and no store is made."""
    found = look(small_project, prepared(small_project))
    assert (found.forecast.calls, found.asked.held, found.free, found.uncounted) == (24, 0, True, None)
    assert found.forecast.cost_usd == Amount(0, 0)
    assert found.forecast.seconds is None
    assert not small_project.project.store.exists()


def test_earlier_runs_tell_lengths_and_pace(small_project: SmallProject, store: Store) -> None:
    """The mean of the words that the scripted model said makes the likely output."""
    ready = prepared(small_project)
    run = drawn(ready, store)
    outputs = [each.completion.usage.output_tokens or 0 for each in store.drawn(run.id, "script")]
    found = look(small_project, ready)
    assert found.known.lengths is not None
    assert found.known.lengths.mean_tokens == pytest.approx(sum(outputs) / 24)
    assert found.forecast.output_tokens.likely == pytest.approx(sum(outputs))
    assert found.known.pace is not None
    assert found.asked.held == 0


def test_resumed_run_lacks_only_the_rest(small_project: SmallProject, store: Store) -> None:
    """With three of four cells of a case drawn, what is left is what is asked."""
    ready = prepared(small_project)
    run = start_run(ready, store)
    part = replace(ready, repeats=2)  # positions 0 to 15 of 24
    asyncio.run(draw(part, run, store))
    found = look(small_project, reopen_run(run, small_project.project), run=run)
    assert (found.forecast.calls, found.asked.held) == (8, 16)


def test_reused_answers_are_not_asked_again(small_project: SmallProject, store: Store) -> None:
    """Those of the suite's seed are there after a run; those of another seed are not, and nor are new values."""
    drawn(prepared(small_project), store)
    wider = prepared(small_project, ("[0.0, 1.0]", "[0.0, 0.5, 1.0]"))
    found = look(small_project, wider, reuse=True)
    assert (found.forecast.calls, found.asked.held) == (12, 24)
    assert look(small_project, wider, reuse=True, seed=5).asked.held == 0
    assert look(small_project, wider).asked.held == 0


def test_run_with_a_drawn_seed_may_reuse_any(small_project: SmallProject, store: Store) -> None:
    """Where no particular draw is asked for, any draw of it will do."""
    ready = prepared(small_project, ("seed: 11\n", ""))
    drawn(ready, store)
    assert look(small_project, ready, reuse=True).asked.held == 24


def test_live_replies_in_the_store_are_known(small_project: SmallProject, store: Store) -> None:
    """Of a run that broke off after the replies, the probes are left, and their prompts hold what was said."""
    ready = prepared(small_project, ("axes:\n", LIVE + "axes:\n  turns: [2]\n"))
    assert look(small_project, ready).forecast.calls == 24 * 3
    run = drawn(ready, store)
    assert look(small_project, ready, run=run).forecast.calls == 0
    assert look(small_project, ready, reuse=True).asked.held == 24 * 3
    fresh = look(small_project, ready)
    assert fresh.forecast.input_tokens.likely is not None
    assert fresh.forecast.input_tokens.likely < fresh.forecast.input_tokens.most


PROFILE = """\
adapter: claude
model: claude-haiku-4-5
key_env: {key}
base_url: {url}
price: {{input: 1, output: 5}}
settings: {{max_tokens: 100}}
limits: {{requests_per_minute: 12}}
"""


@pytest.fixture
def hosted(small_project: SmallProject, vendors: FakeVendors) -> Callable[..., Prepared]:
    """Give a function that prepares the small suite for a fake Claude: 12 calls with 4 prompts."""
    small_project.write("providers/claude.yaml", PROFILE.format(key=KEY_VARIABLE, url=vendors.base_url("claude")))

    def make(*swaps: tuple[str, str]) -> Prepared:
        return prepared(small_project, ("[script]", "[claude]"), ("  temperature: [0.0, 1.0]\n", ""), *swaps)

    return make


def test_vendor_counts_each_prompt_once(
    small_project: SmallProject, vendors: FakeVendors, hosted: Callable[..., Prepared]
) -> None:
    """The fake counts 3 words in each probe and 6 in the system prompt: 3 repeats of 3, 3, 9 and 9 make 72."""
    found = look(small_project, hosted())
    assert (found.forecast.counted, found.forecast.prompts, found.uncounted) == (4, 4, None)
    assert found.forecast.input_tokens == Amount(72, 72)
    assert found.forecast.output_tokens == Amount(None, 1200)
    assert found.forecast.cost_usd is not None
    assert found.forecast.cost_usd.likely is None
    assert found.forecast.cost_usd.most == pytest.approx((72 * 1 + 1200 * 5) / 1e6)
    assert found.forecast.seconds == 60
    assert len(vendors.counted("claude")) == len(vendors.received) == 4


def test_many_prompts_are_sampled(
    small_project: SmallProject, vendors: FakeVendors, hosted: Callable[..., Prepared]
) -> None:
    """Of 40 prompts 16 are counted, and the words of the others follow from their bytes."""
    cases = "".join(f"  - {{id: c{each}, prompt: Say it {each:02} times.}}\n" for each in range(40))
    ready = hosted(("  system: [none, dense]\n", "  system: [none]\n"), ("cases:\n", f"cases:\n{cases}"))
    ready = prepare(ready.suite, small_project.project, Selection(cases=tuple(f"c{each}" for each in range(40))))
    found = look(small_project, ready)
    assert (found.forecast.counted, found.forecast.prompts) == (16, 40)
    assert found.forecast.input_tokens.most == pytest.approx(40 * 3 * 4)  # four words each, all of one length
    assert len(vendors.counted("claude")) == 16


def test_offline_asks_nobody(
    small_project: SmallProject, vendors: FakeVendors, hosted: Callable[..., Prepared]
) -> None:
    """Bytes are counted instead: 14 and 18 letters, and 26 of the system prompt."""
    found = look(small_project, hosted(), offline=True)
    assert found.uncounted == "offline"
    system, one, two = 26 // 4 + 4, 14 // 4 + 4, 18 // 4 + 4
    assert found.forecast.input_tokens.most == 3 * (2 * system + 2 * one + 2 * two)
    assert vendors.received == []


def test_batch_is_priced_as_one(small_project: SmallProject, hosted: Callable[..., Prepared]) -> None:
    """Half the price for what is paid for; a model that is free is not sent in batches."""
    ready = hosted()
    whole, half = look(small_project, ready), look(small_project, ready, batch=True)
    assert whole.forecast.cost_usd is not None
    assert half.forecast.cost_usd is not None
    assert half.forecast.cost_usd.most == pytest.approx(whole.forecast.cost_usd.most / 2)
    free = prepared(small_project, ("[claude]", "[script]"))
    assert not look(small_project, free, batch=True).known.batch
