"""What the strict fakes of GitHub and GitLab share: routes, refusals, pages, and faults on demand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from vendors.http import HttpAnswer, LoopbackServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vendors.http import HttpRequest


class Refused(Exception):  # noqa: N818 - an answer, not an error of the fake
    """The server refuses a request."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a route gets it.

    Attributes:
        parts: What the route's pattern captured.
        document: The body's JSON; None for none.
    """

    method: str
    path: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    document: Any

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:
        """Return the body's fields; a missing or an unknown one is refused."""
        given: dict[str, Any] = self.document
        if not isinstance(self.document, dict):
            raise Refused(422, "Invalid request: a JSON object is wanted")
        missing = sorted(set(required) - set(given))
        unknown = sorted(set(given) - {*required, *optional})
        if missing or unknown:
            raise Refused(422, f"Validation Failed: missing {missing}, unknown {unknown}")
        return given

    def only(self, *names: str) -> None:
        """Refuse parameters of the address that the endpoint does not have."""
        unknown = sorted(set(self.query) - set(names))
        if unknown:
            raise Refused(422, f"Validation Failed: unknown parameters {unknown}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad answer in the place of the next.

    Attributes:
        answer: What is sent.
        acts: Whether the request is carried out all the same.
    """

    answer: HttpAnswer
    acts: bool = False


@dataclass
class Reply:
    """What a route answers."""

    document: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])


Route = tuple[str, str, "Callable[[Call], Reply]"]


class FakeForge:
    """Serves routes on loopback from `__enter__` to `__exit__`.

    Attributes:
        requests: What was asked, in order.
        faults: What the next requests get instead of an answer.
        meanwhile: What happens, once each, right before the next request that changes something is carried out.
        page: How many entries a page has at most, however many are asked for.
        delay_s: Seconds before each answer.
    """

    prefix = ""

    def __init__(self, *, page: int = 2) -> None:
        self.requests: list[Call] = []
        self.faults: list[Fault] = []
        self.meanwhile: list[Callable[[], object]] = []
        self.page = page
        self.delay_s = 0.0
        self._server = LoopbackServer(self._handle)

    @property
    def host(self) -> str:
        """The address that everything begins with."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def url(self) -> str:
        """Where the API begins."""
        return self.host + self.prefix

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def asked(self, method: str) -> list[str]:
        """Return the paths that were asked for with a method."""
        return [call.path for call in self.requests if call.method == method]

    def routes(self) -> list[Route]:
        """Return method, pattern and function of each endpoint."""
        raise NotImplementedError

    def admit(self, call: Call) -> None:
        """Refuse a request whose headers are not what the API asks for."""
        raise NotImplementedError

    def refusal(self, refused: Refused) -> Any:
        """Return the body of a refusal."""
        raise NotImplementedError

    def paged(self, call: Call, listed: Sequence[Any], *parameters: str) -> Reply:
        """Answer with one page, and say where the next one is."""
        call.only("page", "per_page", *parameters)
        page, size = int(call.query.get("page", "1")), min(int(call.query.get("per_page", "30")), self.page)
        last = max(1, -(-len(listed) // size))
        reply = Reply(list(listed[(page - 1) * size : page * size]))
        if page < last:
            self.name_next(call, reply, page + 1, last)
        return reply

    def name_next(self, call: Call, reply: Reply, page: int, last: int) -> None:
        """Name the next and the last page in the header `Link`."""
        links = [
            f'<{self.url}{call.path}?{urlencode({**call.query, "page": str(number)})}>; rel="{rel}"'
            for number, rel in ((page, "next"), (last, "last"))
        ]
        reply.headers["Link"] = ", ".join(links)

    async def _handle(self, request: HttpRequest) -> HttpAnswer:
        query = {name: values[0] for name, values in request.query.items()}
        document = json.loads(request.content) if request.content else None
        call = Call(request.method, request.path.removeprefix(self.prefix), (), query, dict(request.headers), document)
        self.requests.append(call)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not fault.acts:
            return fault.answer
        if request.method not in ("GET", "HEAD"):
            while self.meanwhile:
                self.meanwhile.pop(0)()
        answer = self._answered(call, known=request.path.startswith(self.prefix))
        return answer if fault is None else fault.answer

    def _answered(self, call: Call, *, known: bool) -> HttpAnswer:
        try:
            self.admit(call)
            reply = self._routed(call) if known else Reply({"message": "Not Found"}, 404)
        except Refused as refused:
            reply = Reply(self.refusal(refused), refused.status, refused.headers)
        content = b"" if reply.document is None or call.method == "HEAD" else json.dumps(reply.document).encode()
        headers = {"content-type": "application/json; charset=utf-8", **reply.headers}
        return HttpAnswer(reply.status, content, headers, delay_s=self.delay_s)

    def _routed(self, call: Call) -> Reply:
        for method, pattern, function in self.routes():
            found = re.fullmatch(pattern, call.path)
            if found and method == call.method:
                return function(Call(call.method, call.path, found.groups(), call.query, call.headers, call.document))
        raise Refused(404, "Not Found")
