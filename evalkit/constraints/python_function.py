"""A constraint that is a function of the user's own."""

from __future__ import annotations

import ast
import signal
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.validation import check_text
from evalkit.errors import ArgumentError, suggestion
from evalkit.own_code.case import plain_case
from evalkit.own_code.process import EndedError, TooSlowError, worker
from evalkit.registry import shown_path
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.protocols import Context
    from evalkit.types import Json

_MOST_TIMES_SLOW = 3
"""Times in a row after which a function that takes too long is no longer called."""


@dataclass(frozen=True, slots=True)
class PythonFunction:
    """Demand what a function of your own demands.

    Attributes:
        function: `FILE.py:NAME`, looked for beside the suite.
        time_limit_s: Seconds that one call may take, above 0.

    The function is called as `NAME(text, case)` and returns True or False, a number from 0 to 1, or a
    `evalkit.verdicts.Score` with a reason and spans. `case` is an `evalkit.own_code.case.JudgedCase`, with the `id`,
    `prompt`, `system`, `variables`, `condition` and `messages` as they were sent.

    It runs in a process of its own. An exception, a wrong return value, a call that takes too long and a crash leave
    the verdict undecided, with the traceback kept; a function that takes too long three times in a row is not called
    again. What it prints goes to stderr.

    A text that was cut off is undecided without a call, for nobody knows what the function would say of the whole.
    """

    name: ClassVar[str] = "python"
    family: ClassVar[str] = "own code"
    examples: ClassVar[Examples] = Examples(
        arguments="checks.py:polite",
        met="Please use Kafka.",
        broken="Use Kafka.",
        undecided="Please use",
    )

    function: str
    time_limit_s: float = 10.0
    _path: Path | None = field(default=None, init=False, repr=False)
    _case: Json = field(default=None, init=False, repr=False, compare=False)
    _slow: list[None] = field(default_factory=list[None], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_text("function", self.function)
        file, _, name = self.function.partition(":")
        if not file.endswith(".py") or not name.isidentifier():
            raise ArgumentError(
                f"`function` must be `FILE.py:NAME`, got {self.function!r}",
                path=("function",),
                hint="for example `python: checks.py:polite`",
            )
        if not self.time_limit_s > 0:
            raise ArgumentError(f"`time_limit_s` must be above 0, got {self.time_limit_s:g}", path=("time_limit_s",))

    @property
    def label(self) -> str:
        """The name that reports show."""
        return f"python {self._name}"

    @property
    def _name(self) -> str:
        return self.function.partition(":")[2]

    def resolved(self, beside: Path | None) -> PythonFunction:
        """Find the file, and see without running it that it defines the function.

        Raises:
            ArgumentError: It does not.
        """
        if beside is None:
            return self
        file, _, name = self.function.partition(":")
        path = (beside / file).resolve()
        if not path.is_relative_to(beside.resolve()):
            raise _refused(f"`{file}` is not below {shown_path(beside)}", "keep it beside the suite that names it")
        if not path.is_file():
            raise _refused(f"no file `{shown_path(path)}` for `{self.function}`", "it is looked for beside the suite")
        _check_definition(path, name)
        return self._with(_path=path)

    def within(self, context: Context) -> PythonFunction:
        """Tell the function what was asked for."""
        return self._with(_case=plain_case(context))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by calling the function."""
        if self._path is None:
            return Score(None, f"`{self.function}` is looked for beside a suite's file, and there is none")
        if not whole:
            return Score(None, f"`{self._name}` was not asked, as the text was cut off")
        if len(self._slow) >= _MOST_TIMES_SLOW:
            return Score(None, f"`{self._name}` was not asked: it took too long {_MOST_TIMES_SLOW} times in a row")
        try:
            answer = worker().ask(
                str(self._path), self._name, {"text": text, "case": self._case}, limit_s=self.time_limit_s
            )
        except TooSlowError as error:
            self._slow.append(None)
            doing = "to import its file" if error.importing else "and was ended"
            return Score(None, f"`{self._name}` took longer than {error.limit_s:g} s {doing}")
        except EndedError as error:
            how = f"exit code {error.code}" if error.code >= 0 else signal.Signals(-error.code).name
            return Score(None, f"`{self._name}` ended its process ({how})")
        self._slow.clear()
        return _score(answer)

    def _with(self, **known: object) -> PythonFunction:
        other = replace(self)
        for name in ("_path", "_case", "_slow"):
            object.__setattr__(other, name, known.get(name, getattr(self, name)))
        return other


def _score(answer: Json) -> Score:
    """Build the score that the worker's answer stands for."""
    if "fault" in answer:
        return Score(None, answer["fault"], detail=answer.get("detail"))
    spans = tuple(Span(start, end) for start, end in answer.get("spans", ()))
    return Score(answer["value"], answer["reason"], spans, answer.get("detail"))


def _check_definition(path: Path, name: str) -> None:
    try:
        module = ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise _refused(f"{shown_path(path)}{'' if line is None else f':{line}'} is not Python: {error}") from error
    defined = _defined(module)
    if name not in defined and "*" not in defined:
        raise _refused(f"{shown_path(path)} defines no `{name}`", suggestion(name, defined))
    found = defined.get(name)
    if isinstance(found, ast.AsyncFunctionDef):
        raise _refused(f"`{name}` of {shown_path(path)} is an `async` function", "write it with a plain `def`")
    if isinstance(found, ast.FunctionDef) and not _takes_two(found.args):
        raise _refused(
            f"`{name}` of {shown_path(path)} cannot be called with two arguments", f"write `def {name}(text, case)`"
        )


def _defined(module: ast.Module) -> dict[str, ast.stmt]:
    """Return what a module binds at its top, `*` standing for a star import."""
    defined: dict[str, ast.stmt] = {}
    for statement in module.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node is statement:
                defined[node.name] = node
            elif isinstance(node, ast.Import | ast.ImportFrom):
                defined.update({(alias.asname or alias.name): statement for alias in node.names})
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                defined.setdefault(node.id, statement)
            elif isinstance(statement, ast.If | ast.Try) and isinstance(node, ast.FunctionDef):
                defined[node.name] = node
    return defined


def _takes_two(arguments: ast.arguments) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    needed = positional - len(arguments.defaults)
    keywords = sum(default is None for default in arguments.kw_defaults)
    return needed <= 2 and not keywords and (positional >= 2 or arguments.vararg is not None)


def _refused(message: str, hint: str | None = None) -> ArgumentError:
    return ArgumentError(message, path=("function",), hint=hint)
