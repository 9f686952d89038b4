"""Building constraints and measures from YAML data."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from evalkit.arguments import argument_schema, arguments_of, construct, summary_of
from evalkit.constraints.keywords import ContainsAll, ContainsAny
from evalkit.constraints.logic import AllOf, Not
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.structure import ValidJson
from evalkit.constraints.when import When
from evalkit.constraints.words import MaxWords
from evalkit.errors import ArgumentError, UsageError
from evalkit.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Graded:
    """Give a grade.

    Attributes:
        weight: How much it counts,
            from 0 to 1.
        pairs: Pairs of numbers.
    """

    name: ClassVar[str] = "graded"

    weight: float = 0.5
    pairs: tuple[tuple[int, int], ...] = ()
    note: str | None = None

    def __post_init__(self) -> None:
        if self.weight > 1:
            raise ValueError(f"too heavy: {self.weight}")


class Plain:
    """Not a dataclass."""


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A table of classes that are not shipped."""
    module = ModuleType("evalkit_test_classes")
    vars(module).update(Graded=Graded, Plain=Plain, number=3)
    sys.modules[module.__name__] = module
    table = {name: f"{module.__name__}:{attribute}" for name, attribute in _TABLE.items()}
    yield Registry(kind="measure", builtins=table, group="evalkit.none")
    del sys.modules[module.__name__]


_TABLE = {"graded": "Graded", "plain": "Plain", "number": "number"}

GOOD: list[tuple[Any, Any]] = [
    ("valid_json", ValidJson()),
    ({"valid_json": None}, ValidJson()),
    ({"valid_json": True}, ValidJson(fence=True)),
    ({"max_words": 60}, MaxWords(60)),
    ({"max_words": {"limit": 60}}, MaxWords(60)),
    ({"contains_all": ["Kafka", "RabbitMQ"]}, ContainsAll(("Kafka", "RabbitMQ"))),
    (
        {"contains_all": {"keywords": ["Kafka"], "whole_words": True}},
        ContainsAll(("Kafka",), whole_words=True),
    ),
    ({"not": {"contains_any": ["great question"]}}, Not(ContainsAny(("great question",)))),
    ({"not": "valid_json"}, Not(ValidJson())),
    ({"not": {"constraint": {"max_words": 3}}}, Not(MaxWords(3))),
    ({"all_of": ["valid_json", {"max_words": 3}]}, AllOf((ValidJson(), MaxWords(3)))),
    ({"all_of": {"constraints": [{"not": "valid_json"}]}}, AllOf((Not(ValidJson()),))),
    ({"when": {"if": "valid_json", "then": {"max_words": 3}}}, When(ValidJson(), MaxWords(3))),
]


@pytest.mark.parametrize(("spec", "constraint"), GOOD, ids=str)
def test_yaml_becomes_a_constraint(spec: Any, constraint: object) -> None:  # noqa: ANN401 - YAML's data
    """A bare name, the first argument alone, and arguments by name."""
    assert construct(CONSTRAINTS, spec, beside=None) == constraint


