"""The history for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator  # noqa: TID253 - the reference for schemas

from evalkit.reports.history_json import history_json, history_schema

if TYPE_CHECKING:
    from evalkit.history import History


def test_it_keeps_to_its_schema(history: History) -> None:
    """Every night of every kind does, and the schema requires what a reader relies on."""
    plain: dict[str, Any] = json.loads(json.dumps(history_json([history])))
    validator: Any = Draft202012Validator(history_schema())  # jsonschema's types are partly unknown
    validator.validate(plain)
    del plain["suites"][0]["nights"][0]["rows"]
    assert not validator.is_valid(plain)


def test_nights_without_a_number_have_no_rows(history: History) -> None:
    """They say why instead, and their mean is not known."""
    (suite,) = history_json([history])["suites"]
    incomplete, unjudged = suite["nights"][2], suite["nights"][4]
    assert (incomplete["rows"], incomplete["mean"]) == ([], None)
    assert incomplete["why_no_number"] == "60 of 80 draws failed or are missing"
    assert (unjudged["state"], unjudged["exit_code"], unjudged["baseline"]) == ("not judged", None, None)


def test_a_row_has_its_interval_and_what_it_was_held_against(history: History) -> None:
    """With the condition as axes have it."""
    (suite,) = history_json([history])["suites"]
    assert suite["nights"][0]["rows"][1] == {
        "provider": "local",
        "condition": {"system": "fluffy"},
        "estimate": 0.5,
        "low": 0.4,
        "high": 0.6,
        "baseline_estimate": 0.55,
        "limit": 0.5,
    }
    assert suite["nights"][6]["another_baseline"] is True
