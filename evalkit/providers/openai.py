"""The adapter for OpenAI and for servers that speak its Chat Completions, through the official library.

Options of a profile: `api` (`chat`, the default, or `responses`); `server` (`openai` or `compatible`; a profile with a
`base_url` is taken for a compatible server unless it says otherwise): what a compatible server does with a setting is
not known, and it is sent `max_tokens` where OpenAI has `max_completion_tokens`; `tag` (`off`, the default, or `on`)
sends each sample's key as `user`, so that no gateway answers two repeats with one text. `extra` is merged into the
document, and may hold anything but settings and what the adapter sees to itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai

from evalkit.providers.hosted.adapter import HostedAdapter, Request, checked_extra, checked_options
from evalkit.providers.hosted.answers import count_in
from evalkit.providers.hosted.batches import BatchReader
from evalkit.providers.hosted.chat import chat_completion, chat_request, chat_wire_names
from evalkit.providers.hosted.http import Client, call_key, checked_base_url, profile_alone
from evalkit.providers.hosted.openai_batches import OpenAIBatches
from evalkit.providers.hosted.rates import openai_rates
from evalkit.providers.hosted.responses import RESPONSES_WIRE_NAMES, responses_completion, responses_request
from evalkit.providers.hosted.stainless import post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.generate.pace import Rates
    from evalkit.providers.hosted.answers import Answer
    from evalkit.types import Completion, Json, Profile, Sample

_OPTIONS: Mapping[str, tuple[Json, ...]] = {
    "api": ("chat", "responses"),
    "server": ("openai", "compatible"),
    "tag": ("off", "on"),
}
_OWN = ("model", "messages", "input", "instructions", "stream", "n", "best_of", "background")
"""`n` among them: only one of several answers would be kept, and all of them paid."""

_IN_SHAPES_OF_THEIR_OWN = ("thinking", "thinking_budget")
"""Not OpenAI's; compatible servers that have them want objects that only `extra` can give."""


def openai_adapter(profile: Profile) -> HostedAdapter:
    """Return the adapter for a profile.

    Raises:
        ProfileError: An option, `extra` or the base_url is wrong.
    """
    options = checked_options(profile, _OPTIONS)
    api = str(options.get("api", "chat"))
    compatible = options.get("server", "openai" if profile.base_url is None else "compatible") == "compatible"
    names = RESPONSES_WIRE_NAMES if api == "responses" else chat_wire_names(compatible=compatible)
    checked_extra(profile, {name: wire for name, wire in names.items() if name not in _IN_SHAPES_OF_THEIR_OWN}, _OWN)
    vendor = "openai" if profile.base_url is None else None
    dialect = OpenAIDialect(profile, api, compatible=compatible)
    adapter = HostedAdapter(profile, dialect, "openai", vendor, api=api, known=not compatible)
    if not compatible:
        endpoint = "/v1/responses" if api == "responses" else "/v1/chat/completions"
        adapter.batches = OpenAIBatches(BatchReader(dialect, adapter.priced), endpoint)
    return adapter


class OpenAIDialect:
    """OpenAI's Chat Completions or Responses."""

    rates: Rates | None = None

    def __init__(self, profile: Profile, api: str, *, compatible: bool) -> None:
        self.profile = profile
        self.api = api
        self._compatible = compatible
        self._base_url = checked_base_url(profile)
        self._library: openai.AsyncOpenAI | None = None

    @property
    def client(self) -> str:
        """The library and the API."""
        return f"openai {openai.__version__}, {'Responses' if self.api == 'responses' else 'Chat Completions'}"

    def open(self, key: str | None = None) -> None:
        """Make the library's client; a server of one's own may need no key."""
        if self._library is None:
            keyless = self._compatible and self.profile.key_env is None and self.profile.key_command is None
            key = "none" if keyless else key or call_key(self.profile)
            with profile_alone():
                self._library = openai.AsyncOpenAI(
                    api_key=key,
                    base_url=self._base_url,
                    http_client=(client := Client(self.profile)),
                    timeout=client.timeout,  # else a client's 5 s are taken for "not set", and become 600
                    max_retries=0,
                )

    @property
    def library(self) -> openai.AsyncOpenAI:
        """The library's client."""
        self.open()
        assert self._library is not None
        return self._library

    def request(self, sample: Sample) -> Request:
        """Build the document."""
        tag = self.profile.options.get("tag") == "on"
        if self.api == "responses":
            return responses_request(self.profile, sample, tag=tag, compatible=self._compatible)
        return chat_request(self.profile, sample, tag=tag, compatible=self._compatible)

    async def send(self, request: Request) -> Answer:
        """Send a document to the API's path."""
        path = "/responses" if self.api == "responses" else "/chat/completions"
        answer = await post(self.library, path, request, self.profile)
        self.rates = openai_rates(answer.headers) or self.rates
        return answer

    def completion(self, request: Request, answer: Answer) -> Completion:
        """Read an answer, or the body of a batch's."""
        if self.api == "responses":
            return responses_completion(request, answer, self.client)
        return chat_completion(request, answer, self.client)

    async def count_tokens(self, sample: Sample) -> int | None:
        """Ask `/responses/input_tokens`, which is free; a compatible server need not have it."""
        if self._compatible:
            return None
        body = responses_request(self.profile, sample, tag=False).body
        counted = Request({name: body[name] for name in ("model", "input", "instructions") if name in body}, {})
        answer = await post(self.library, "/responses/input_tokens", counted, self.profile)
        return count_in(answer.body, "input_tokens")

    async def aclose(self) -> None:
        """Close the library's client."""
        if self._library is not None:
            await self._library.close()
            self._library = None
