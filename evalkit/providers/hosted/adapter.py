"""An adapter of single calls over a dialect: what the three vendors have in common, with what they differ in apart."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from evalkit.errors import ProfileError, suggestion
from evalkit.providers.families.table import family
from evalkit.providers.hosted.http import call_key
from evalkit.providers.hosted.traffic import asked_for
from evalkit.providers.prices import price_list
from evalkit.providers.rendering import plain_messages
from evalkit.providers.served import same_family
from evalkit.settings import SETTINGS
from evalkit.support import Knob
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from evalkit.generate.pace import Rates
    from evalkit.protocols import BatchApi
    from evalkit.providers.hosted.answers import Answer
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Completion, Json, Message, Profile, Sample, Scalar, SettingValue


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it goes out.

    Attributes:
        body: The document; what the library adds to it is not part of it.
        applied: The settings in it, under evalkit's names.
        wire_names: Those settings, each with the name under which the vendor knows it.
    """

    body: Mapping[str, Json]
    applied: Mapping[str, SettingValue]
    wire_names: Mapping[str, str] = field(default_factory=lambda: EMPTY)


class Dialect(Protocol):
    """What is a vendor's own: how a request looks, how it is sent, and what the answer says."""

    @property
    def client(self) -> str:
        """The library and the API version, with their versions."""
        ...

    @property
    def rates(self) -> Rates | None:
        """The limits as the last answer stated them."""
        ...

    def open(self, key: str | None = None) -> None:
        """Make the library's client where there is none, on the event loop's thread; see `profile_alone`.

        Args:
            key: The key; None looks for it.

        Raises:
            ProviderError: There is no key.
        """
        ...

    def request(self, sample: Sample) -> Request:
        """Build the request of a sample."""
        ...

    async def send(self, request: Request) -> Answer:
        """Send a request and return an answer that is an object.

        Raises:
            EvalkitError: As `Caller.call` has it.
        """
        ...

    def completion(self, request: Request, answer: Answer) -> Completion:
        """Read an answer.

        Raises:
            TransientError: It lacks what every answer must have.
        """
        ...

    async def count_tokens(self, sample: Sample) -> int | None:
        """Ask the vendor, for nothing, how many tokens a prompt has; None where it does not count for nothing."""
        ...

    async def aclose(self) -> None:
        """Close the library's client."""
        ...


