"""Draws the next token from logits: exact, with nothing hidden, and from one random stream for each sample.

The order is temperature, top_k, top_p, min_p, each on the renormalised distribution that the one before left. At
temperature 0 the most likely token is taken, which is not the limit of anything.

A draw is an exponential race: with independent standard exponentials E, `argmax p / E` falls on token i with
probability p_i (the Gumbel-max trick in another dress). Every token's E comes from the sample's own stream in the order
of the vocabulary, so two samples with the same seed meet the same noise whatever their settings and their batch
(common random numbers).

Source: Gumbel 1954; Maddison, Tarlow and Minka 2014, "A* Sampling", arXiv 1411.0030, section 2.
"""

# The library's classes carry no types: what comes out of them is Any.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How one sample is drawn.

    Attributes:
        temperature: At least 0; 0 is greedy.
        top_k: At least 0; 0 keeps all.
        top_p: Above 0, at most 1; 1 keeps all.
        min_p: From 0 to 1; 0 keeps all.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0


_HEAD = 1024
"""Tokens that are looked at before a whole vocabulary is sorted."""


class Sampler:
    """Draws tokens for the rows of a batch, which may differ in their settings.

    Args:
        settings: One for each row.
        seeds: One for each row, 64 bits.
    """

    def __init__(self, settings: Sequence[SamplingSettings], seeds: Sequence[int]) -> None:
        self._settings = list(settings)
        self._streams = [
            None if each.temperature == 0 else np.random.Generator(np.random.PCG64(seed))
            for each, seed in zip(settings, seeds, strict=True)
        ]

    def keep(self, rows: Sequence[int]) -> None:
        """Forget every row but these."""
        self._settings = [self._settings[row] for row in rows]
        self._streams = [self._streams[row] for row in rows]

    def draw(self, logits: Tensor) -> Tensor:
        """Draw one token a row.

        Args:
            logits: Raw scores of the last position, shape (batch, vocab), float32.

        Returns:
            Token ids, shape (batch,).
        """
        tokens = logits.argmax(dim=-1)  # (batch,), right for the greedy rows
        drawn = [row for row, stream in enumerate(self._streams) if stream is not None]
        if not drawn:
            return tokens
        chosen = [self._settings[row] for row in drawn]
        probabilities = filtered_probabilities(logits if len(drawn) == len(tokens) else logits[drawn], chosen)
        noise = np.empty(tuple(probabilities.shape), dtype=np.float32)
        for place, row in enumerate(drawn):
            stream = self._streams[row]
            assert stream is not None
            stream.standard_exponential(out=noise[place], dtype=np.float32)
        # A noise of exactly 0 would win over any probability, even 0.
        race = torch.from_numpy(np.maximum(noise, np.finfo(np.float32).tiny)).to(probabilities.device)
        tokens[drawn] = probabilities.div_(race).argmax(dim=-1)
        return tokens


def filtered_probabilities(logits: Tensor, settings: Sequence[SamplingSettings]) -> Tensor:
    """Turn logits into the probabilities that tokens are drawn with.

    Args:
        logits: Shape (batch, vocab), float32.
        settings: One for each row, with a temperature above 0.

    Returns:
        Probabilities up to a factor for each row, shape (batch, vocab); 0 where a filter took a token out.
    """
    temperatures = torch.tensor([each.temperature for each in settings], dtype=logits.dtype, device=logits.device)
    probabilities = torch.softmax(logits / temperatures[:, None], dim=-1)  # (batch, vocab)
    cut = [row for row, each in enumerate(settings) if 0 < each.top_k < logits.shape[-1] or each.top_p < 1]
    if cut:
        probabilities[cut] = _cut_tail(probabilities[cut], [settings[row] for row in cut])
    least = torch.tensor([each.min_p for each in settings], dtype=logits.dtype, device=logits.device)
    if bool((least > 0).any()):
        floor = probabilities.amax(dim=-1) * least  # (batch,)
        probabilities.masked_fill_(probabilities < floor[:, None], 0.0)
    return probabilities


def _cut_tail(probabilities: Tensor, settings: Sequence[SamplingSettings]) -> Tensor:
    """Keep the k most likely tokens, then of those the fewest that reach top_p; ties fall to the lower token id."""
    vocabulary = probabilities.shape[-1]
    most = torch.tensor([each.top_k or vocabulary for each in settings], device=probabilities.device)
    shares = torch.tensor([each.top_p for each in settings], dtype=torch.float64, device=probabilities.device)
    kept = torch.zeros_like(probabilities)
    unsettled = torch.arange(len(settings), device=probabilities.device)
    # Sorting a whole vocabulary is slow, and the cut mostly falls among its likeliest tokens.
    for head in (min(_HEAD, vocabulary), vocabulary):
        rows, limit, share = probabilities[unsettled], most[unsettled], shares[unsettled]
        order = _likeliest(rows, head)  # (rows, head)
        ranks = torch.arange(head, device=probabilities.device)
        ordered = rows.gather(-1, order).masked_fill(ranks[None, :] >= limit[:, None], 0.0)
        mass = ordered.double().cumsum(dim=-1)  # float32 would lose the tail of a large vocabulary
        whole = torch.where(limit <= head, mass[:, -1], rows.double().sum(dim=-1))
        before = (mass - ordered.double()) / whole[:, None]  # share of the mass that stands before each token
        beyond = (before >= share[:, None]) & (ranks[None, :] > 0) & (share[:, None] < 1)
        ordered = ordered.masked_fill(beyond, 0.0)
        settled = (limit < head) | beyond[:, -1] | (head == vocabulary)
        kept[unsettled[settled]] = torch.zeros_like(rows[settled]).scatter_(-1, order[settled], ordered[settled])
        unsettled = unsettled[~settled]
        if not len(unsettled):
            break
    return kept


def _likeliest(probabilities: Tensor, count: int) -> Tensor:
    """Return the ids of the `count` likeliest tokens of each row, likeliest first, ties by id; shape (rows, count)."""
    if count == probabilities.shape[-1]:
        return probabilities.sort(dim=-1, descending=True, stable=True).indices
    ids = probabilities.topk(count, dim=-1).indices.sort(dim=-1).values  # by id, for the stable sort that follows
    return ids.gather(-1, probabilities.gather(-1, ids).sort(dim=-1, descending=True, stable=True).indices)
