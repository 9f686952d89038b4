"""What a constraint, a measure and a provider must offer; anything that fits can be plugged in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence, Set
    from datetime import datetime
    from pathlib import Path

    from evalkit.errors import EvalkitError
    from evalkit.generate.pace import Rates
    from evalkit.judge.ask import Ask
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Case, Completion, Condition, Judged, Message, Profile, Sample, Scalar
    from evalkit.verdicts import Score


@runtime_checkable
class Constraint(Protocol):
    """A check on one completion: a frozen dataclass whose fields are its YAML arguments.

    Class variables that it may have besides: `family`, what kind of demand it is; `version`, a whole number that rises
    when the same text would be judged otherwise (1 when missing); `ifeval_id`, where it judges as that instruction of
    IFEval does; `asks_judge`, true where a model is asked. It may have a `label`, the name that reports show where
    `name` says too little. One that must know more than the text has `within`; see `Contextual`. One made of others has
    `parts`, a tuple of them; its `within` tells them what was asked for, and no more.
    """

    name: ClassVar[str]

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text`.

        Args:
            text: The completion's text.
            whole: False when generation was cut off, so that more text would have followed. A verdict that more
                text could overturn is then undecided.
        """
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a completion was asked for, for constraints that must know it.

    Attributes:
        case: The situation; its templates are not filled in.
        condition: One value for each axis.
        messages: What was sent, in order: the system prompt if there was one, the conversation, the probe.
        completion: What came back.
        replies: The model's own earlier replies of a live conversation, in order; None when it was none.
        judged: What the suite looks at.
        truncated: Whether the suite takes a text that was cut off for whole.
        refusals: Whether the suite takes a refusal for a failure.
        judgements: Returns what a judge answered to a question, one for each vote, None for those that are not there;
            None where no judge is asked.
    """

    case: Case
    condition: Condition
    messages: tuple[Message, ...]
    completion: Completion
    replies: tuple[Completion, ...] | None = None
    judged: Judged = "answer"
    truncated: Literal["undecided", "as_is"] = "undecided"
    refusals: Literal["apart", "fail"] = "apart"
    judgements: Callable[[Ask], Sequence[Completion | None]] | None = None

    @property
    def prompt(self) -> str:
        """The last message of the user's, as it was sent."""
        return self.messages[-1].content

    @property
    def system(self) -> str | None:
        """The system prompt as it was sent; None when there was none."""
        return next((message.content for message in self.messages if message.role == "system"), None)


@runtime_checkable
class Contextual(Protocol):
    """A constraint that looks at more than the text, or is made of parts that may."""

    def within(self, context: Context) -> Constraint:
        """Return the same constraint with what it must know filled in."""
        ...


@runtime_checkable
class Resolvable(Protocol):
    """A constraint that names a file."""

    def resolved(self, beside: Path | None) -> Constraint:
        """Return the same constraint with its file found.

        Args:
            beside: The suite's folder; None when the suite has none, which leaves the constraint undecided.

        Raises:
            ArgumentError: The file is not there, or not what it must be.
        """
        ...


@runtime_checkable
class Measure(Protocol):
    """A statistic over the texts of one cell (one provider, condition and case)."""

    name: ClassVar[str]
    """Its name in a suite."""

    @property
    def label(self) -> str:
        """The name that reports show, arguments included where they are not the defaults' (`distinct_3`)."""
        ...

    bounds: ClassVar[tuple[float, float] | None]
    """The least and greatest value it can take; None when it has no upper end, so that no bound holds for its mean."""

    def compute(self, texts: Sequence[str]) -> float | None:
        """Return the statistic, or None where it is not defined (always below two texts)."""
        ...


class Provider(Protocol):
    """Turns samples into completions. Built from a `Profile`; anything heavy waits for `prepare`."""

    profile: Profile

    @property
    def in_flight(self) -> int:
        """Calls that would be made and paid for again if the process were killed now; 0 for a model in this process."""
        ...

    def supports(self, setting: str) -> Support:
        """Tell what the model does with `setting`: true, false, a range, a state or a whole `Knob`."""
        ...

    def price(self) -> Price | None:
        """Return what the model's tokens cost; None when that is not known."""
        ...

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Fetch and load what must be there before the first sample; `say` what goes on, and which share is done.

        Raises:
            ProviderError: The provider cannot be used at all.
        """
        ...

    def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Yield each sample with its completion, in any order, pulling samples as capacity allows.

        A call that fails is a completion with outcome `error`. Raising `ProviderError` ends the whole provider.
        """
        ...

    def render(self, messages: Sequence[Message]) -> str:
        """Return the prompt exactly as the model reads it, special tokens included."""
        ...

    def environment(self) -> Mapping[str, Scalar]:
        """Return what a reader needs to repeat the run: versions, precision, threads, device."""
        ...

    async def aclose(self) -> None:
        """Give back what the provider holds."""
        ...


