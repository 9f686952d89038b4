"""The independent checker that verdicts are held against: `if-verifiable`'s registry, with its sentence model."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalkit.types import Json


def provide_sentence_model(folder: Path) -> None:
    """Write the parameters of Punkt's English model where NLTK looks for them; the algorithm remains NLTK's own."""
    punkt: Any = import_module("punkt")
    parameters: Any = punkt.tokenizer_for("english").params
    model = folder / "tokenizers/punkt_tab/english"
    model.mkdir(parents=True)
    pairs = ["\t".join(pair) for pair in sorted(parameters.collocations)]
    contexts = [f"{word}\t{flags}" for word, flags in sorted(parameters.ortho_context.items())]
    files = {
        "collocations.tab": pairs,
        "sent_starters.txt": sorted(parameters.sent_starters),
        "abbrev_types.txt": sorted(parameters.abbrev_types),
        "ortho_context.tab": contexts,
    }
    for name, lines in files.items():
        (model / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    nltk: Any = import_module("nltk")
    nltk.data.path.insert(0, str(folder))


def followed(instruction_id: str, kwargs: Mapping[str, Json], text: str) -> bool:
    """Return the published strict verdict: a blank text follows nothing."""
    checker = _registry()[instruction_id](instruction_id)
    checker.build_description(**{name: value for name, value in kwargs.items() if value is not None})
    return bool(text.strip()) and bool(checker.check_following(text))


def followed_loosely(instruction_id: str, kwargs: Mapping[str, Json], text: str) -> bool:
    """Return the published loose verdict: any of eight variants follows, and a blank variant follows nothing."""
    lines = text.split("\n")
    parts = ["\n".join(lines[start:stop]).strip() for start, stop in ((1, None), (0, -1), (1, -1))]
    whole = [text, *parts]
    return any(followed(instruction_id, kwargs, each) for each in (*whole, *(each.replace("*", "") for each in whole)))


@cache
def _registry() -> Any:  # noqa: ANN401 - ships no types
    detector: Any = import_module("langdetect")
    detector.DetectorFactory.seed = 0  # left alone, it draws at random
    registry: Any = import_module("if_verifiable.ifeval.instructions_registry")
    return registry.INSTRUCTION_DICT
