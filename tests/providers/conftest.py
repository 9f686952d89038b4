"""Tiny random models with a tokenizer of their own, the embedded model, and calls to fake vendors."""

# The library's classes carry no types, and a test may look inside an adapter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from asking import DIALECTS, Asking

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Profile
    from vendors.server import FakeVendors

WORDS = 60


def make_tokenizer() -> Any:
    """Make a tokenizer that knows sixty words, an end and a padding token."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {"<end>": 0, "<pad>": 1, **{f"▁w{number}": number + 2 for number in range(WORDS)}}
    model = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    model.pre_tokenizer = pre_tokenizers.Metaspace()
    model.decoder = decoders.Metaspace()
    tokenizer: Any = PreTrainedTokenizerFast(
        tokenizer_object=model, eos_token="<end>", pad_token="<pad>", padding_side="left"
    )
    tokenizer.chat_template = (
        "{% for message in messages %}w1 {{ message['content'] }} {% endfor %}"
        "{% if add_generation_prompt %}w2{% endif %}"
    )
    return tokenizer


def make_model(kind: str) -> Any:
    """Make a random model: `gpt2`, or `llama` with grouped-query attention."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(5)
    size = WORDS + 2
    if kind == "gpt2":
        config: Any = GPT2Config(
            vocab_size=size,
            n_positions=128,
            n_embd=32,
            n_layer=2,
            n_head=4,
            eos_token_id=0,
            bos_token_id=0,
            pad_token_id=1,
        )
        model: Any = GPT2LMHeadModel(config)
    else:
        config = LlamaConfig(
            vocab_size=size,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=128,
            eos_token_id=0,
            bos_token_id=0,
            pad_token_id=1,
        )
        model = LlamaForCausalLM(config)
    for parameter in model.parameters():
        parameter.data.mul_(6)  # sharper than at birth, so that greedy paths differ between prompts
    return model.eval()


@pytest.fixture(params=["gpt2", "llama"])
def tiny_model(request: pytest.FixtureRequest) -> Any:
    """Give a random model of each architecture."""
    return make_model(request.param)


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    """Save a random Llama with its tokenizer, as a model in a folder."""
    folder = tmp_path / "tiny"
    make_model("llama").save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """Give the folder of the embedded model, fetched where it is not there yet."""
    from evalkit.providers.local.smollm2 import ensure_smollm2

    return ensure_smollm2(lambda _what, _share: None)


@pytest.fixture
def asking(vendors: FakeVendors, vendor_profile: Callable[..., Profile]) -> Callable[..., Asking]:
    """Give a function that prepares calls to a model: `asking("claude", "claude-haiku-4-5")`."""

    def prepare(*names: str, **parts: Any) -> Asking:
        return Asking(vendors, vendor_profile(*names, **parts))

    return prepare


@pytest.fixture(params=DIALECTS)
def each_dialect(request: pytest.FixtureRequest, asking: Callable[..., Asking]) -> Asking:
    """Give calls to a model in every dialect, one after the other."""
    adapter, model, options = DIALECTS[request.param]
    return asking(adapter, model, options=options)


@pytest.fixture
def nobody() -> str:
    """Give an address on this machine where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
