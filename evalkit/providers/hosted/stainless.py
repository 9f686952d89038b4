"""Calls through the official `anthropic` and `openai` libraries, which share their machinery and so their failures.

The library's own low-level `post` sends a document as it is and hands the answer over unread. It brings the vendor's
authentication, headers and errors, and spends nothing on models of a document that is read only once here; and what is
recorded as sent is what was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import httpx2

from evalkit.errors import EvalkitError
from evalkit.providers.hosted.answers import Answer, read_object
from evalkit.providers.hosted.faults import Refusal, fault_of, network_fault
from evalkit.providers.hosted.http import first_byte_s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.providers.hosted.adapter import Request
    from evalkit.types import Profile


class Library(Protocol):
    """The part of an official library's client that is used."""

    async def post(self, path: str, *, cast_to: type[httpx2.Response], body: object) -> httpx2.Response:
        """Send a document."""
        ...


async def post(library: Library, path: str, request: Request, profile: Profile) -> Answer:
    """Send a request and return the answer, an object.

    Raises:
        TransientError: The network or the answer was at fault, or the vendor wants to be asked later.
        SettingRefusedError: The vendor refuses a setting.
        CallError: It refuses the call.
        ProviderError: It refuses any call.
    """
    response = await answered(library.post(path, cast_to=httpx2.Response, body=dict(request.body)), profile, request)
    return Answer(_object(response), response.headers, first_byte_s(response))


async def fetch(library: Any, path: str, profile: Profile, **query: str | int) -> httpx2.Response:  # noqa: ANN401 - its `get` is overloaded
    """Fetch a document and return it unread; see `post` for what is raised."""
    response: httpx2.Response = await answered(
        library.get(path, cast_to=httpx2.Response, options={"params": query}), profile
    )
    return response


async def fetch_object(library: Any, path: str, profile: Profile, **query: str | int) -> Mapping[str, Any]:  # noqa: ANN401 - as `fetch`
    """Fetch a document that must be an object; see `post` for what is raised."""
    return _object(await fetch(library, path, profile, **query))


def _object(response: httpx2.Response) -> Mapping[str, Any]:
    return read_object(response.content, response.headers.get("content-type", ""))


async def answered(call: Any, profile: Profile, request: Request | None = None) -> Any:  # noqa: ANN401 - any call of a library
    """Await a call of a library, and raise what went wrong with it as evalkit's own errors; see `post`."""
    try:
        return await call
    except EvalkitError:
        raise
    except Exception as error:
        raise _translated(error, profile, {} if request is None else request.wire_names) from error


def _translated(error: Exception, profile: Profile, wire_names: Mapping[str, str]) -> EvalkitError:
    """Return evalkit's error for one of a library's, recognised by what it carries rather than by its class."""
    if isinstance(error.__cause__, EvalkitError):
        return error.__cause__  # raised by our own HTTP client, and wrapped by the library
    response: object = getattr(error, "response", None)
    if isinstance(response, httpx2.Response):
        body: object = getattr(error, "body", None)
        return fault_of(Refusal(profile, response.status_code, body, response.headers, wire_names))
    cause = error.__cause__
    return network_fault(cause if isinstance(cause, httpx2.HTTPError) else error, profile)
