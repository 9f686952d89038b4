"""Responses kept as a run."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cells import scored_cells
from evalkit.errors import UsageError
from evalkit.report import report
from evalkit.responses.take import Source, survey_responses, take_responses
from evalkit.types import RESPONSES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.store import Store
    from evalkit.types import Run, Suite

    Taken = Callable[[Suite, Sequence[dict[str, Any]]], Run]


@pytest.fixture
def taken(store: Store, as_file: Callable[..., io.BytesIO]) -> Taken:
    """Give a function that stores responses."""

    def take(suite: Suite, values: Sequence[dict[str, Any]]) -> Run:
        source = Source(as_file(values), "r.jsonl", RESPONSES)
        return take_responses(suite, store, source, survey_responses(suite, source))

    return take


def test_a_run_holds_the_texts_in_the_suite_s_order(
    taken: Taken, made_suite: Callable[..., Suite], store: Store
) -> None:
    """Samples are numbered by case and repeat, whatever the order of the file; nothing is known that was not said."""
    suite = made_suite({"a": "A?", "b": "B?"}, constraints=[{"max_words": 1}])
    values: list[dict[str, Any]] = [
        {"prompt": "B?", "response": "one two"},
        {"prompt": "A?", "response": "x"},
        {"case": "b", "response": None},
        {"case": "a", "repeat": 3, "response": ""},
    ]
    run = taken(suite, values)
    cells = list(scored_cells(store, run, suite))
    drawn = [(cell.case_id, draw.position, draw.repeat, draw.completion.text) for cell in cells for draw in cell.draws]
    assert drawn == [("a", 0, 0, "x"), ("a", 3, 3, ""), ("b", 4, 0, "one two"), ("b", 5, 1, "")]
    values_of = [[verdict.value for verdict in draw.scored.verdicts] for cell in cells for draw in cell.draws]
    assert values_of == [[1.0], [1.0], [0.0], []]
    first = cells[0].draws[0].completion
    assert (first.outcome, first.served_model, first.cost_usd, first.attempts) == ("complete", None, None, 0)
    assert cells[0].model == "not known"
    assert store.sample(run.id, _identity(4)).messages[-1].content == "B?"


def _identity(position: int) -> Any:  # noqa: ANN401 - the store's own
    from evalkit.store import Identity

    return Identity(RESPONSES, position)


def test_a_run_is_complete_when_every_case_has_a_response(
    taken: Taken, made_suite: Callable[..., Suite], store: Store
) -> None:
    """A case without one is missing, which more repeats of another do not make up for."""
    suite = made_suite({"a": "A?", "b": "B?"})
    whole = taken(suite, [{"case": name, "response": "x"} for name in ("a", "b", "a")])
    assert store.run(whole.id).finished_at is not None
    assert report(whole, store).summary.missing == 0
    part = taken(suite, [{"case": "a", "response": "x"}] * 3)
    assert store.run(part.id).finished_at is None
    assert report(part, store).summary.missing == 1


def test_a_condition_without_any_response_is_not_part_of_the_run(
    taken: Taken, made_suite: Callable[..., Suite], store: Store
) -> None:
    """Texts of one condition are a run of one condition."""
    suite = made_suite({"a": "A?"}, axes={"temperature": [0, 1]})
    found = report(taken(suite, [{"case": "a", "response": "x", "condition": {"temperature": 1}}]), store)
    assert [row.condition.as_dict() for row in found.summary.rows] == [{"temperature": 1}]
    assert found.summary.missing == 0


def test_the_run_says_where_its_texts_are_from(taken: Taken, made_suite: Callable[..., Suite], store: Store) -> None:
    """Name and hash of the file, how much of it did not join, and that nothing more is known."""
    values = [{"case": "a", "response": "x", "provider": "gpt-4"}, {"case": "z", "response": "x"}]
    raw = "".join(json.dumps(value) + "\n" for value in values).encode()
    run = taken(made_suite({"a": "A?"}), values)
    assert run.selection["providers"] == ["gpt-4"]
    assert store.environment(run.id) == {
        "gpt-4": {"responses": "r.jsonl", "sha256": hashlib.sha256(raw).hexdigest(), "not_joined": 1}
    }
    assert "the texts came from elsewhere: nothing is known of how they were drawn" in report(run, store).summary.notes


def test_a_live_conversation_and_a_system_prompt_are_kept_as_far_as_known(
    taken: Taken, made_suite: Callable[..., Suite], store: Store
) -> None:
    """The messages are the suite's; replies that nobody knows stand empty."""
    suite = made_suite(
        {"a": "A?"},
        systems={"s": "Be brief."},
        conversation={"mode": "live", "exchanges": [{"user": "Hi."}]},
        axes={"system": ["s"], "turns": [1]},
    )
    run = taken(suite, [{"prompt": "A?", "response": "x"}])
    messages = store.sample(run.id, _identity(0)).messages
    assert [(message.role, message.content) for message in messages] == [
        ("system", "Be brief."),
        ("user", "Hi."),
        ("assistant", ""),
        ("user", "A?"),
    ]


def test_a_file_of_which_nothing_joins_makes_no_run(
    taken: Taken, made_suite: Callable[..., Suite], store: Store
) -> None:
    """The first reason is the hint; an empty file is told what a line looks like."""
    suite = made_suite({"a": "A?"})
    with pytest.raises(
        UsageError, match=r"none of the 1 responses in r\.jsonl belongs to a case of suite made"
    ) as raised:
        taken(suite, [{"prompt": "B?", "response": "x"}])
    assert raised.value.hint == "line 1: no case has its prompt `B?`"
    with pytest.raises(UsageError, match="none of the 0 responses"):
        taken(suite, [])
    assert store.runs() == []


def test_a_long_file_is_never_held_whole(made_suite: Callable[..., Suite], store: Store) -> None:
    """Ten megabytes of responses take a fraction of that."""
    line = json.dumps({"prompt": "A?", "response": "word " * 400}).encode() + b"\n"
    suite = made_suite({"a": "A?", "b": "B?"})
    source = Source(io.BytesIO(line * 5000), "r.jsonl", RESPONSES)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    run = take_responses(suite, store, source, survey_responses(suite, source))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - before < 4_000_000
    assert store.drawn_count(run.id) == 5000
