"""Runs as the store gives them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.store.runs import read_run
from evalkit.types import Run

if TYPE_CHECKING:
    from evalkit.types import Json

PROFILES: Json = {"script": {"model": "script"}}
SELECTION: Json = {"providers": ["script"], "repeats": 2, "cases": [], "axes": {}}


@pytest.mark.parametrize(("document", "version"), [({"suite": "made", "version": 3}, 3), ({"suite": "made"}, 1)])
def test_a_row_is_read_as_it_was_written(document: Json, version: int) -> None:
    """A seed of 64 bits is kept as text; a suite that states no version has the first."""
    texts = [json.dumps(each) for each in (document, SELECTION, {"evalkit": "0.1.0"}, PROFILES)]
    row = (
        *("the-id", "2026-11-25T10:00:00+00:00", None, "made", "hash", "suites/made.yaml", texts[0]),
        *(str(2**63 + 5), "drawn", texts[1], 20, texts[2], texts[3]),
    )
    assert read_run(row) == Run(
        id="the-id",
        suite_name="made",
        suite_version=version,
        suite_hash="hash",
        suite_path="suites/made.yaml",
        document=document,
        started_at="2026-11-25T10:00:00+00:00",
        finished_at=None,
        seed=2**63 + 5,
        seed_from="drawn",
        selection=SELECTION,
        planned=20,
        versions={"evalkit": "0.1.0"},
        profiles=PROFILES,
    )
