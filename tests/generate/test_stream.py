"""The completions of single calls, as they come back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProviderError
from evalkit.providers.adopt import adopt
from tests.generate.conftest import Mine, answered, mine

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Completion, Sample


async def _at_once(sample: Sample) -> Completion:
    await asyncio.sleep(0)
    return answered(sample)


async def _settled() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


def _stream(adapter: Mine, make_sample: Callable[..., Sample], count: int = 100) -> Any:  # noqa: ANN401 - its own methods
    return adopt(adapter, adapter.profile).complete(map(make_sample, range(count)))


def test_each_sample_comes_back_once(make_sample: Callable[..., Sample]) -> None:
    """Whatever the order."""
    adapter = Mine(mine(limits={"concurrency": 7}), _at_once)

    async def go() -> list[int]:
        return [sample.position async for sample, _ in _stream(adapter, make_sample)]

    assert sorted(asyncio.run(go())) == list(range(100))


def test_a_call_keeps_its_place_until_the_next_one_is_asked_for(make_sample: Callable[..., Sample]) -> None:
    """Four places, and nothing is taken: four calls are made and no more; each that is taken lets one more go."""
    adapter = Mine(mine(limits={"concurrency": 4}), _at_once)

    async def go() -> list[int]:
        stream, made = _stream(adapter, make_sample), list[int]()
        for _ in range(3):
            await anext(stream)
            await _settled()
            made.append(len(adapter.asked))
        await stream.aclose()
        return made

    assert asyncio.run(go()) == [4, 5, 6]


def test_a_call_keeps_its_place_until_its_answer_is_committed(make_sample: Callable[..., Sample]) -> None:
    """Taking completions frees no place where commits are announced; a commit frees those of all that were taken."""
    adapter = Mine(mine(limits={"concurrency": 4}), _at_once)

    async def go() -> list[int]:
        stream, made = _stream(adapter, make_sample), list[int]()
        stream.keep_until_committed()
        for _ in range(3):
            await anext(stream)
        await _settled()
        made.append(len(adapter.asked))
        stream.committed()
        await _settled()
        made.append(len(adapter.asked))
        await stream.aclose()
        return made

    assert asyncio.run(go()) == [4, 7]


def test_what_came_before_a_failure_is_given_first(make_sample: Callable[..., Sample]) -> None:
    """Then the failure is raised, once."""

    async def answer(sample: Sample) -> Completion:
        if sample.position == 2:
            raise ProviderError("the key is not valid")
        return answered(sample)

    adapter = Mine(mine(limits={"concurrency": 1}), answer)

    async def go() -> tuple[list[int], bool]:
        stream = _stream(adapter, make_sample)
        came = [(await anext(stream))[0].position for _ in range(2)]
        with pytest.raises(ProviderError, match="the key is not valid"):
            await anext(stream)
        return came, await anext(stream, None) is None

    assert asyncio.run(go()) == ([0, 1], True)


def test_a_call_that_ignores_being_cancelled_does_not_keep_the_stream_open(
    make_sample: Callable[..., Sample],
) -> None:
    """What it answers all the same can be taken, and nothing more is asked."""

    async def answer(sample: Sample) -> Completion:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
        return answered(sample)

    adapter = Mine(mine(limits={"concurrency": 1}), answer)

    async def go() -> list[int]:
        stream = _stream(adapter, make_sample)
        stream.keep_until_committed()
        taking = asyncio.ensure_future(anext(stream))
        await _settled()
        taking.cancel()
        async with asyncio.timeout(10):
            await stream.aclose()
        return [sample.position async for sample, _ in stream]

    assert asyncio.run(go()) == [0]
    assert len(adapter.asked) == 1
