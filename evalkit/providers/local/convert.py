"""Turns the quantised weights of a GGUF file into float32 safetensors with tokenizer and chat template.

A program of its own, because the libraries that read GGUF draw progress bars that cannot be turned off once they are
imported: `python -m evalkit.providers.local.convert FOLDER FILE TARGET`.
"""

# The library's classes carry no types: what comes out of them is Any.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sys
from typing import Any

import torch
import transformers


def convert(folder: str, file: str, target: str) -> None:
    """Read `file` in `folder` and write the model to `target`."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder, gguf_file=file)
    model: Any = transformers.AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32)
    # The library takes a model read from GGUF for a quantised one and refuses to save it; a fresh one is not.
    config = model.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    fresh = type(model)(config)
    fresh.load_state_dict(model.state_dict())
    fresh.generation_config = model.generation_config
    fresh.save_pretrained(target)
    tokenizer.save_pretrained(target)


if __name__ == "__main__":
    convert(*sys.argv[1:])
