"""How samples, completions and verdicts are written as rows, and read back."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.store import rows
from evalkit.types import OUTCOMES, Completion, Condition, Message, Profile, TokenLogprobs, Usage
from evalkit.verdicts import SOURCES, Scored, Span, Verdict

_TEXT = st.text()  # without surrogates, which are tested apart
_SETTINGS = st.dictionaries(
    st.sampled_from(["temperature", "max_tokens", "stop", "seed"]),
    st.one_of(st.floats(0, 2), st.integers(0, 2**63 - 1), st.booleans(), _TEXT, st.lists(_TEXT).map(tuple)),
)
_LOGPROB = st.floats(max_value=0, allow_nan=False)


@st.composite
def _logprobs(draw: st.DrawFn) -> TokenLogprobs:
    tokens = tuple(draw(st.lists(st.text(st.characters()), max_size=4)))
    numbers = tuple(draw(_LOGPROB) for _ in tokens)
    step = st.lists(st.tuples(_TEXT, _LOGPROB), max_size=3).map(tuple)
    top = tuple(draw(step) for _ in tokens) if draw(st.booleans()) else ()
    return TokenLogprobs(draw(st.sampled_from(["model", "sampling"])), tokens, numbers, top)


_COMPLETIONS = st.builds(
    Completion,
    outcome=st.sampled_from(OUTCOMES),
    text=_TEXT,
    stop_reason=st.none() | _TEXT,
    error=st.none() | _TEXT,
    applied=_SETTINGS,
    served_model=st.none() | _TEXT,
    usage=st.builds(Usage, st.none() | st.integers(0, 2**40), st.none() | st.integers(0, 2**40)),
    latency_s=st.none() | st.floats(0, 1e6),
    cost_usd=st.none() | st.floats(0, 1e6),
    logprobs=st.none() | _logprobs(),
)


@given(_COMPLETIONS)
def test_a_completion_comes_back_as_it_was(completion: Completion) -> None:
    """Every field, None and empty ones apart."""
    row = rows.completion_row(completion)
    assert len(row) == len(rows.COMPLETION_COLUMNS.split(", "))
    assert rows.read_completion(row) == completion


@pytest.mark.parametrize(
    "text",
    ["Zürich 漢字 🦜", "a\x00b", "line\r\nline\u2028", "", " \t"],
    ids=["unicode", "nul", "lines", "empty", "blank"],
)
def test_text_is_kept_to_the_letter(text: str) -> None:
    """White space and zero bytes belong to an answer."""
    assert rows.read_completion(rows.completion_row(Completion("complete", text=text))).text == text


def test_a_lone_surrogate_is_replaced_where_sqlite_cannot_hold_it() -> None:
    """Half a character from a model loses that half, and nothing else is lost with it."""
    broken = Completion("complete", text="a\ud800b", stop_reason="\udfff", error="\ud83d", served_model="m\ud800")
    for value in rows.completion_row(broken):
        if isinstance(value, str):
            value.encode()
    read = rows.read_completion(rows.completion_row(broken))
    assert (read.text, read.stop_reason, read.error, read.served_model) == ("a?b", "?", "?", "m?")


def test_a_lone_surrogate_in_plain_data_survives() -> None:
    """JSON writes it as an escape."""
    settings = {"stop": ("\ud800",)}
    text = rows.to_json(settings)
    assert text.isascii()
    assert rows.read_settings(text) == settings


def test_probability_zero_has_a_logarithm() -> None:
    """A token that a filter took away has minus infinity, which JSON cannot write."""
    logprobs = TokenLogprobs("sampling", ("a",), (-math.inf,), ((("a", 0.0), ("b", -math.inf)),))
    row = rows.completion_row(Completion("complete", logprobs=logprobs))
    assert "Infinity" not in str(row[-1])
    assert rows.read_completion(row).logprobs == logprobs


@pytest.mark.parametrize("value", [math.nan, math.inf, {"deep": [math.nan]}], ids=["nan", "infinity", "deep"])
def test_what_is_no_number_is_refused(value: Any) -> None:  # noqa: ANN401 - plain data
    """NaN never gets into the store."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        rows.to_json(value)


_VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _TEXT)


@given(
    st.lists(st.tuples(st.text(st.characters()), _VALUES | st.lists(_TEXT).map(tuple)), unique_by=lambda pair: pair[0])
)
def test_a_condition_keeps_order_and_types(values: list[Any]) -> None:
    """A tuple comes back as one, 1 does not become 1.0 or true."""
    condition = Condition(tuple(values))
    read = rows.read_condition(rows.condition_text(condition))
    assert read == condition
    assert [type(value) for _, value in read.values] == [type(value) for _, value in condition.values]


@given(st.lists(st.builds(Message, st.sampled_from(["system", "user", "assistant"]), st.text(st.characters()))))
def test_messages_come_back_as_they_were(messages: list[Message]) -> None:
    """In order, whatever they say, lone surrogates included."""
    text = rows.messages_text(messages)
    assert text.isascii()
    assert rows.read_messages(text) == tuple(messages)


_UNIT = st.none() | st.floats(0, 1)
_VERDICTS = st.builds(
    Verdict,
    _TEXT,
    _UNIT,
    _UNIT,
    _TEXT,
    st.lists(st.builds(Span, st.integers(0), st.integers(0))).map(tuple),
    source=st.sampled_from(SOURCES),
    applies=st.booleans(),
)


@given(st.builds(Scored, st.lists(_VERDICTS).map(tuple), _UNIT, _UNIT))
def test_scores_come_back_as_they_were(scored: Scored) -> None:
    """Undecided stays undecided, which is not 0."""
    assert rows.read_scored(rows.scored_text(scored)) == scored


def test_a_profile_is_written_without_its_key() -> None:
    """Not even the variable that holds it is needed to read a run."""
    profile = Profile(
        "claude",
        "claude",
        "model-1",
        key_env="SECRET_NAME",
        limits={"concurrency": 8},
        settings={"stop": ("a",)},
        options={"a": [1]},
        path=Path("providers/claude.yaml"),
    )
    plain = rows.profile_json(profile)
    assert "SECRET_NAME" not in json.dumps(plain)
    assert plain["model"] == "model-1"
    assert plain["limits"] == {"concurrency": 8}