BAD: list[tuple[Any, tuple[str | int, ...], str, str | None]] = [
    ("max_word", (), "no constraint named `max_word`", "did you mean `max_words`"),
    ({"max_word": 3}, ("max_word",), "no constraint named `max_word`", "did you mean `max_words`"),
    ("max_words", (), "`max_words` needs the argument `limit`", "for example `max_words: 4`"),
    ({"max_words": None}, ("max_words",), "`max_words` needs the argument `limit`", None),
    ({"max_words": "60"}, ("max_words",), "`limit` of `max_words` must be a whole number, got '60'", None),
    ({"max_words": True}, ("max_words",), "`limit` of `max_words` must be a whole number, got true", None),
    ({"max_words": 60.0}, ("max_words",), "`limit` of `max_words` must be a whole number, got 60.0", None),
    ({"max_words": -1}, ("max_words",), "`limit` of `max_words` must be at least 0, got -1", None),
    ({"max_words": {"limit": -1}}, ("max_words", "limit"), "must be at least 0, got -1", None),
    (
        {"max_words": {"limits": 3}},
        ("max_words", "limits"),
        "`max_words` has no argument `limits`",
        "did you mean `limit`?",
    ),
    ({"contains_all": []}, ("contains_all",), "`keywords` of `contains_all` must not be empty", None),
    ({"contains_all": "Kafka"}, ("contains_all",), "must be a list, got 'Kafka'", "write [Kafka]"),
    ({"contains_all": ["a", ""]}, ("contains_all", 1), "must hold more than white space, got ''", None),
    (
        {"contains_all": {"keywords": ["a", 3]}},
        ("contains_all", "keywords", 1),
        "every entry of `keywords` of `contains_all` must be a text, got 3",
        None,
    ),
    (
        {"contains_any": {"keywords": ["a"], "ignore_case": "yes"}},
        ("contains_any", "ignore_case"),
        "`ignore_case` of `contains_any` must be a boolean, got 'yes'",
        None,
    ),
    ({"not": {"max_word": 2}}, ("not", "max_word"), "no constraint named `max_word`", "did you mean"),
    ("not", (), "`not` needs the argument `constraint`", "for example `not: {contains_any: [great question]}`"),
    (
        {"all_of": ["valid_json", {"not": {"any_of": [{"max_words": "x"}]}}]},
        ("all_of", 1, "not", "any_of", 0, "max_words"),
        "must be a whole number, got 'x'",
        None,
    ),
    ({"all_of": []}, ("all_of",), "`constraints` of `all_of` must not be empty", None),
    ({"all_of": 3}, ("all_of",), "`constraints` of `all_of` must be a list, got 3", "each with a dash"),
    (
        {"all_of": ["valid_json", 7]},
        ("all_of", 1),
        "must be a name, or one name with its arguments, got 7",
        "known are",
    ),
    ({"matches": "(abc"}, ("matches",), "missing )", "look-around"),
    ({}, (), "got 0 keys", "with a dash"),
    ({"max_words": 1, "min_words": 2}, (), "got 2 keys", "with a dash"),
    ({1: 2}, (), "name must be a text, got 1", None),
    (None, (), "got null", "known are"),
    ({"./mine.py:Mine": 1}, ("./mine.py:Mine",), "no constraint named `./mine.py:Mine`", None),
]


@pytest.mark.parametrize(("spec", "path", "message", "hint"), BAD, ids=lambda value: str(value)[:40])
def test_a_wrong_spec_says_where_what_and_what_to_do(
    spec: Any,  # noqa: ANN401 - YAML's data, wrong on purpose
    path: tuple[str | int, ...],
    message: str,
    hint: str | None,
) -> None:
    """The path leads to the value at fault; the message names it and the value met."""
    with pytest.raises(ArgumentError) as raised:
        construct(CONSTRAINTS, spec, beside=None)
    assert raised.value.path == path
    assert message in raised.value.message
    assert hint is None or hint in (raised.value.hint or "")
    assert not raised.value.message.endswith(".")


def test_a_long_value_is_not_repeated_in_full() -> None:
    """A message never holds a whole prompt."""
    with pytest.raises(ArgumentError) as raised:
        construct(CONSTRAINTS, {"max_words": "x" * 10_000}, beside=None)
    assert len(raised.value.message) < 200


def test_nesting_has_an_end() -> None:
    """Twenty constraints deep is enough; a thousand is refused, not a crash."""
    spec: Any = "valid_json"
    for _ in range(1_000):
        spec = {"not": spec}
    with pytest.raises(ArgumentError, match="more than 20 deep"):
        construct(CONSTRAINTS, spec, beside=None)


def test_a_class_in_a_file_beside_the_suite_is_used(tmp_path: Path) -> None:
    """Types that only type checkers import are found where evalkit defines them."""
    (tmp_path / "mine.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n"
        "    from evalkit.protocols import Constraint\n"
        "@dataclass(frozen=True)\n"
        "class Twice:\n"
        "    part: Constraint\n"
        "    times: int = 2\n"
    )
    built = construct(CONSTRAINTS, {"./mine.py:Twice": {"part": "valid_json", "times": 3}}, beside=tmp_path)
    assert (built.part, built.times) == (ValidJson(), 3)


