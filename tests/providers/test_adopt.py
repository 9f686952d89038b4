"""Making a provider of what an adapter's class built, however it behaves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProfileError, ProviderError
from evalkit.expand import Plan
from evalkit.generate import Work, generate
from evalkit.generate.calls import Calls
from evalkit.providers.adopt import adopt
from evalkit.providers.registry import build_provider
from evalkit.types import Case, Completion, Condition, Message, Profile, Usage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.generate import Tally
    from evalkit.protocols import Provider
    from evalkit.store import Store
    from evalkit.types import Suite

HEAD = """
import asyncio
import dataclasses
import time
from evalkit.types import Completion, Usage

class Mine:
    def __init__(self, profile):
        self.profile = profile

    def supports(self, setting):
        return True
"""
CALL = """
    async def call(self, sample):
        return Completion("complete", text=f"answer {sample.position}")
"""


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Provider]:
    """Give a function that writes an adapter of the user's own and builds its provider."""

    def make(body: str, **parts: Any) -> Provider:
        (tmp_path / "mine.py").write_text(HEAD + body, encoding="utf-8")
        fields: dict[str, Any] = {"name": "mine", "adapter": "./mine.py:Mine", "model": "mine-1"}
        return build_provider(Profile(**{**fields, **parts}, path=tmp_path / "mine.yaml"))

    return make


@pytest.fixture
def draw_beside_another(store: Store, make_suite: Callable[..., Suite]) -> Callable[[Provider], tuple[Tally, set[int]]]:
    """Give a function that draws ten samples of a provider and ten of another, which must all come."""

    def draw(provider: Provider) -> tuple[Tally, set[int]]:
        suite = make_suite(cases=(Case("one", "Say one thing."),), repeats=5)
        conditions = (Condition((("temperature", 0.0),)), Condition((("temperature", 1.0),)))
        other = build_provider(Profile("other", "scripted", "other-1"))
        run = store.create_run(
            suite,
            seed=7,
            seed_from="suite",
            selection={},
            planned=20,
            versions={},
            profiles=(provider.profile, other.profile),
        )
        works = [
            Work(each, Plan(suite, each.profile, 7, seed_drawn=False), conditions, suite.cases, 5)
            for each in (provider, other)
        ]
        tally = asyncio.run(generate(store, run.id, works))
        assert len(store.done(run.id, "other")) == 10
        assert "other" not in tally.failures
        return tally, store.done(run.id, "mine")

    return draw


def test_thirty_lines_are_enough(
    build: Callable[..., Provider], draw_beside_another: Callable[[Provider], tuple[Tally, set[int]]]
) -> None:
    """What an adapter leaves out is filled in."""
    provider = build(CALL, price={"input": 1, "output": 2})
    assert isinstance(provider, Calls)
    tally, done = draw_beside_another(provider)
    assert (tally.failures, done) == ({}, set(range(10)))
    price = provider.price()
    assert price is not None
    assert price.cost(Usage(1_000_000, 1_000_000)) == pytest.approx(3)
    assert provider.environment() == {}
    assert "Hello" in provider.render([Message("user", "Hello")])
    assert provider.caller.rates is None
    assert provider.caller.cache_minimum is None
    asyncio.run(provider.aclose())


def test_what_an_adapter_offers_is_used(build: Callable[..., Provider]) -> None:
    """Every optional part, and whatever else it can do."""
    body = """
    cache_minimum = 1024
    rates = "no rates at all"
    extra_talent = 3
    async def prepare(self, say):
        say("warming up", 0.5)
    def price(self):
        return None
    def render(self, messages):
        return "rendered"
    def environment(self):
        return {"device": "abacus"}
    def aclose(self):
        self.closed = True
    """
    provider = build(body + CALL, price={"input": 1, "output": 2})
    said: list[tuple[str, float | None]] = []

    def say(what: str, share: float | None) -> None:
        said.append((what, share))

    asyncio.run(provider.prepare(say))
    assert said == [("warming up", 0.5)]
    assert (provider.price(), provider.render([]), provider.environment()) == (None, "rendered", {"device": "abacus"})
    assert isinstance(provider, Calls)
    assert (provider.caller.cache_minimum, provider.caller.rates) == (1024, None)
    assert getattr(provider.caller, "extra_talent", None) == 3
    asyncio.run(provider.aclose())
    assert getattr(provider.caller, "closed", None) is True


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "adapter `Mine` has neither `call` nor `complete`"),
        ("    supports = None\n" + CALL, "adapter `Mine` has no method `supports`"),
        ("    async def supports(self, setting): ...\n" + CALL, "`Mine.supports` is asynchronous"),
        ("    def supports(self): ...\n" + CALL, "`Mine.supports` cannot be called with one argument: too many "),
        ("    def call(self, sample): ...", "`Mine.call` is not asynchronous"),
        ("    async def call(self): ...", "`Mine.call` cannot be called with one argument: too many "),
        ("    async def call(self, a, b): ...", "`Mine.call` cannot be called with one argument: missing "),
        ("    call = 3", "adapter `Mine` has no method `call`"),
        ("    async def complete(self, samples, more): ...", "`Mine.complete` cannot be called with one argument: "),
        ("    complete = None", "adapter `Mine` has no method `complete`"),
        (CALL + "    def __init__(self): ...", "adapter `./mine.py:Mine` cannot be built: TypeError: "),
        (CALL + "    def __init__(self, p): 1 / 0", "adapter `./mine.py:Mine` cannot be built: ZeroDivisionError: "),
    ],
)
def test_a_wrong_form_is_refused_before_anything_is_asked(
    build: Callable[..., Provider], body: str, message: str
) -> None:
    """With the file, and what to write."""
    with pytest.raises(ProfileError) as raised:
        build(body)
    assert f"mine.yaml: {message}" in raised.value.message
    assert raised.value.hint
    assert "\n" not in raised.value.message


