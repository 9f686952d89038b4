"""Generates a batch: prompts padded on the left, rows that have finished leave, distinct prompts are read once."""

# The library's classes carry no types: what comes out of them is Any.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import torch

from evalkit.providers.local.cache import growing_cache
from evalkit.providers.local.sampling import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from evalkit.providers.local.sampling import SamplingSettings

StopReason = Literal["eos", "stop", "length"]


@dataclass(frozen=True, slots=True)
class Request:
    """One row of a batch.

    Attributes:
        prompt: Token ids, at least one.
        seed: Of the row's own random stream.
        max_tokens: Most tokens to generate, at least 1.
        stop: Texts that end the answer and are not part of it.
        logprobs: How many likely tokens to note at each step besides the chosen one; None notes nothing.
    """

    prompt: tuple[int, ...]
    settings: SamplingSettings
    seed: int
    max_tokens: int
    stop: tuple[str, ...] = ()
    logprobs: int | None = None


@dataclass(slots=True)
class Generated:
    """What one row came to.

    Attributes:
        tokens: Ids, without the one that ended the answer.
        text: The answer, special tokens and stop text removed.
        logprobs: Natural-log probability of each token under the model's own distribution, if asked for.
        top: The most likely tokens of each step with theirs, best first.
    """

    tokens: list[int] = field(default_factory=list[int])
    text: str = ""
    stop_reason: StopReason = "length"
    logprobs: list[float] = field(default_factory=list[float])
    top: list[list[tuple[int, float]]] = field(default_factory=list["list[tuple[int, float]]"])


class CancelledBatchError(Exception):
    """The batch was asked to stop between two steps."""


class Decoder:
    """Generates batches on one model.

    Args:
        model: A causal language model of the transformers library, in eval mode.
        tokenizer: Its tokenizer.
        end_tokens: Ids that end an answer.
    """

    def __init__(self, model: Any, tokenizer: Any, end_tokens: frozenset[int]) -> None:  # noqa: ANN401 - the library's types are not static
        self._model = model
        self._tokenizer = tokenizer
        self._end_tokens = end_tokens

    def generate(
        self, requests: Sequence[Request], *, each_step: Callable[[int], None] = lambda _: None
    ) -> list[Generated]:
        """Generate every row.

        Args:
            requests: The rows.
            each_step: Called after every step with the number of tokens it made; may raise to stop the batch.

        Returns:
            One for each request, in order.
        """
        with torch.inference_mode():
            return _Batch(self._model, self._tokenizer, self._end_tokens, requests).run(each_step)


