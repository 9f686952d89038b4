"""Imports the prompts of IFEval.

Source of the layout: Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models", input_data.jsonl.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from evalkit.constraints.ifeval.published import published_spec
from evalkit.importing.published import import_published

if TYPE_CHECKING:
    from evalkit.importing.imported import Imported


def import_ifeval(stream: BinaryIO, name: str) -> Imported:
    """Make a suite's cases of the published prompts; see `import_published`."""
    return import_published(stream, name, published_spec, of_ifeval=True)