def _gives(statement: str) -> str:
    """Return a call that does something at the fourth sample and answers the others."""
    return f"""
    async def call(self, sample):
        if sample.position == 3:
            {statement}
        return Completion("complete", text="fine")
    """


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (_gives("return None"), "`Mine.call` returned NoneType where a Completion belongs"),
        (_gives("return 'text'"), "`Mine.call` returned str where a Completion belongs"),
        (_gives("return Completion('fine')"), "`Mine.call` gave a completion with the outcome 'fine'; there is comp"),
        (_gives("return Completion('complete', text=None)"), "gave a completion with `text` NoneType where text belon"),
        (_gives("return Completion('complete', stop_reason=3)"), "with `stop_reason` int where text belongs"),
        (_gives("return Completion('complete', cost_usd=float('nan'))"), "`cost_usd` nan where a number from 0 upwar"),
        (_gives("return Completion('complete', latency_s=-1)"), "`latency_s` -1 where a number from 0 upwards belongs"),
        (_gives("return Completion('complete', usage=None)"), "`usage` NoneType where a Usage belongs"),
        (_gives("return Completion('complete', usage=Usage(-1, 2))"), "gave a completion with -1 tokens"),
        (_gives("return Completion('complete', usage=Usage(1.5, 2))"), "gave a completion with 1.5 tokens"),
        ("    async def prepare(self, say): 1 / 0\n" + CALL, "`Mine.prepare` raised ZeroDivisionError: division by"),
        ("    def supports(self, setting): 1 / 0\n" + CALL, "`Mine.supports` raised ZeroDivisionError: division by"),
        ("    def supports(self, setting): return 3\n" + CALL, "`Mine.supports('temperature')` returned int"),
        ("    def supports(self, setting): return None\n" + CALL, "`Mine.supports('temperature')` returned NoneType"),
    ],
)
def test_a_misbehaving_adapter_ends_alone(
    build: Callable[..., Provider],
    draw_beside_another: Callable[[Provider], tuple[Tally, set[int]]],
    body: str,
    message: str,
) -> None:
    """With one sentence; what it gave before is kept and the other provider is unharmed."""
    tally, done = draw_beside_another(build(body, limits={"concurrency": 1}))
    assert message in tally.failures["mine"].message
    assert done in ({0, 1, 2}, set())


def test_a_call_that_raises_is_an_error_of_its_own(
    build: Callable[..., Provider], draw_beside_another: Callable[[Provider], tuple[Tally, set[int]]]
) -> None:
    """The others are answered."""
    tally, done = draw_beside_another(build(_gives("raise KeyError('choices')")))
    assert tally.failures == {}
    assert done == set(range(10)) - {3}
    assert tally.outcomes["error"] == 1


def test_a_call_that_would_end_python_ends_its_provider_alone(
    build: Callable[..., Provider], draw_beside_another: Callable[[Provider], tuple[Tally, set[int]]]
) -> None:
    """A library that calls `sys.exit` takes nothing else of the run with it."""
    tally, _ = draw_beside_another(build(_gives("raise SystemExit(3)")))
    assert tally.failures["mine"].message == "`Mine.call` raised SystemExit: 3"