@dataclass(slots=True)
class HostedAdapter:
    """A `Caller` over a dialect.

    Attributes:
        adapter: Name of the table of model families.
        vendor: Whose price list holds; None for a server that has none.
        api: Which of the vendor's interfaces is spoken, where the table knows several.
        known: False for a server of which nobody can say what it does with a setting.
        retires: Last day of the model that its vendor has announced; None when there is none, or nobody knows.
        batches: The vendor's interface for batches; None for a server that has none.
    """

    profile: Profile
    dialect: Dialect
    adapter: str
    vendor: str | None
    api: str | None = None
    known: bool = True
    batches: BatchApi | None = None
    _price: Price | None = field(init=False)
    _knobs: Mapping[str, Knob] = field(init=False)
    _key: str | None = field(init=False, default=None)
    """What the profile's command printed; None before it was run, or where there is none."""
    cache_minimum: int | None = field(init=False)
    retires: date | None = field(init=False)

    def __post_init__(self) -> None:
        if self.known:
            found = family(self.adapter, self.profile.model, api=self.api)
            self._knobs, self.cache_minimum, self.retires = found.knobs, found.cache_minimum, found.retires
        else:
            self._knobs, self.cache_minimum, self.retires = dict.fromkeys(SETTINGS, Knob("unknown")), None, None
        self._price = price_list(self.profile, self.vendor)

    @property
    def rates(self) -> Rates | None:
        """The limits as the last answer stated them."""
        return self.dialect.rates

    def supports(self, setting: str) -> Support:
        """Look the setting up in the model's family; of a server that nobody knows nothing is known."""
        return self._knobs[setting]

    def price(self) -> Price | None:
        """Return the vendor's price of the model; None when it has none."""
        return self._price

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:  # noqa: ARG002 - nothing to say
        """Find the key and make the library's client.

        Raises:
            ProviderError: There is no key.
        """
        if self.profile.key_command is not None and self._key is None:
            # A command takes its time, and other providers go on meanwhile. They may be making their clients just when
            # it is started, so it is given the variables as they are now.
            self._key = await asyncio.to_thread(call_key, self.profile, dict(os.environ))
        self.dialect.open(self._key)

    async def call(self, sample: Sample) -> Completion:
        """Make one call; see `Caller.call`."""
        request = self.dialect.request(sample)
        with asked_for(sample):
            answer = await self.dialect.send(request)
        return self.priced(self.dialect.completion(request, answer))

    def priced(self, completion: Completion, *, batch: bool = False) -> Completion:
        """Add what a completion cost, at the price of the model that answered where it is another one."""
        served, price = completion.served_model, self._price
        if served is not None and self.vendor is not None and not same_family(self.profile.model, served):
            price = price_list(replace(self.profile, model=served), self.vendor)
        return completion if price is None else replace(completion, cost_usd=price.cost(completion.usage, batch=batch))

    async def count_tokens(self, sample: Sample) -> int | None:
        """Ask the vendor, for nothing, how many tokens a prompt has; None where it does not count for nothing."""
        return await self.dialect.count_tokens(sample)

    def render(self, messages: Sequence[Message]) -> str:
        """Show the messages as they are sent; what the vendor makes of them is not known."""
        return plain_messages(messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Name the library and the API version."""
        return {"client": self.dialect.client}

    async def aclose(self) -> None:
        """Close the library's client."""
        self._key = None
        await self.dialect.aclose()


def checked_options(profile: Profile, known: Mapping[str, tuple[Json, ...] | None]) -> Mapping[str, Json]:
    """Return a profile's options after a check.

    Args:
        profile: The profile.
        known: Each option with the values that it may have; None for any text.

    Raises:
        ProfileError: An option is unknown, or has another value.
    """
    for name, value in profile.options.items():
        if name not in known:
            raise ProfileError(f"adapter `{profile.adapter}` has no option `{name}`", hint=suggestion(name, known))
        allowed = known[name]
        if value not in (allowed or (value,)) or (allowed is None and not isinstance(value, str)):
            choices = " or ".join(str(each) for each in allowed) if allowed else "a text"
            raise ProfileError(f"option `{name}` must be {choices}, got {value!r}")
    return profile.options


def checked_extra(profile: Profile, settings: Mapping[str, str], own: Iterable[str]) -> None:
    """Refuse an `extra` that would undo what is recorded as asked for.

    Args:
        profile: The profile.
        settings: Each setting with the name that it has in the document; a dot leads into an object.
        own: Names in the document that the adapter itself answers for.

    Raises:
        ProfileError: There is such a name in it.
    """
    for name in own:
        if name in profile.extra:
            raise ProfileError(f"extra has `{name}`, which adapter `{profile.adapter}` sees to itself")
    for setting, path in settings.items():
        outer, _, inner = path.partition(".")
        value = profile.extra.get(outer)
        if outer in profile.extra if not inner else isinstance(value, dict) and inner in value:
            raise ProfileError(
                f"extra has `{path}`, which is the setting `{setting}`",
                hint=f"write `{setting}` under `settings`, where a suite can vary it and reports show it",
            )


def merged(document: Mapping[str, Json], extra: Mapping[str, Json]) -> dict[str, Json]:
    """Return a document with `extra` in it; objects and lists that both have are joined."""
    joined = {name: _joined(document[name], value) for name, value in extra.items() if name in document}
    return {**document, **extra, **joined}


def _joined(present: Json, added: Json) -> Json:
    if _all_of(dict, present, added):
        return merged(present, added)
    return [*present, *added] if _all_of(list, present, added) else added


def _all_of(kind: type, *values: object) -> bool:
    return all(isinstance(value, kind) for value in values)
