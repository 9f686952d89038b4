"""The independent reference: the checkers of `if-verifiable`, with the sentence model that NLTK would download."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from evalkit.types import Json

    Reference = Callable[[str, Mapping[str, Json], str], tuple[bool, bool]]


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """Return the reference's strict and loose verdicts on a text, from an instruction's id and arguments."""
    _write_sentence_model(tmp_path_factory.mktemp("nltk") / "tokenizers" / "punkt_tab" / "english")
    detectors: Any = import_module("langdetect")
    detectors.DetectorFactory.seed = 0  # unseeded, the reference's language is a draw
    registry: Any = import_module("if_verifiable.ifeval.instructions_registry")

    def judge(identity: str, arguments: Mapping[str, Json], text: str) -> tuple[bool, bool]:
        checker = registry.INSTRUCTION_DICT[identity](identity)
        checker.build_description(**arguments)
        followed = [bool(each.strip() and checker.check_following(each)) for each in _variants(text)]
        return followed[0], any(followed)

    return judge


def _variants(text: str) -> list[str]:
    """Return the eight texts of the loose verdict, written down from the paper and not from evalkit."""
    lines = text.split("\n")
    kept = [text, "\n".join(lines[1:]).strip(), "\n".join(lines[:-1]).strip(), "\n".join(lines[1:-1]).strip()]
    return [*kept, *(each.replace("*", "") for each in kept)]


def _write_sentence_model(folder: Path) -> None:
    """Write the parameters that the package `punkt` took from NLTK's data in NLTK's own format."""
    punkt: Any = import_module("punkt")
    model = punkt.load_model("english")
    folder.mkdir(parents=True)
    files = {
        "collocations.tab": ["\t".join(pair) for pair in model.collocations],
        "sent_starters.txt": model.sent_starters,
        "abbrev_types.txt": model.abbrev_types,
        "ortho_context.tab": [f"{word}\t{int(context)}" for word, context in model.ortho_context.items()],
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join(sorted(lines)), encoding="utf-8")
    nltk: Any = import_module("nltk")
    nltk.data.path.insert(0, str(folder.parents[2]))
