"""A key-value cache that grows in place.

The library's own cache makes a new tensor of all keys and values of every layer at every step. This one sets aside the
room that a batch can need once, and hands out views of the part in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer

if TYPE_CHECKING:
    from torch import Tensor


class GrowingLayer(DynamicLayer):
    """Keys and values of one layer, in a buffer of (batch, heads, capacity, head size)."""

    def __init__(self, capacity: int) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType] - the library's is untyped
        self._capacity = capacity
        self._length = 0
        self._key_room: Tensor | None = None
        self._value_room: Tensor | None = None

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:  # noqa: ANN401, ARG002 - the library's signature
        """Write new positions behind the old ones and return views of all of them."""
        if self._key_room is None or self._value_room is None:
            self.dtype, self.device = key_states.dtype, key_states.device
            self._key_room = _room(key_states, self._capacity)
            self._value_room = _room(value_states, self._capacity)
            self.is_initialized = True
        end = self._length + key_states.shape[-2]
        self._key_room[:, :, self._length : end] = key_states
        self._value_room[:, :, self._length : end] = value_states
        return self._show(end)

    def batch_select_indices(self, indices: Tensor) -> None:
        """Keep these rows, in this order; a row may be taken several times."""
        if self._key_room is None or self._value_room is None:
            return
        self._key_room = _selected(self._key_room, indices, self._length)
        self._value_room = _selected(self._value_room, indices, self._length)
        self._show(self._length)

    def _show(self, length: int) -> tuple[Tensor, Tensor]:
        assert self._key_room is not None
        assert self._value_room is not None
        self._length = length
        keys = self._key_room[:, :, :length]  # (batch, heads, length, head size)
        values = self._value_room[:, :, :length]
        self.keys, self.values = keys, values
        return keys, values


def growing_cache(config: Any, capacity: int) -> DynamicCache:  # noqa: ANN401 - the library's configuration classes
    """Return a cache for a model, with room for `capacity` positions in every layer that keeps them all.

    Layers of another kind, as of models with sliding windows, stay the library's own.
    """
    cache = DynamicCache(config=config)
    cache.layers = [GrowingLayer(capacity) if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


def _room(states: Tensor, capacity: int) -> Tensor:
    batch, heads, _, size = states.shape
    return torch.empty((batch, heads, capacity, size), dtype=states.dtype, device=states.device)


def _selected(room: Tensor, indices: Tensor, length: int) -> Tensor:
    chosen = torch.empty((len(indices), *room.shape[1:]), dtype=room.dtype, device=room.device)
    chosen[:, :, :length] = room[indices, :, :length]
    return chosen