@pytest.mark.parametrize(
    ("body", "message", "kept"),
    [
        ("return None", "`Mine.complete` returned coroutine, not a stream", 0),
        ("yield None", "`Mine.complete` gave NoneType where a pair belongs", 0),
        ("yield 1, 2", "`Mine.complete` gave tuple where a pair belongs", 0),
        ("for sample in samples: yield sample", "`Mine.complete` gave Sample where a pair belongs", 0),
        (
            "yield next(iter(samples)), Completion('fine')",
            "`Mine.complete` gave a completion with the outcome 'fine'",
            0,
        ),
        ("raise RuntimeError('no memory')\n        yield", "`Mine.complete` raised RuntimeError: no memory", 0),
        ("raise TimeoutError('gpu')\n        yield", "`Mine.complete` raised TimeoutError: gpu", 0),
        (
            """
        for sample in samples:
            if sample.position == 3:
                await asyncio.sleep(3600)
            yield sample, Completion('complete')
            """,
            "adapter `./mine.py:Mine` gave no completion for 0.2 s",
            3,
        ),
        (
            """
        for sample in samples:
            if sample.position < 4:
                yield sample, Completion('complete')
            """,
            "adapter `./mine.py:Mine` ended with 6 of its samples unanswered",
            4,
        ),
        (
            """
        for sample in samples:
            yield sample, Completion('complete', text="first")
            if sample.position == 2:
                yield sample, Completion('complete', text="second")
            """,
            "adapter `./mine.py:Mine` returned a completion that nobody asked for",
            3,
        ),
        (
            """
        for sample in samples:
            wrong = dataclasses.replace(sample, position=77) if sample.position == 2 else sample
            yield wrong, Completion('complete')
            """,
            "adapter `./mine.py:Mine` returned a completion that nobody asked for",
            2,
        ),
        (
            """
        for sample in samples:
            wrong = dataclasses.replace(sample, key="of another prompt") if sample.position == 2 else sample
            yield wrong, Completion('complete')
            """,
            "adapter `./mine.py:Mine` returned a completion that nobody asked for",
            2,
        ),
        (
            """
        try:
            for sample in samples:
                yield sample, Completion('complete')
                if sample.position == 4:
                    raise KeyError('lost')
        finally:
            await asyncio.sleep(0)
            1 / 0
            """,
            "`Mine.complete` raised ZeroDivisionError: division by zero",
            5,
        ),
    ],
)
def test_a_misbehaving_stream_ends_alone(
    build: Callable[..., Provider],
    draw_beside_another: Callable[[Provider], tuple[Tally, set[int]]],
    body: str,
    message: str,
    kept: int,
) -> None:
    """With one sentence; what it gave before is kept and the other provider is unharmed."""
    provider = build(f"    async def complete(self, samples):\n        {body.strip()}\n", timeout_s=0.2)
    tally, done = draw_beside_another(provider)
    assert message in tally.failures["mine"].message
    assert done == set(range(kept))


def test_a_stream_may_be_any_asynchronous_iterator(
    build: Callable[..., Provider], draw_beside_another: Callable[[Provider], tuple[Tally, set[int]]]
) -> None:
    """It need not be a generator, nor have a way to be closed."""
    body = """
    def complete(self, samples):
        return Iterating(samples)

class Iterating:
    def __init__(self, samples):
        self.samples = iter(samples)
    def __aiter__(self):
        return self
    async def __anext__(self):
        for sample in self.samples:
            return sample, Completion("complete", text="fine")
        raise StopAsyncIteration
    """
    tally, done = draw_beside_another(build(body))
    assert (tally.failures, done) == ({}, set(range(10)))


def test_a_stream_that_is_closed_badly_says_so(build: Callable[..., Provider], make_sample: Callable[..., Any]) -> None:
    """One that goes on giving when it should end."""
    provider = build("""
    async def complete(self, samples):
        for sample in samples:
            try:
                yield sample, Completion("complete")
            except GeneratorExit:
                yield sample, Completion("complete")
    """)

    async def go() -> None:
        stream: Any = provider.complete([make_sample(0), make_sample(1)])
        await anext(stream)
        await stream.aclose()

    with pytest.raises(ProviderError, match=r"`Mine\.complete` raised RuntimeError: async generator ignored"):
        asyncio.run(go())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("    async def aclose(self): raise OSError('busy')", "`Mine.aclose` raised OSError: busy"),
        ("    def aclose(self): raise OSError('busy')", "`Mine.aclose` raised OSError: busy"),
    ],
)
def test_what_fails_at_the_end_is_a_sentence_too(build: Callable[..., Provider], body: str, message: str) -> None:
    """Of the adapter, and not a traceback."""
    with pytest.raises(ProviderError) as raised:
        asyncio.run(build(CALL + body).aclose())
    assert raised.value.message == message


def test_an_environment_that_is_none_is_a_sentence_too(build: Callable[..., Provider]) -> None:
    """It goes into the store, so that it must be names with values."""
    with pytest.raises(ProviderError, match=r"`Mine\.environment` returned int"):
        build(CALL + "    def environment(self): return 3").environment()


def test_nothing_at_all_is_no_adapter() -> None:
    """A function that forgot to return one."""
    with pytest.raises(ProfileError, match="adapter `NoneType` has no method `supports`"):
        adopt(None, Profile("mine", "./mine.py:make", "m"))


def test_evalkits_own_adapters_are_taken_as_they_are() -> None:
    """They keep to the form, and nothing is checked again for each completion."""
    provider = build_provider(Profile("script", "scripted", "script-1"))
    assert type(provider).__module__ == "evalkit.providers.scripted"
    assert Completion("complete").outcome == "complete"
