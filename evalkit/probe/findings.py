"""What a probe found out: one verdict for each check, with the numbers that it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.types import Json

Check: TypeAlias = Literal[
    "served_model",
    "temperature",
    "effective_temperature",
    "determinism",
    "system_prompt",
    "max_tokens",
    "stop",
    "seed",
    "top_p",
    "top_k",
]
CHECKS: tuple[Check, ...] = get_args(Check)

ProbeVerdict: TypeAlias = Literal[
    "connected",
    "ignored",
    "refused",
    "undecided",
    "not_asked",
    "as_asked",
    "distorted",
    "deterministic",
    "varies",
    "honoured",
    "not_honoured",
    "another_model",
    "not_stated",
]
PROBE_VERDICTS: dict[ProbeVerdict, str] = {
    "connected": "the setting changes the answers",
    "ignored": "the setting is accepted and changes nothing that matters",
    "refused": "the server refuses the setting",
    "undecided": "the answers do not tell",
    "not_asked": "nothing was sent, for the reason given",
    "as_asked": "the model, or the temperature, is the one asked for",
    "distorted": "another temperature was used than the one asked for",
    "deterministic": "no two draws of one prompt differed",
    "varies": "draws of one prompt differed",
    "honoured": "the system prompt reaches the model and is followed",
    "not_honoured": "the system prompt is followed less than half the time",
    "another_model": "another model says that it answered",
    "not_stated": "the server does not say which model answered",
}
"""Every verdict with its meaning."""

_CONTRADICTIONS = {
    ("applied", "ignored"): "the table says that it is applied",
    ("applied", "refused"): "the table says that it is applied",
    ("unsupported", "connected"): "the table says that it is refused",
    ("unsupported", "ignored"): "the table says that it is refused",
    ("ignored", "connected"): "the table says that it is accepted and ignored",
    ("ignored", "refused"): "the table says that it is accepted and ignored",
    ("refused", "connected"): "the server refused it in this run",
    ("refused", "ignored"): "the server refused it in this run",
}
"""What is otherwise said of a setting, by its state and a verdict that cannot be true along with it."""


def contradiction(state: str, verdict: str) -> str | None:
    """Say how a verdict contradicts what is otherwise said of a setting; None when it does not.

    Args:
        state: What the table says, or `refused` where a server refused it in a run.
        verdict: The probe's.
    """
    return _CONTRADICTIONS.get((state, verdict))


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number with its interval.

    Attributes:
        of: What it is a number of, in words.
        estimate: None when there is none.
        low: None when there is no lower end.
        high: None when there is no upper end.
        level: Least chance that the interval holds the true number.
    """

    of: str
    estimate: float | None
    low: float | None
    high: float | None
    level: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict of one check.

    Attributes:
        why: What the verdict rests on, as a sentence without a full stop.
        error_rate: Chance of the verdict when it is false, at most; None for a verdict that was not reached by a test.
        bounds: The numbers with their intervals.
        draws: Answers that it rests on.
        calls: Calls made for it.
        cost_usd: What they cost; None when a price is not known.
        table: What the support table or the profile says of the setting; None where neither has a word on it.
        contradiction: How the verdict contradicts that; None when it does not.
        cut_short: Why not all was asked that would have been: a cap, a provider that failed; None when all was.
    """

    check: Check
    verdict: ProbeVerdict
    why: str
    error_rate: float | None = None
    bounds: tuple[Bounds, ...] = ()
    draws: int = 0
    calls: int = 0
    cost_usd: float | None = 0.0
    table: str | None = None
    contradiction: str | None = None
    cut_short: str | None = None

    @property
    def answered(self) -> bool:
        """False when nothing was asked, for whatever reason, so that there is nothing to cite."""
        return self.verdict != "not_asked" and (self.verdict != "undecided" or self.draws > 0)


@dataclass(frozen=True, slots=True)
class Probed:
    """What is known of one profile's model after a probe.

    Attributes:
        date: When it was probed: UTC, ISO 8601, to the second.
        base_url: Where it was asked, without user and query; None for the vendor's own address.
        served: The models that say they answered.
        clients: Libraries and API versions that made the calls.
        settings: Those that held in every call besides the one under test.
        cost_usd: None when a price is not known.
        failure: What ended the provider; None when nothing did.
    """

    provider: str
    adapter: str
    model: str
    date: str
    seed: int
    findings: tuple[Finding, ...]
    base_url: str | None = None
    served: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    settings: Mapping[str, Json] = field(default_factory=lambda: EMPTY)
    environment: Mapping[str, Json] = field(default_factory=lambda: EMPTY)
    calls: int = 0
    cost_usd: float | None = 0.0
    failure: str | None = None

    def finding(self, check: str) -> Finding | None:
        """Return what was found by a check; None when it was not made."""
        return next((each for each in self.findings if each.check == check), None)

    @property
    def complete(self) -> bool:
        """True when all that could be asked was answered."""
        return self.failure is None and all(each.cut_short is None for each in self.findings)


def bare_url(address: str | None) -> str | None:
    """Return an address without what could hold a key; None for the vendor's own."""
    if address is None:
        return None
    parts = urlsplit(address)
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
