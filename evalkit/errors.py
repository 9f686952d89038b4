"""Every error that evalkit raises on purpose, and the exit code each one ends a command with.

    EvalkitError                    1
    ├── UsageError                  2   the command line asks for something impossible
    ├── ProjectError                2   no project here, or its layout is wrong
    ├── SuiteError                  2   a suite file is wrong; carries file, line and column
    │   └── ProfileError            2   a provider profile is wrong, or its adapter cannot be used
    │       └── MissingPackageError 2   a package that an adapter needs is not installed
    ├── BaselineError               2   a baseline cannot be read or made; carries file, line and column
    ├── ArgumentError               2   a constraint, measure or setting got a wrong argument
    ├── StoreError                  3   the run store cannot be read or written
    ├── ProviderError               3   a provider failed as a whole, not one call
    │   └── MissingKeyError         3   the variable that should hold its key is not set
    ├── CallError                   3   one call failed, and asking again would not help
    │   ├── TransientError          3   one call failed, and asking again may help
    │   │   └── UnreachableError    3   there was no way to the server
    │   └── SettingRefusedError     3   one call was refused because of a setting
    ├── ForgeError                  3   GitHub or GitLab did not do what it was asked for
    └── InterruptedRunError       130   the user stopped the run

In a test, a demand that is not met is none of these: `GateFailed` is an AssertionError.

A message is one sentence without a full stop: where, what, and the value met. What to do about it goes into `hint`.
Neither ever holds a key or a whole prompt.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterable


class EvalkitError(Exception):
    """The root of every expected error; printed without a traceback.

    Attributes:
        hint: What the user can do, as one sentence; None when there is nothing useful to say.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message

    def noted(self) -> Self:
        """Note the hint, for those who see the error as Python shows it, and return the error."""
        note = f"hint: {self.hint}"
        if self.hint is not None and note not in getattr(self, "__notes__", ()):
            self.add_note(note)
        return self


class UsageError(EvalkitError):
    """The command line asks for something impossible."""

    exit_code = 2


class ProjectError(EvalkitError):
    """There is no project here, or its layout is wrong."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a file something stands; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class SuiteError(EvalkitError):
    """A suite, or a file that it names, is wrong.

    Attributes:
        location: Where; None when the fault is not in one place.
    """

    exit_code = 2

    def __init__(self, message: str, *, location: Location | None = None, hint: str | None = None) -> None:
        super().__init__(f"{location}: {message}" if location else message, hint=hint)
        self.location = location


class ProfileError(SuiteError):
    """A provider profile is wrong, or the adapter that it names cannot be used."""


class MissingPackageError(ProfileError):
    """A package that an adapter needs is not installed."""


class BaselineError(EvalkitError):
    """A baseline cannot be read as it is, or cannot be made of what was given.

    Attributes:
        location: Where in its file; None when the fault is not in one place.
    """

    exit_code = 2

    def __init__(self, message: str, *, location: Location | None = None, hint: str | None = None) -> None:
        super().__init__(f"{location}: {message}" if location else message, hint=hint)
        self.location = location


class ArgumentError(EvalkitError):
    """A constraint, measure or setting got a wrong argument.

    Attributes:
        path: Keys and indexes that lead from the thing built to the argument at fault, outermost first.
    """

    exit_code = 2

    def __init__(self, message: str, *, path: tuple[str | int, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.path = path


class StoreError(EvalkitError):
    """The run store cannot be read or written; what was committed before is kept."""

    exit_code = 3


class ProviderError(EvalkitError):
    """A provider failed as a whole, so that no further call to it makes sense."""

    exit_code = 3


class MissingKeyError(ProviderError):
    """The variable that should hold a provider's key is not set."""


def not_set_up(error: BaseException) -> bool:
    """Tell whether nothing is wrong with a provider but that its key or a package is missing here."""
    return any(isinstance(each, MissingKeyError | MissingPackageError) for each in (error, error.__cause__))


class CallError(EvalkitError):
    """One call failed, and asking again would not help; it becomes a completion with outcome `error`."""

    exit_code = 3


class TransientError(CallError):
    """One call failed, and asking again may help.

    Attributes:
        retry_after_s: How long the provider asked to wait; None when it did not say.
        too_many: True when nothing was wrong but that the provider was asked more often than it allows.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None = None,
        too_many: bool = False,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s
        self.too_many = too_many


class UnreachableError(TransientError):
    """There was no way to the provider's server; when that never changes, the provider has failed as a whole."""


class SettingRefusedError(CallError):
    """One call was refused because of a setting, so that the cell is unsupported.

    Attributes:
        setting: The setting's name in evalkit.
    """

    def __init__(self, message: str, *, setting: str) -> None:
        super().__init__(message)
        self.setting = setting


class ForgeError(EvalkitError):
    """GitHub or GitLab cannot be reached, or refused a request.

    Attributes:
        status: The status of the refusal; None when there was no answer.
    """

    exit_code = 3

    def __init__(self, message: str, *, status: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class InterruptedRunError(EvalkitError):
    """The user stopped the run; everything committed is kept."""

    exit_code = 130


class GateFailed(AssertionError):  # noqa: N818 - it is what failed, and nothing went wrong
    """What was measured does not meet what a test demands of it; its text is the whole message, in lines."""


_NAMED_AT_MOST = 20
"""Names in one hint; more than that nobody reads."""


def suggestion(name: str, valid: Iterable[str]) -> str | None:
    """Return a hint that names the nearest valid names, or what there is when none is near.

    >>> suggestion("max_word", ["max_words", "valid_json"])
    'did you mean `max_words`?'
    """
    names = sorted(valid)
    near = get_close_matches(name, names, n=3, cutoff=0.6)
    begun = [each for each in names if len(name) > 2 and each.startswith(name)][:3]
    if begun and not set(begun) & set(near):
        near = begun  # `temp` is nearer to `temperature` than letters alone say
    if near:
        return "did you mean " + " or ".join(f"`{candidate}`" for candidate in near) + "?"
    if names:
        rest = len(names) - _NAMED_AT_MOST
        more = f" and {rest} more" if rest > 0 else ""
        return "known are " + ", ".join(f"`{candidate}`" for candidate in names[:_NAMED_AT_MOST]) + more
    return None
