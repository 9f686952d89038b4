"""Reads what people said of texts, to hold a judge against."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from evalkit.constraints.judge import Judge
from evalkit.constraints.walk import every_part
from evalkit.errors import Location, SuiteError, suggestion
from evalkit.load.cursor import is_mapping
from evalkit.load.document import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from evalkit.protocols import Constraint
    from evalkit.types import Case, Json, Suite

KEYS = ("case", "text", "response", "question", "label", "repeat")
OURS, THEIRS, NEITHER = "text", "other", "equal"
"""What people say of two texts."""


@dataclass(frozen=True, slots=True)
class Label:
    """One person's answer to one question about one text.

    Attributes:
        answer: As the question's answers are written; of compared texts `text`, `other` or `equal`.
        system: The system prompt that has the judge asked; None where the case itself has.
    """

    case: Case
    judge: Judge
    text: str
    answer: str
    system: str | None = None


def answers_of(judge: Judge) -> tuple[str, ...]:
    """Return the answers that people and judge may agree on."""
    return (OURS, THEIRS, NEITHER) if judge.form.compared else judge.form.words


def read_labels(path: Path, name: str, suite: Suite) -> list[Label]:
    """Read labels, one JSON object to a line: `case`, `text` (or `response`), `label`, and `question` where needed.

    Raises:
        SuiteError: The file cannot be read, or a line is wrong; the error says which and why.
    """
    try:
        text = decode(path.read_bytes(), name)
    except OSError as error:
        raise SuiteError(f"{name} cannot be read: {error.strerror}", hint="see who may read it") from error
    labels = [_Line(name, number).read(line, suite) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not labels:
        raise SuiteError(f"{name} holds no labels", hint='a line is {"case": "...", "text": "...", "label": true}')
    return labels


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the file."""

    name: str
    number: int

    def fail(self, message: str, hint: str | None = None) -> NoReturn:
        raise SuiteError(message, location=Location(self.name, self.number, 1), hint=hint)

    def read(self, line: str, suite: Suite) -> Label:
        try:
            plain: Json = json.loads(line)
        except ValueError as error:
            self.fail(f"not valid JSON: {error}", "each line holds one JSON object")
        except RecursionError:
            self.fail("nested too deep", "a label is a flat JSON object")
        if not is_mapping(plain):
            self.fail("a label must be a JSON object", 'for example {"case": "...", "text": "...", "label": true}')
        for key in plain:
            if key not in KEYS:
                self.fail(f"unknown key `{key}`", suggestion(key, KEYS))
        cases = {case.id: case for case in suite.cases}
        case = cases.get(str(plain.get("case")))
        if case is None:
            self.fail(f"no case `{plain.get('case')}`", suggestion(str(plain.get("case")), cases))
        text = plain.get("text", plain.get("response"))
        if not isinstance(text, str):
            self.fail("a label needs `text` or `response`, which must be a text")
        judge, system = self._judge(case, suite, plain.get("question"))
        answer = self._answer(judge, plain.get("label"))
        return Label(case, judge, text.encode("utf-8", "replace").decode(), answer, system)

    def _judge(self, case: Case, suite: Suite, question: Json) -> tuple[Judge, str | None]:
        """Return the judge that is asked, and the system prompt that has it asked; the case's own go first."""
        judges: dict[Judge, str | None] = dict.fromkeys(_judges(case.constraints))
        if question is None and len(judges) == 1:
            return next(iter(judges.items()))
        for name, system in suite.systems.items():
            for judge in _judges(system.constraints):
                judges.setdefault(judge, name)
        if not judges:
            self.fail(f"case `{case.id}` has no `judge` constraint", "labels are held against what a judge says")
        if question is None and len(judges) == 1:
            return next(iter(judges.items()))
        found = [each for each in judges.items() if each[0].question == question]
        if len(found) == 1:
            return found[0]
        if question is not None and not found:
            self.fail(
                f"case `{case.id}` asks no judge {str(question)[:60]!r}",
                suggestion(str(question), [judge.question for judge in judges]),
            )
        return self.fail(f"case `{case.id}` asks judges {len(judges)} questions", "name one by its words: `question`")

    def _answer(self, judge: Judge, label: Json) -> str:
        answers = answers_of(judge)
        if label is True or label is False:
            label = "yes" if label else "no"
        elif isinstance(label, int):
            label = str(label)
        if label not in answers:
            few = ", ".join(answers) if len(answers) <= 7 else f"{answers[0]} to {answers[-1]}"
            self.fail(f"`label` must be an answer to the question, got {str(label)[:60]!r}", f"the answers are {few}")
        return str(label)


def _judges(constraints: Sequence[Constraint]) -> Iterator[Judge]:
    for constraint in constraints:
        for part in every_part(constraint):
            if isinstance(part, Judge):
                yield part
