"""The nouns of evalkit: frozen values that the pipeline's stages hand to one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalkit.expected import ExpectedFailure
    from evalkit.gate import Alarms, Gate
    from evalkit.protocols import Constraint, Measure
    from evalkit.rounds import Rounds
    from evalkit.support import Support
    from evalkit.verdicts import Scored

Scalar: TypeAlias = str | int | float | bool | None
AxisValue: TypeAlias = str | int | float | bool | tuple[str, ...] | None
"""One value of an axis. None on an axis that was asked for means that it had nothing to act on."""
SettingValue: TypeAlias = str | int | float | bool | tuple[str, ...]
Json: TypeAlias = Any
"""Plain data as `json` reads and writes it."""

Role: TypeAlias = Literal["system", "user", "assistant"]
Outcome: TypeAlias = Literal["complete", "truncated", "refusal", "error", "unsupported"]
OUTCOMES: tuple[Outcome, ...] = ("complete", "truncated", "refusal", "error", "unsupported")

RESPONSES = "responses"
"""What stands for the adapter of texts that came from elsewhere, and for the provider that nobody named."""

EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Message:
    """One turn as a provider sees it."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One value for every axis of a suite, in the suite's order of axes."""

    values: tuple[tuple[str, AxisValue], ...] = ()

    def get(self, axis: str, default: AxisValue = None) -> AxisValue:
        """Return the value on `axis`, or `default` when the suite has no such axis."""
        for name, value in self.values:
            if name == axis:
                return value
        return default

    def as_dict(self) -> dict[str, AxisValue]:
        """Return the values by axis."""
        return dict(self.values)

    def matches(self, where: Mapping[str, Sequence[AxisValue]]) -> bool:
        """Tell whether every axis that `where` names has one of the values it lists."""
        mine = self.as_dict()
        return all(axis in mine and mine[axis] in wanted for axis, wanted in where.items())

    @property
    def turns(self) -> int:
        """Exchanges before the probe; 0 for a suite without that axis."""
        turns = self.get("turns", 0)
        assert isinstance(turns, int)
        return turns

    @property
    def label(self) -> str:
        """A line for people: `temperature 0.8, system dense`; empty for a suite without axes."""
        return ", ".join(f"{axis} {shown(value)}" for axis, value in self.values)


def shown(value: AxisValue) -> str:
    """Write an axis value for people; what had nothing to act on is a dash."""
    if value is None:
        return "–"  # noqa: RUF001 - an en dash is what a table shows for "not applicable"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(value) + "]"
    return str(value)


@dataclass(frozen=True, slots=True)
class Case:
    """One authored situation.

    Attributes:
        id: Unique in its suite.
        prompt: Template of the probe, the last user message.
        variables: What templates may use besides the axes.
        constraints: What a completion must meet.
    """

    id: str
    prompt: str
    variables: Mapping[str, Scalar] = field(default_factory=lambda: EMPTY)
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class System:
    """One entry of `systems`.

    Attributes:
        text: Template of the prompt; None for an entry that is `null` (no system message) or has rules.
        rules: Sentences that say what to do; empty unless the entry has the form `{rules, filler}`.
        filler: Sentences that say nothing, to dilute the rules with.
        constraints: What it demands of every answer given under it: the rules' own in their order, then the rest.
    """

    text: str | None = None
    rules: tuple[str, ...] = ()
    filler: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()

    @property
    def absent(self) -> bool:
        """True when there is no system message at all, which is not the same as an empty one."""
        return self.text is None and not self.rules


@dataclass(frozen=True, slots=True)
class Exchange:
    """One scripted user message with its reply; `assistant` is None where only `mode: live` can supply it."""

    user: str
    assistant: str | None


ConversationMode: TypeAlias = Literal["scripted", "live", "padding"]
Judged: TypeAlias = Literal["answer", "reasoning", "both"]
JUDGED: tuple[Judged, ...] = ("answer", "reasoning", "both")


