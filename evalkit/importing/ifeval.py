"""Imports the prompts of IFEval.

Source of the layout: Zhou et al. 2023, "Instruction-Following Evaluation for Large Language Models", input_data.jsonl.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from evalkit.constraints.ifeval.published import published_spec
from evalkit.constraints.reasons import quoted
from evalkit.importing.published import NotMappedError, import_published

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.importing.imported import Imported
    from evalkit.types import Json

_LETTERS = "keywords:letter_frequency"
_LETTER = re.compile("[a-zA-Z]")


def import_ifeval(stream: BinaryIO, name: str) -> Imported:
    """Make a suite's cases of the published prompts; see `import_published`."""
    return import_published(stream, name, _spec, of_ifeval=True)


def _spec(identity: str, arguments: Mapping[str, Json], prompt: str) -> Json:
    """Return the constraint of an instruction; one whose verdict would be random is not mapped."""
    letter = arguments.get("letter")
    if identity == _LETTERS and isinstance(letter, str) and not _LETTER.fullmatch(letter):
        raise NotMappedError(f"for {quoted(letter)}, no letter from a to z, the benchmark counts a random one")
    return published_spec(identity, arguments, prompt)
