"""An HTTP server on loopback in a thread of its own, which can answer badly on purpose."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlsplit

import h11

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer.

    Attributes:
        manner: `whole`; `cut` ends the connection in the middle of the body; `reset` before the first byte; `hang`
            never answers.
        delay_s: Seconds before the first byte.
    """

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    manner: Literal["whole", "cut", "reset", "hang"] = "whole"
    delay_s: float = 0.0


_TURNS_TO_CLOSE = 3
"""Turns of the event loop in which closed connections let go of their sockets."""


class LoopbackServer:
    """Serves `handle` on 127.0.0.1 from `__enter__` to `__exit__`."""

    def __init__(self, handle: Callable[[HttpRequest], Awaitable[HttpAnswer]]) -> None:
        self._handle = handle
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._stop: asyncio.Event | None = None
        self.port = 0
        self.connections = 0

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        """End every connection, and the thread."""
        stop = self._stop
        assert stop is not None
        self._loop.call_soon_threadsafe(stop.set)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._until_stopped())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _until_stopped(self) -> None:
        self._stop = asyncio.Event()
        connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            connections[task] = writer
            self.connections += 1
            try:
                await self._converse(reader, writer)
            except (ConnectionError, asyncio.CancelledError, h11.RemoteProtocolError):
                pass
            finally:
                connections.pop(task)
                writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        ending = dict(connections)
        for task, writer in ending.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        for _ in range(_TURNS_TO_CLOSE):
            await asyncio.sleep(0)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
        while True:
            request = await _receive(connection, reader)
            if request is None:
                return
            answer = await self._handle(request)
            if answer.delay_s:
                await asyncio.sleep(answer.delay_s)
            if answer.manner == "hang":
                await asyncio.sleep(3600)
            if answer.manner == "reset":
                writer.transport.abort()
                return
            _send(connection, writer, answer)
            await writer.drain()
            if answer.manner == "cut" or connection.our_state is not h11.DONE:
                return
            if connection.their_state is not h11.DONE:
                return
            connection.start_next_cycle()


async def _receive(connection: h11.Connection, reader: asyncio.StreamReader) -> HttpRequest | None:
    head: h11.Request | None = None
    content = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            content += event.data
        elif isinstance(event, h11.EndOfMessage):
            assert head is not None
            parts = urlsplit(head.target.decode())
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in head.headers}
            return HttpRequest(head.method.decode(), parts.path, parse_qs(parts.query), headers, bytes(content))
        else:  # the connection was closed
            return None


def _send(connection: h11.Connection, writer: asyncio.StreamWriter, answer: HttpAnswer) -> None:
    headers = [*answer.headers.items(), ("content-length", str(len(answer.content)))]
    writer.write(connection.send(h11.Response(status_code=answer.status, headers=headers)) or b"")
    if answer.manner == "cut":
        writer.write(connection.send(h11.Data(data=answer.content[: len(answer.content) // 2])) or b"")
        return
    writer.write(connection.send(h11.Data(data=answer.content)) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")