@dataclass(frozen=True, slots=True)
class Conversation:
    """What stands between the system prompt and the probe.

    Attributes:
        mode: `scripted` uses the file's replies; `live` asks the model for its own; `padding` puts the same words
            into the probe's own message, with no assistant turn.
    """

    exchanges: tuple[Exchange, ...]
    mode: ConversationMode = "scripted"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a suite that is allowed and can hardly be meant.

    Attributes:
        place: `file:line:column`.
        words: What is doubtful.
        hopeless: Whether no answer can meet what is asked; a constraint that every text meets is only idle.
    """

    place: str
    words: str
    hopeless: bool

    def __str__(self) -> str:
        """Write it as one line."""
        return f"{self.place}: {self.words}"


@dataclass(frozen=True, slots=True)
class Suite:
    """One YAML file, checked.

    Attributes:
        seed: Makes a provider that honours seeds repeat its draws in every run; None lets each run draw its own.
        settings: Settings that hold for every condition; an axis of the same name wins.
        axes: The values of each axis, in the file's order.
        refresh: Template around a restated system prompt, with `{{ system }}` and `{{ message }}`.
        noise: `common` lets the conditions of one case and repeat share their random draws; `independent` does not.
        truncated: `undecided` withholds verdicts that more text could overturn; `as_is` scores a cut text as if whole.
        refusals: `apart` counts refusals without scoring them; `fail` scores every constraint 0.
        judged: What constraints and measures look at: the answer, the reasoning before it, or one after the other.
        judge: Profile that answers the questions of `judge` constraints that name none; None for none.
        alarms: How often the gates may be alarmed for nothing.
        max_failed: Share of the draws that may fail before nothing is judged, from 0 to 1.
        rounds: The plan of a run that may end before all repeats are drawn; None draws them all.
        tags: What the items of a test run are marked with besides.
        xfail: Failures that a test run is to expect.
        document: Plain data, files included, from which `load` can build this suite again.
        hash: SHA-256 of `document`, in hexadecimal.
        doubts: What is allowed in its constraints and can hardly be meant.
        path: The file; None for a suite rebuilt from the store.
    """

    name: str
    version: int
    description: str
    providers: tuple[str, ...]
    repeats: int
    seed: int | None
    settings: Mapping[str, SettingValue]
    axes: Mapping[str, tuple[AxisValue, ...]]
    systems: Mapping[str, System]
    conversation: Conversation | None
    refresh: str
    cases: tuple[Case, ...]
    measures: tuple[Measure, ...]
    gates: tuple[Gate, ...]
    noise: Literal["common", "independent"]
    truncated: Literal["undecided", "as_is"]
    refusals: Literal["apart", "fail"]
    document: Mapping[str, Json]
    hash: str
    alarms: Alarms
    max_failed: float
    path: Path | None = None
    judged: Judged = "answer"
    doubts: tuple[Doubt, ...] = ()
    judge: str | None = None
    rounds: Rounds | None = None
    tags: tuple[str, ...] = ()
    xfail: tuple[ExpectedFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A combination of the axes that is not run, because an axis in it has nothing to act on."""

    condition: Condition
    axis: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The exact messages of a sample, shared by the samples that send the same ones.

    Attributes:
        messages: In order; the last one is the user's.
        digest: SHA-256 over the messages, in hexadecimal.
        rule_share: Share of rule words that the system prompt reached; None unless it has rules and filler.
    """

    messages: tuple[Message, ...]
    digest: str
    rule_share: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One draw to make.

    Attributes:
        key: Hash of everything that shapes the answer; see `evalkit.expand.key`.
        position: Index in the expansion for this provider; gaps mean samples not asked for in this run.
        turn: None for the probe; for `mode: live`, the index of the exchange whose reply is drawn.
        settings: What is asked of the provider: profile, then suite, then axes; the later wins.
        seed: Seeds this draw's own random generator; 64 bits.
        ask: For a judge's vote, the digest of its question; `repeat` then numbers the vote. None for the suite's own.
    """

    key: str
    position: int
    provider: str
    condition: Condition
    case_id: str
    repeat: int
    prompt: Prompt
    settings: Mapping[str, SettingValue]
    seed: int
    turn: int | None = None
    ask: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens counted by the provider, in one way for all of them; None means not known.

    Attributes:
        input_tokens: The whole prompt, what came from a cache or went into one included.
        output_tokens: All that was generated, reasoning included.
        cached_tokens: Those of the prompt that the provider had in its cache.
        cache_write_tokens: Those of the prompt that it was paid to put into its cache.
        reasoning_tokens: Those of the output that are not part of the answer.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class TokenLogprobs:
    """Natural-log probabilities of the tokens of a completion.

    Attributes:
        distribution: Which distribution they are of. `model`: the model's own, before temperature and filters.
            `sampling`: the one drawn from, after them.
        tokens: The chosen tokens' text, in order.
        logprobs: One number a token.
        top: For each step the most likely tokens with their log-probabilities, best first; empty when not asked for.
    """

    distribution: Literal["model", "sampling"]
    tokens: tuple[str, ...]
    logprobs: tuple[float, ...]
    top: tuple[tuple[tuple[str, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back for one sample.

    Attributes:
        outcome: `complete` and `truncated` have text to score; the others do not.
        text: The answer alone; empty unless there is one.
        stop_reason: The provider's own word for why generation ended; None when it gave none.
        error: What went wrong, or why the sample is unsupported; None otherwise.
        applied: The settings that were really sent or used.
        served_model: The model that says it answered; None when it does not say.
        latency_s: Seconds from asking to the whole answer; for a batch, the batch's. None when not known.
        cost_usd: None when not known; 0 is a price.
        reasoning: What the model wrote before its answer, as far as it shows it; never part of `text`.
        sent: The request as it went out, less the messages; empty for a model that gets none.
        request_id: The provider's name for the call; None when it gave none.
        first_byte_s: Seconds from asking to the first byte of the answer; None when not known.
        client: Library and API version that made the call; None for a model in this process.
        attempts: How often it was asked, this time included; 0 for what was never asked.
    """

    outcome: Outcome
    text: str = ""
    stop_reason: str | None = None
    error: str | None = None
    applied: Mapping[str, SettingValue] = field(default_factory=lambda: EMPTY)
    served_model: str | None = None
    usage: Usage = Usage()
    latency_s: float | None = None
    cost_usd: float | None = None
    logprobs: TokenLogprobs | None = None
    reasoning: str = ""
    sent: Mapping[str, Json] = field(default_factory=lambda: EMPTY)
    request_id: str | None = None
    first_byte_s: float | None = None
    client: str | None = None
    attempts: int = 0

    @property
    def scored(self) -> bool:
        """True when there is a text to judge."""
        return self.outcome in ("complete", "truncated")


@dataclass(frozen=True, slots=True)
class Profile:
    """A provider as its YAML file describes it.

    Attributes:
        adapter: Name in the adapter table, an entry point's name, or `./file.py:Class` beside the profile.
        model: What the adapter should load or ask for.
        limits: How to run, not what to ask: nothing here shapes an answer.
        options: What the adapter needs besides; everything here shapes the answer, so it is part of a sample's key.
        supports: Overrides of what the adapter says of its settings.
        price: US dollars for a million tokens by kind (`input`, `output`, `cached`, `cache_write`), and for a batch a
            factor (`batch_discount`); empty takes the adapter's own price list.
        key_command: Prints the key; an alternative to `key_env`.
    """

    name: str
    adapter: str
    model: str
    key_env: str | None = None
    base_url: str | None = None
    limits: Mapping[str, float] = field(default_factory=lambda: EMPTY)
    timeout_s: float = 60.0
    settings: Mapping[str, SettingValue] = field(default_factory=lambda: EMPTY)
    extra: Mapping[str, Json] = field(default_factory=lambda: EMPTY)
    supports: Mapping[str, Support] = field(default_factory=lambda: EMPTY)
    options: Mapping[str, Json] = field(default_factory=lambda: EMPTY)
    price: Mapping[str, float] = field(default_factory=lambda: EMPTY)
    key_command: str | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """One sample of a cell with what came back and how it scored; `position` is its number in the run."""

    repeat: int
    completion: Completion
    scored: Scored
    position: int


@dataclass(frozen=True, slots=True)
class Cell:
    """All draws of one provider under one condition on one case."""

    provider: str
    model: str
    condition: Condition
    case_id: str
    requested: Mapping[str, SettingValue]
    rule_share: float | None
    draws: tuple[Draw, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """The record of one run, as the store keeps it.

    Attributes:
        id: Short, unique in the store, sorts by time.
        suite_path: Where the suite's file was; None when it had none.
        document: The suite as it was, from which `load.rebuild` makes it again.
        started_at: UTC, ISO 8601.
        finished_at: UTC, ISO 8601; None while samples are missing.
        seed: The suite's, the user's, or the one that this run drew.
        seed_from: Where `seed` came from.
        selection: What options narrowed the sweep to: `providers`, `repeats`, `cases`, `axes`.
        planned: Probes that the run is made of.
        versions: Of evalkit, Python and the platform.
        profiles: Each provider's profile as plain data, by name.
    """

    id: str
    suite_name: str
    suite_version: int
    suite_hash: str
    suite_path: str | None
    document: Mapping[str, Json]
    started_at: str
    finished_at: str | None
    seed: int
    seed_from: Literal["suite", "option", "drawn"]
    selection: Mapping[str, Json]
    planned: int
    versions: Mapping[str, str]
    profiles: Mapping[str, Mapping[str, Json]]