def test_a_class_whose_types_cannot_be_found_is_refused(tmp_path: Path) -> None:
    """The hint says what to import."""
    (tmp_path / "lost.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "@dataclass\n"
        "class Lost:\n"
        "    where: Nowhere\n"
    )
    with pytest.raises(ArgumentError, match="Nowhere"):
        construct(CONSTRAINTS, "./lost.py:Lost", beside=tmp_path)


@pytest.mark.parametrize(
    ("spec", "built"),
    [
        ({"graded": 1}, Graded(1.0)),
        ({"graded": {"pairs": [[1, 2]]}}, Graded(pairs=((1, 2),))),
        ({"graded": {"note": None}}, Graded()),
        ({"graded": {"note": "x"}}, Graded(note="x")),
    ],
    ids=str,
)
def test_types_are_those_of_the_fields(registry: Registry, spec: Any, built: Graded) -> None:  # noqa: ANN401 - YAML's data
    """A whole number is a number, a list is a tuple, null is None."""
    assert construct(registry, spec, beside=None) == built


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"graded": True}, "`weight` of `graded` must be a number, got true"),
        ({"graded": float("nan")}, "must be a finite number, got nan"),
        ({"graded": 2.0}, "`graded` refuses its arguments: too heavy: 2.0"),
        ("plain", "is not a dataclass"),
        ("number", "`number` names no class but 3"),
        ("grade", "no measure named `grade`"),
    ],
    ids=str,
)
def test_other_kinds_are_refused_in_the_same_words(registry: Registry, spec: Any, message: str) -> None:  # noqa: ANN401 - YAML's data
    """Whatever the registry, the same checks hold."""
    with pytest.raises(ArgumentError) as raised:
        construct(registry, spec, beside=None)
    assert message in raised.value.message


def test_a_word_of_pythons_is_written_without_its_underscore() -> None:
    """The field `if_` is the argument `if`; what the docstring says of it is found."""
    condition, demand = arguments_of(When)
    assert (condition.name, condition.field, demand.name) == ("if", "if_", "then")
    assert condition.description.startswith("What a text must meet")


def test_arguments_carry_what_the_docstring_says() -> None:
    """Descriptions are joined to one line; defaults and types are the fields'."""
    weight, pairs, note = arguments_of(Graded)
    assert (weight.name, weight.annotation, weight.default) == ("weight", float, 0.5)
    assert weight.description == "How much it counts, from 0 to 1."
    assert pairs.description == "Pairs of numbers."
    assert note.description == ""
    assert summary_of(Graded) == "Give a grade."


@pytest.mark.parametrize("name", sorted(CONSTRAINTS.builtins))
def test_every_argument_of_a_builtin_is_described(name: str) -> None:
    """The generated reference has no gaps."""
    assert all(argument.description for argument in arguments_of(CONSTRAINTS.get(name)))


def test_only_dataclasses_have_arguments() -> None:
    """The fields are what YAML may give."""
    with pytest.raises(UsageError, match="not a dataclass"):
        arguments_of(Plain)


def _validator() -> Any:  # noqa: ANN401 - jsonschema's own class
    import jsonschema

    schema = {"$ref": "#/$defs/constraint", "$defs": {"constraint": argument_schema(CONSTRAINTS)}}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("spec", [spec for spec, _ in GOOD], ids=str)
def test_the_schema_accepts_what_can_be_built(spec: Any) -> None:  # noqa: ANN401 - YAML's data
    """An editor marks nothing that works."""
    assert _validator().is_valid(spec)


@pytest.mark.parametrize(
    "spec",
    [
        "max_word",
        "max_words",
        {"max_words": "60"},
        {"max_words": True},
        {"max_words": {"limits": 3}},
        {"contains_all": "Kafka"},
        {"contains_all": ["a", 3]},
        {"not": {"max_word": 2}},
        {"all_of": []},
        {"max_words": 1, "min_words": 2},
        {},
        None,
    ],
    ids=str,
)
def test_the_schema_refuses_what_cannot_be_built(spec: Any) -> None:  # noqa: ANN401 - YAML's data
    """An editor marks what `construct` would refuse."""
    assert not _validator().is_valid(spec)


def test_the_schema_describes_every_constraint() -> None:
    """An editor shows each class's first line."""
    text = str(argument_schema(CONSTRAINTS))
    assert all(summary_of(CONSTRAINTS.get(name)) in text for name in CONSTRAINTS.names())
