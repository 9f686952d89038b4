"""Turns what a Python test asks into a suite of one case, so that all that there is for suites serves tests, too."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from evalkit.constraints.digest import constraints_digest, digest_of
from evalkit.constraints.walk import asks_judge
from evalkit.errors import SuiteError, UsageError, suggestion
from evalkit.load import rebuild
from evalkit.protocols import Constraint
from evalkit.settings import SETTINGS
from evalkit.templates import verbatim
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalkit.types import Json, SettingValue, Suite

ConstraintLike: TypeAlias = "Constraint | str | Mapping[str, Any]"
"""A constraint as suites write it (`{"max_words": 60}`, `"valid_json"`), or an object that is one."""

RULES = ("judge", "truncated", "refusals", "judged", "max_failed")
"""What a suite may say of how its answers are judged."""
_UNNAMEABLE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        prompt: The last message of the user's, sent as it is.
        system: The system prompt; None for none at all.
        history: What was said before: pairs of the user's words and the model's.
        settings: Such as `temperature`; a `seed` is the run's.
        constraints: What the answers must meet; None for nothing.
        rules: How answers are judged; see `RULES`.
        path: The file beside which own code is looked for.
    """

    prompt: str
    path: Path
    system: str | None = None
    history: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, SettingValue] = field(default_factory=lambda: EMPTY)
    constraints: tuple[ConstraintLike, ...] | None = None
    rules: Mapping[str, Json] = field(default_factory=lambda: EMPTY)

    def demanding(self, constraints: Sequence[ConstraintLike] | None, judge: str | None) -> Question:
        """Return the same question with other constraints or another judge; None leaves either as it is."""
        demanded = self.constraints if constraints is None else _checked(constraints)
        return replace(
            self, constraints=demanded, rules=self.rules if judge is None else {**self.rules, "judge": judge}
        )


@dataclass(frozen=True, slots=True)
class Naming:
    """What the suite of a question is called.

    Attributes:
        suite: Its name.
        case: The id of its one case.
        node_id: Of the test, as pytest writes it.
    """

    suite: str
    case: str
    node_id: str


def naming(node_id: str, name: str, number: int) -> Naming:
    """Name the suite of a question after the test that asks it.

    Args:
        node_id: Of the test.
        name: Of the test, without its file.
        number: Of the call in the test, from 1; the same prompt asked twice is drawn twice.

    >>> naming("tests/test_it.py::test_tone[a b]", "test_tone[a b]", 2)
    Naming(suite='tests-test_it.py-test_tone-a-b', case='test_tone-a-b.2', node_id='tests/test_it.py::test_tone[a b]')
    """
    case = _named(name)
    return Naming(_named(node_id), case if number == 1 else f"{case}.{number}", node_id)


def _named(text: str) -> str:
    return _UNNAMEABLE.sub("-", text).strip("-.") or "test"


def question_suite(question: Question, named: Naming, *, provider: str, repeats: int) -> Suite:
    """Make a suite of a question.

    Raises:
        UsageError: What is asked, a setting or a constraint is wrong.
    """
    for name in question.settings:
        if name not in SETTINGS:
            raise UsageError(f"no setting `{name}`", hint=suggestion(name, SETTINGS))
    document: dict[str, Json] = {
        "suite": named.suite,
        "version": 1,
        "description": named.node_id,
        "providers": [provider],
        "repeats": repeats,
        **question.rules,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in question.settings.items()},
        "cases": [{"id": named.case, "prompt": verbatim(question.prompt)}],
    }
    axes: dict[str, Json] = {}
    if question.system is not None:
        document["systems"] = {"given": verbatim(question.system)}
        axes["system"] = ["given"]
    if question.history:
        said = [{"user": verbatim(user), "assistant": verbatim(reply)} for user, reply in question.history]
        document["conversation"] = {"exchanges": said}
        axes["turns"] = [len(said)]
    if axes:
        document["axes"] = axes
    plain, _ = _apart(question.constraints or ())
    if plain:
        document["constraints"] = plain
    return _built(document, question.path)


def with_constraints(suite: Suite, constraints: Sequence[ConstraintLike]) -> Suite:
    """Return the suite of a question with other constraints; the very same suite where they are the same.

    Raises:
        UsageError: One is wrong, or asks a judge who was not asked when the answers were drawn.
    """
    plain, objects = _apart(constraints)
    asked = {key: value for key, value in suite.document.items() if key != "constraints"}
    found = _built({**asked, "constraints": plain} if plain else asked, suite.path)
    if objects:
        case = found.cases[0]
        digest = digest_of(f"{found.hash} {constraints_digest(objects, ())}")
        found = replace(found, cases=(replace(case, constraints=(*case.constraints, *objects)),), hash=digest)
    if found.hash != suite.hash and any(map(asks_judge, found.cases[0].constraints)):
        raise UsageError(
            "a constraint asks a judge, and judges are asked as the answers are drawn",
            hint="give the constraints to `sample`",
        )
    return found


def _apart(constraints: Sequence[ConstraintLike]) -> tuple[list[Json], list[Constraint]]:
    """Part constraints into those that are plain data and those that are objects."""
    plain: list[Json] = []
    objects: list[Constraint] = []
    for each in _checked(constraints):
        if isinstance(each, str | Mapping):
            plain.append(each)
        else:
            objects.append(each)
    return plain, objects


def _checked(constraints: object) -> tuple[ConstraintLike, ...]:
    """Demand a list; a single constraint is easily written without its brackets."""
    if not isinstance(constraints, list | tuple):
        raise UsageError(
            f"constraints must be a list, got {reprlib.repr(constraints)}",
            hint="put brackets around it: [{'max_words': 60}]",
        )
    given = cast("Sequence[object]", constraints)
    for each in given:
        if not isinstance(each, str | Mapping | Constraint):
            raise UsageError(f"no constraint: {reprlib.repr(each)}", hint="write it as a suite does: {'max_words': 60}")
    return tuple(cast("Sequence[ConstraintLike]", given))


def _built(document: Mapping[str, Json], path: Path | None) -> Suite:
    try:
        return rebuild(document, path=path)
    except SuiteError as error:
        message = error.message if error.location is None else error.message.removeprefix(f"{error.location}: ")
        raise UsageError(message, hint=error.hint) from error
    except TypeError as error:
        raise UsageError(
            f"what is asked must be plain data: {error}", hint="texts, numbers, lists and dictionaries"
        ) from error
