"""Batched generation against the library's own, one prompt at a time."""

# The library's classes carry no types, and a test may look inside an adapter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
from __future__ import annotations

from typing import Any

import pytest
import torch

from evalkit.providers.local.decode import CancelledBatchError, Decoder, Request
from evalkit.providers.local.sampling import SamplingSettings
from tests.providers.conftest import make_tokenizer

GREEDY = SamplingSettings(0.0)
PROMPTS = [tuple(range(2, 2 + length)) for length in (1, 3, 9, 4)] + [(30, 31, 30, 31)]
END = frozenset({0})


def decoder(model: Any, end: frozenset[int] = END) -> Decoder:
    """Make a decoder with the tests' tokenizer."""
    return Decoder(model, make_tokenizer(), end)


def reference(model: Any, prompt: tuple[int, ...], count: int) -> list[int]:
    """Let the library generate greedily; without the end token."""
    ids = torch.tensor([prompt])
    made = model.generate(
        ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=count, pad_token_id=1
    )
    tokens: list[int] = made[0, len(prompt) :].tolist()
    return tokens[: tokens.index(0)] if 0 in tokens else tokens


@pytest.mark.parametrize("count", [1, 12, 40])
def test_greedy_matches_the_library_token_for_token(tiny_model: Any, count: int) -> None:
    """Prompts of different lengths in one padded batch give what each gives alone in `generate`."""
    requests = [Request(prompt, GREEDY, 0, count) for prompt in PROMPTS]
    made = decoder(tiny_model).generate(requests)
    assert [each.tokens for each in made] == [reference(tiny_model, prompt, count) for prompt in PROMPTS]


def test_end_in_the_middle_of_a_batch(tiny_model: Any) -> None:
    """A row that meets the end leaves; the others go on as if it had never been there."""
    paths = [reference(tiny_model, prompt, 30) for prompt in PROMPTS]
    ends = frozenset({0, paths[0][3]})
    made = decoder(tiny_model, ends).generate([Request(prompt, GREEDY, 0, 30) for prompt in PROMPTS])
    for each, path in zip(made, paths, strict=True):
        stops = [place for place, token in enumerate(path) if token in ends]
        assert each.tokens == path[: stops[0]] if stops else path
        assert each.stop_reason == ("eos" if stops or len(path) < 30 else "length")
    assert made[0].stop_reason == "eos"


def test_rows_have_limits_of_their_own(tiny_model: Any) -> None:
    """Each row ends at its own limit, with the reason `length`."""
    limits = [1, 5, 17]
    made = decoder(tiny_model, frozenset()).generate([Request(PROMPTS[1], GREEDY, 0, limit) for limit in limits])
    assert [len(each.tokens) for each in made] == limits
    assert {each.stop_reason for each in made} == {"length"}
    assert made[2].tokens[:5] == made[1].tokens


@pytest.mark.parametrize("size", [1, 2, 5])
def test_text_does_not_depend_on_the_batch(tiny_model: Any, size: int) -> None:
    """The same requests in batches of any size, in any order, give the same tokens."""
    requests = [
        Request(PROMPTS[index % len(PROMPTS)], SamplingSettings(0.7 + 0.1 * (index % 3)), index, 15)
        for index in range(10)
    ]
    together = decoder(tiny_model).generate(requests)
    backwards = requests[::-1]
    parts = [
        made for start in range(0, 10, size) for made in decoder(tiny_model).generate(backwards[start : start + size])
    ]
    assert [each.tokens for each in parts[::-1]] == [each.tokens for each in together]


def test_repeats_differ_and_seeds_repeat(tiny_model: Any) -> None:
    """Other seeds give other texts; the same seed gives the same text again."""
    asked = SamplingSettings(1.0)
    made = decoder(tiny_model).generate([Request(PROMPTS[0], asked, seed, 20) for seed in (1, 2, 3, 1)])
    assert made[0].tokens == made[3].tokens
    assert len({tuple(each.tokens) for each in made}) == 3


def test_stop_text_is_cut_where_it_first_appears(tiny_model: Any) -> None:
    """A stop text that spans tokens ends the answer and is not part of it."""
    free = decoder(tiny_model, frozenset()).generate([Request(PROMPTS[2], SamplingSettings(1.0), 4, 30)])[0]
    words = free.text.split()
    stop = f"{words[4][-1]} {words[5][:2]}"
    made = decoder(tiny_model, frozenset()).generate(
        [Request(PROMPTS[2], SamplingSettings(1.0), 4, 30, stop=("never", stop))]
    )[0]
    assert made.stop_reason == "stop"
    assert made.text == free.text[: free.text.index(stop)]
    assert len(made.tokens) < 30


def test_logprobs_are_the_models_own(tiny_model: Any) -> None:
    """They are of the distribution before temperature and filters, as an independent pass over the text gives it."""
    request = Request(PROMPTS[1], SamplingSettings(0.5, top_k=8), 9, 12, logprobs=3)
    plain = Request(PROMPTS[3], GREEDY, 0, 12)
    made = decoder(tiny_model, frozenset()).generate([plain, request])
    assert made[0].logprobs == []
    ids = torch.tensor([[*request.prompt, *made[1].tokens]])
    with torch.inference_mode():
        wanted = torch.log_softmax(tiny_model(ids).logits[0].double(), dim=-1)
    for step, token in enumerate(made[1].tokens):
        row = wanted[len(request.prompt) + step - 1]
        assert made[1].logprobs[step] == pytest.approx(float(row[token]), abs=1e-4)
        best = row.topk(3)
        assert [each for each, _ in made[1].top[step]] == best.indices.tolist()
        assert [value for _, value in made[1].top[step]] == pytest.approx(best.values.tolist(), abs=1e-4)


def test_batch_can_be_stopped_between_steps(tiny_model: Any) -> None:
    """What `each_step` raises ends the batch."""
    steps: list[int] = []

    def stop_at_three(tokens: int) -> None:
        steps.append(tokens)
        if len(steps) == 3:
            raise CancelledBatchError

    with pytest.raises(CancelledBatchError):
        decoder(tiny_model, frozenset()).generate([Request(PROMPTS[0], GREEDY, 0, 50)] * 2, each_step=stop_at_three)
    assert steps == [2, 2, 2]
