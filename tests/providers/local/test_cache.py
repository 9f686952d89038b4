"""The cache that grows in place, against the library's own."""

from __future__ import annotations

from typing import Any

import torch
from transformers import DynamicCache

from evalkit.providers.local.cache import growing_cache


def test_logits_are_those_of_the_librarys_cache(tiny_model: Any) -> None:
    """Prompt, steps and a selection of rows give the same logits with either cache."""
    prompt = torch.tensor([[3, 4, 5], [6, 7, 8]])
    ours, theirs = growing_cache(tiny_model.config, 10), DynamicCache(config=tiny_model.config)
    with torch.inference_mode():
        for ids in (prompt, torch.tensor([[9], [10]])):
            found = tiny_model(ids, past_key_values=ours).logits
            wanted = tiny_model(ids, past_key_values=theirs).logits
            assert torch.equal(found, wanted)
        rows = torch.tensor([1, 1, 0])
        ours.batch_select_indices(rows)
        theirs.batch_select_indices(rows)
        step = torch.tensor([[11], [12], [13]])
        assert torch.equal(
            tiny_model(step, past_key_values=ours).logits, tiny_model(step, past_key_values=theirs).logits
        )
    assert ours.get_seq_length() == theirs.get_seq_length() == 5