@runtime_checkable
class TokenCounter(Protocol):
    """What a provider or a caller may offer besides: the exact length of a prompt, for nothing."""

    async def count_tokens(self, sample: Sample) -> int | None:
        """Return how many tokens a sample's prompt has; None where that cannot be had for nothing."""
        ...


class Caller(Protocol):
    """An adapter that makes one call at a time; evalkit does the rest: concurrency, pace, deadlines, retries, prices.

    Only `profile`, `supports` and `call` must be there; what else is missing is filled in (`evalkit.providers.adopt`).
    """

    profile: Profile

    @property
    def rates(self) -> Rates | None:
        """The vendor's limits as its last answer stated them; None when it states none."""
        ...

    @property
    def cache_minimum(self) -> int | None:
        """Tokens from which the vendor caches a prompt, so that its repeats should wait for the first; None: never."""
        ...

    def supports(self, setting: str) -> Support:
        """Tell what the model does with `setting`."""
        ...

    def price(self) -> Price | None:
        """Return what the model's tokens cost; None when that is not known."""
        ...

    async def call(self, sample: Sample) -> Completion:
        """Make one call.

        Raises:
            TransientError: It failed, and asking again may help.
            SettingRefusedError: The model refused a setting; no cell with it is asked again.
            CallError: It failed, and asking again would not help.
            ProviderError: No further call makes sense: a bad key, an exhausted quota.
        """
        ...

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Do what must be done before the first call."""
        ...

    def render(self, messages: Sequence[Message]) -> str:
        """Return the prompt as it goes out."""
        ...

    def environment(self) -> Mapping[str, Scalar]:
        """Return what a reader needs to repeat the run."""
        ...

    async def aclose(self) -> None:
        """Give back what the adapter holds."""
        ...


@dataclass(frozen=True, slots=True)
class BatchReceipt:
    """A vendor's word that it has a batch.

    Attributes:
        vendor_id: Its name there.
        expires_at: When the vendor gives up on it; None when it does not say.
    """

    vendor_id: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a vendor is with a batch.

    Attributes:
        running: More may come of it.
        expires_at: When the vendor gives up on it; None when it does not say.
        took_s: Seconds from its creation to its end; None when not known.
    """

    running: bool
    expires_at: datetime | None = None
    took_s: float | None = None


@dataclass(frozen=True, slots=True)
class LostBatch:
    """A batch that was being submitted when the process ended or the answer got lost.

    Attributes:
        label: What the vendor was told with it.
        keys: Of its samples.
        since: When it was about to be submitted.
        known: Names of batches that are not it.
    """

    label: str
    keys: Set[str]
    since: datetime
    known: Set[str]


class BatchApi(Protocol):
    """A vendor's interface for work that has time: many requests at once, at a lower price.

    An adapter offers it as its attribute `batches`. Every method may raise what `Caller.call` may.
    """

    most_requests: int
    """The most that a batch may hold."""
    most_bytes: int
    """The most that a batch may weigh."""

    def bytes_of(self, sample: Sample) -> int:
        """Return what a sample adds to the weight of a batch."""
        ...

    async def submit(self, label: str, asked: Mapping[str, Sample]) -> BatchReceipt:
        """Hand samples over, each under a key that its answer can be told by."""
        ...

    async def find(self, lost: LostBatch) -> str | None:
        """Look for a batch among those that the vendor has; None when it is not there."""
        ...

    async def look(self, vendor_id: str) -> BatchState:
        """Ask how far a batch is."""
        ...

    def results(
        self, vendor_id: str, asked: Mapping[str, Sample]
    ) -> AsyncIterator[tuple[str, Completion | EvalkitError]]:
        """Yield what came of a batch that has ended, by key and in any order: a priced completion, or what went wrong.

        Args:
            vendor_id: The batch.
            asked: What was submitted, in the same order.
        """
        ...
