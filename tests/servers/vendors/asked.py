"""What arrives at the fake vendors, and what they are to answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

Vendor: TypeAlias = Literal["claude", "openai", "gemini"]
Body: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True, slots=True)
class Received:
    """One request that arrived, with the status that was answered; 0 for none."""

    vendor: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    at: float
    status: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a completion, in one form for all vendors.

    Attributes:
        messages: Role and text of each turn; the model's role is `assistant`.
        system: None when the key was absent.
        settings: As on the wire.
        number: Counts requests for completions, from 0.
    """

    vendor: Vendor
    model: str
    messages: tuple[tuple[str, str], ...]
    system: str | None
    settings: Mapping[str, Any]
    number: int
    path: str

    @property
    def prompt(self) -> str:
        """The text of the last turn."""
        return self.messages[-1][1] if self.messages else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model says.

    Attributes:
        ending: How it ended; `refused` has no text, `blocked` (Gemini) not even a candidate.
        served: The model that says it answered; None for the one that was asked.
        logprobs: For each token its log-probability and those of the most likely ones.
    """

    text: str = ""
    reasoning: str = ""
    ending: Literal["stop", "length", "refused", "filtered", "blocked"] = "stop"
    served: str | None = None
    usage: Mapping[str, Any] | None = None
    logprobs: tuple[tuple[str, float, tuple[tuple[str, float], ...]], ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])


class RefusedError(Exception):
    """The request breaks the vendor's rules; answered with an error in the vendor's form.

    Attributes:
        parameter: What OpenAI names as `param`.
        code: What OpenAI gives as `code`.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        parameter: str | None = None,
        code: str | None = None,
        kind: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.parameter = parameter
        self.code = code
        self.kind = kind


def objects(value: Any) -> list[Body]:
    """Return a list of objects as it is, and an empty list for anything else."""
    if not isinstance(value, list):
        return []
    return [cast("Body", each) for each in cast("list[object]", value) if isinstance(each, dict)]


def one_object(value: Any) -> Body:
    """Return an object as it is, and an empty one for anything else."""
    return cast("Body", value) if isinstance(value, dict) else {}


def words(text: str) -> int:
    """Count words, which stand for tokens here."""
    return len(text.split())