class _Batch:
    """The state of one batch: row i of every tensor belongs to request `self._active[i]`."""

    def __init__(self, model: Any, tokenizer: Any, end_tokens: frozenset[int], requests: Sequence[Request]) -> None:  # noqa: ANN401 - as above
        self._model = model
        self._tokenizer = tokenizer
        self._end_tokens = end_tokens
        self._requests = requests
        self._made = [Generated() for _ in requests]
        self._active = list(range(len(requests)))
        self._sampler = Sampler([each.settings for each in requests], [each.seed for each in requests])
        self._device = model.device

    def run(self, each_step: Callable[[int], None]) -> list[Generated]:
        """Read the prompts, then take step after step until every row has ended."""
        logits = self._read_prompts()
        while True:
            tokens = self._sampler.draw(logits)  # (rows,)
            self._note(logits, tokens)
            remaining = self._advance(tokens.tolist())
            each_step(len(self._active))
            if not remaining:
                return self._finish()
            if len(remaining) < len(self._active):
                tokens = self._leave(remaining, tokens)
            logits = self._step(tokens)

    def _read_prompts(self) -> Tensor:
        """Run the distinct prompts through the model and return the last logits of every row, (rows, vocab)."""
        distinct = list(dict.fromkeys(request.prompt for request in self._requests))
        longest = max(map(len, distinct))
        ids = torch.zeros((len(distinct), longest), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, prompt in enumerate(distinct):
            ids[row, longest - len(prompt) :] = torch.tensor(prompt)  # padding on the left
            mask[row, longest - len(prompt) :] = 1
        self._cache = growing_cache(self._model.config, longest + max(each.max_tokens for each in self._requests))
        spread = torch.tensor([distinct.index(each.prompt) for each in self._requests], device=self._device)
        mask = mask.to(self._device)
        positions = (mask.cumsum(dim=-1) - 1).clamp(min=0)  # (distinct, longest); padding stands at 0, masked
        logits = self._last_logits(ids.to(self._device), mask, positions)  # (distinct, vocab)
        self._cache.batch_select_indices(spread)
        self._mask = mask[spread]
        self._positions = positions[spread, -1]  # (rows,)
        return logits[spread]

    def _step(self, tokens: Tensor) -> Tensor:
        """Feed one token a row and return the next logits, (rows, vocab)."""
        self._positions = self._positions + 1
        self._mask = torch.cat([self._mask, self._mask.new_ones((len(tokens), 1))], dim=-1)
        return self._last_logits(tokens[:, None], self._mask, self._positions[:, None])

    def _last_logits(self, ids: Tensor, mask: Tensor, positions: Tensor) -> Tensor:
        """Run new positions through the model, (rows, new), and return the last one's logits, (rows, vocab)."""
        made = self._model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Tensor = made.logits[:, -1]
        return logits.float()

    def _leave(self, remaining: Sequence[int], tokens: Tensor) -> Tensor:
        """Keep the rows at these places and return their tokens."""
        kept = torch.tensor(remaining, device=self._device)
        self._active = [self._active[place] for place in remaining]
        self._sampler.keep(remaining)
        self._cache.batch_select_indices(kept)
        self._mask = self._mask[kept]
        self._positions = self._positions[kept]
        return tokens[kept]

    def _advance(self, tokens: Sequence[int]) -> list[int]:
        """Give each row its token and return the places of the rows that go on."""
        remaining: list[int] = []
        for place, token in enumerate(tokens):
            request, made = self._requests[self._active[place]], self._made[self._active[place]]
            if token in self._end_tokens:
                made.stop_reason = "eos"
                del made.logprobs[len(made.tokens) :], made.top[len(made.tokens) :]
                continue
            made.tokens.append(token)
            if request.stop and self._first_stop(self._decode(made.tokens), request.stop) is not None:
                made.stop_reason = "stop"
            elif len(made.tokens) < request.max_tokens:
                remaining.append(place)
        return remaining

    def _finish(self) -> list[Generated]:
        for request, made in zip(self._requests, self._made, strict=True):
            text = self._decode(made.tokens)
            made.text = text[: self._first_stop(text, request.stop)]
        return self._made

    def _decode(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    @staticmethod
    def _first_stop(text: str, stops: Sequence[str]) -> int | None:
        return min((place for stop in stops if (place := text.find(stop)) >= 0), default=None)

    def _note(self, logits: Tensor, tokens: Tensor) -> None:
        """Note log-probabilities of the model's own distribution, before temperature and filters."""
        asked = [place for place, row in enumerate(self._active) if self._requests[row].logprobs is not None]
        if not asked:
            return
        logprobs = torch.log_softmax(logits[asked], dim=-1)  # (asked, vocab)
        chosen = logprobs.gather(-1, tokens[asked][:, None])[:, 0].tolist()
        most = max(self._requests[self._active[place]].logprobs or 0 for place in asked)
        best = logprobs.topk(most, dim=-1) if most else None
        for index, place in enumerate(asked):
            row = self._active[place]
            self._made[row].logprobs.append(chosen[index])
            count = self._requests[row].logprobs or 0
            if best is not None and count:
                ids, values = best.indices[index, :count].tolist(), best.values[index, :count].tolist()
                self._made[row].top.append(list(zip(ids, values, strict=True)))
