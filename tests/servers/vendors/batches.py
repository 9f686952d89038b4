"""The three vendors' batch interfaces: what is sent in, kept until it is told to end, and handed out unordered.

As at the real ones, a batch is taken or refused as a whole by its form alone; whether a request in it keeps the model's
rules is found out when it is worked on, and a request that breaks them comes back as an error of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from vendors.asked import RefusedError, objects, one_object
from vendors.documents import document, form, json_answer, lines_answer
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vendors.asked import Body, Vendor
    from vendors.http import HttpRequest

Fate: TypeAlias = Literal["drawn", "failed", "canceled", "expired", "lost"]
"""What becomes of a request in a batch; `lost` is in no file of results."""
_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_OPENAI_LINE = {"custom_id", "method", "url", "body"}
_OPENAI_FIELDS = {"input_file_id", "endpoint", "completion_window", "metadata", "output_expires_after"}
_ENDPOINTS = ("/v1/chat/completions", "/v1/responses")
_PAGE = 3
"""Batches on one page of a list where the client states no number; few, so that pages are met."""


def drawn(_custom_id: str) -> Fate:
    """Let every request be worked on."""
    return "drawn"


@dataclass(slots=True)
class Job:
    """One batch.

    Attributes:
        requests: By custom id, in the order of the file: the path that it is for, and its document.
        answers: By custom id; empty until the batch has ended.
        label: What the client called it.
    """

    vendor: Vendor
    id: str
    requests: dict[str, tuple[str, Body]]
    label: Any
    headers: Mapping[str, str]
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    status: Literal["running", "ended", "canceled", "expired", "failed"] = "running"
    ended_at: datetime | None = None
    answers: dict[str, tuple[Fate, HttpAnswer]] = field(default_factory=dict[str, "tuple[Fate, HttpAnswer]"])
    errors: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    files: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def unordered(self) -> list[tuple[str, Fate, HttpAnswer]]:
        """The answers in an order that has nothing to do with the requests'."""
        ids = sorted(self.answers, key=lambda each: hashlib.sha256(each.encode()).digest())
        return [(each, *self.answers[each]) for each in ids if self.answers[each][0] != "lost"]

    def counts(self) -> Counter[Fate]:
        """Count how the requests ended."""
        return Counter(fate if answer.status == 200 else "failed" for fate, answer in self.answers.values())


@dataclass(slots=True)
class Batches:
    """The batch interfaces.

    Attributes:
        draw: Answers one request as the single-call interface would.
        jobs: Every batch, in order of creation.
        keep_metadata: False lets Gemini forget the metadata of inline requests, as it was seen to do.
        at_creation: What befalls the answer to the creation of a batch; the batch is there all the same.
        most_bytes: The largest document or file that is taken, by vendor.
    """

    draw: Callable[[Vendor, str, Body, Mapping[str, str]], HttpAnswer]
    jobs: list[Job] = field(default_factory=list[Job])
    keep_metadata: bool = True
    at_creation: Callable[[Vendor, HttpAnswer], HttpAnswer] = lambda _vendor, answer: answer
    most_bytes: dict[str, int] = field(
        default_factory=lambda: {"claude": 256_000_000, "openai": 200_000_000, "gemini": 20_000_000}
    )
    most_requests: dict[str, int] = field(default_factory=lambda: {"claude": 100_000, "openai": 50_000})
    _files: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def end(
        self, fate: Callable[[str], Fate] = drawn, *, status: Literal["ended", "canceled", "expired"] = "ended"
    ) -> None:
        """Work off every batch that is running, each request as `fate` of its custom id says."""
        for job in self.jobs:
            if job.status == "running":
                job.answers = {custom_id: self._ended(job, custom_id, fate(custom_id)) for custom_id in job.requests}
                job.ended_at = datetime.now(UTC)
                job.status = status

    def asked(self, vendor: Vendor) -> Counter[str]:
        """Count by custom id how often each request was sent in."""
        return Counter(each for job in self.jobs if job.vendor == vendor for each in job.requests)

    def paid(self, vendor: Vendor) -> Counter[str]:
        """Count by custom id how often each request was answered, and so charged."""
        return Counter(
            custom_id
            for job in self.jobs
            if job.vendor == vendor
            for custom_id, (fate, answer) in job.answers.items()
            if fate == "drawn" and answer.status == 200
        )

    def _ended(self, job: Job, custom_id: str, fate: Fate) -> tuple[Fate, HttpAnswer]:
        path, body = job.requests[custom_id]
        return fate, self.draw(job.vendor, path, body, job.headers) if fate == "drawn" else HttpAnswer(500)

    def route(self, vendor: Vendor, path: str, request: HttpRequest) -> HttpAnswer | None:
        """Answer a request to a batch interface; None for one to anything else."""
        if vendor == "claude":
            return self._claude(path, request)
        if vendor == "openai":
            return self._openai(path, request)
        return self._gemini(path, request)

    def _created(self, job: Job, plain: Any) -> HttpAnswer:
        self.jobs.append(job)
        return self.at_creation(job.vendor, json_answer(plain))

    def _job(self, vendor: Vendor, job_id: str) -> Job:
        found = next((job for job in self.jobs if job.vendor == vendor and job.id == job_id), None)
        if found is None:
            raise RefusedError(f"batch {job_id} was not found", status=404)
        return found

    def _page(self, vendor: Vendor, limit: int, after: str | None) -> tuple[list[Job], bool]:
        """Return some batches, newest first, and whether there are more."""
        newest = [job for job in reversed(self.jobs) if job.vendor == vendor]
        ids = [job.id for job in newest]
        start = ids.index(after) + 1 if after in ids else 0
        return newest[start : start + limit], len(newest) > start + limit

    def _check_size(self, vendor: Vendor, content: bytes) -> None:
        if len(content) > self.most_bytes[vendor]:
            raise RefusedError("Request exceeds the maximum size", status=400 if vendor == "gemini" else 413)

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}{len(self.jobs) + 1:06}"

    # Anthropic

    def _claude(self, path: str, request: HttpRequest) -> HttpAnswer | None:
        found = re.fullmatch(r"/v1/messages/batches(?:/(\w+))?(?:/(results|cancel))?", path)
        if found is None:
            return None
        job_id, what = found.groups()
        if request.headers.get("anthropic-version") not in ("2023-06-01", "2026-10-21"):
            raise RefusedError("anthropic-version: header is required")
        if job_id is None:
            return self._claude_create(request) if request.method == "POST" else self._claude_list(request)
        job = self._job("claude", job_id)
        if what == "cancel" and request.method == "POST":
            self.end(lambda _id: "canceled", status="canceled")
        elif request.method != "GET":
            raise RefusedError("Method Not Allowed", status=405)
        elif what == "results":
            return self._claude_results(job)
        return json_answer(_claude_job(job))

    def _claude_create(self, request: HttpRequest) -> HttpAnswer:
        self._check_size("claude", request.content)
        body = _document(request.content)
        if set(body) != {"requests"}:
            raise RefusedError("requests: Field required" if "requests" not in body else "Extra inputs")
        requests: dict[str, tuple[str, Body]] = {}
        for number, each in enumerate(objects(body["requests"])):
            place = f"requests.{number}"
            if set(each) != {"custom_id", "params"}:
                raise RefusedError(f"{place}: Extra inputs are not permitted, or a field is missing")
            if not _CUSTOM_ID.fullmatch(str(each["custom_id"])):
                raise RefusedError(f"{place}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'")
            if each["custom_id"] in requests:
                raise RefusedError(f"{place}.custom_id: duplicate custom_id")
            requests[each["custom_id"]] = ("/v1/messages", one_object(each["params"]))
        if not 1 <= len(requests) <= self.most_requests["claude"]:
            raise RefusedError("requests: List should have from 1 to 100000 items")
        job = Job("claude", self._new_id("msgbatch_"), requests, None, request.headers)
        return self._created(job, _claude_job(job))

    def _claude_list(self, request: HttpRequest) -> HttpAnswer:
        limit = int(request.query.get("limit", [str(_PAGE)])[0])
        jobs, more = self._page("claude", limit, request.query.get("after_id", [None])[0])
        ids = [job.id for job in jobs]
        return json_answer(
            {
                "data": [_claude_job(job) for job in jobs],
                "has_more": more,
                "first_id": ids[0] if ids else None,
                "last_id": ids[-1] if ids else None,
            }
        )

    def _claude_results(self, job: Job) -> HttpAnswer:
        if job.status == "running":
            raise RefusedError(f"Batch {job.id} has no available results.", status=404, kind="not_found_error")
        lines: list[Any] = []
        for custom_id, fate, answer in job.unordered:
            result: dict[str, Any] = {"type": fate}
            if fate in ("drawn", "failed"):
                plain = _content(answer)
                if answer.status == 200:
                    result = {"type": "succeeded", "message": plain}
                else:
                    error = {"type": "error", "error": {"type": "api_error", "message": "Internal server error"}}
                    result = {"type": "errored", "error": plain or error}
            lines.append({"custom_id": custom_id, "result": result})
        return lines_answer(lines)

    # OpenAI

    def _openai(self, path: str, request: HttpRequest) -> HttpAnswer | None:
        if path == "/v1/files" and request.method == "POST":
            return self._openai_upload(request)
        content = re.fullmatch(r"/v1/files/([\w-]+)/content", path)
        if content is not None and request.method == "GET":
            if content[1] not in self._files:
                raise RefusedError("No such File object", status=404)
            return HttpAnswer(200, self._files[content[1]], {"content-type": "application/octet-stream"})
        found = re.fullmatch(r"/v1/batches(?:/(\w+))?(/cancel)?", path)
        if found is None:
            return None
        if found[1] is None:
            return self._openai_create(request) if request.method == "POST" else self._openai_list(request)
        job = self._job("openai", found[1])
        if found[2] and request.method == "POST":
            self.end(lambda _id: "canceled", status="canceled")
        return json_answer(self._openai_job(job))

    def _openai_upload(self, request: HttpRequest) -> HttpAnswer:
        fields = form(request)
        if fields.get("purpose") != b"batch" or "file" not in fields:
            raise RefusedError("'purpose' must be 'batch' here, and 'file' is required", parameter="purpose")
        self._check_size("openai", fields["file"])
        file_id = f"file-{len(self._files) + 1:06}"
        self._files[file_id] = fields["file"]
        plain = {"id": file_id, "object": "file", "bytes": len(fields["file"]), "purpose": "batch"}
        return json_answer({**plain, "filename": "batch.jsonl", "created_at": _seconds(datetime.now(UTC))})

    def _openai_create(self, request: HttpRequest) -> HttpAnswer:
        body = _document(request.content)
        for name in body:
            if name not in _OPENAI_FIELDS:
                raise RefusedError(f"Unknown parameter: '{name}'.", parameter=name, code="unknown_parameter")
        if body.get("completion_window") != "24h":
            raise RefusedError("Invalid value for 'completion_window'", parameter="completion_window")
        if body.get("endpoint") not in _ENDPOINTS:
            raise RefusedError("Invalid value for 'endpoint'", parameter="endpoint")
        if body.get("input_file_id") not in self._files:
            raise RefusedError("No such File object", parameter="input_file_id")
        metadata = one_object(body.get("metadata"))
        if len(metadata) > 16 or any(len(key) > 64 or len(value) > 512 for key, value in metadata.items()):
            raise RefusedError("Invalid 'metadata'", parameter="metadata")
        job = Job("openai", self._new_id("batch_"), {}, metadata, request.headers)
        job.files = {"input": body["input_file_id"], "endpoint": body["endpoint"]}
        job.errors = self._validated(job, self._files[body["input_file_id"]])
        if job.errors:  # found out while `validating`, after the creation was answered
            job.status, job.requests, job.ended_at = "failed", {}, datetime.now(UTC)
        return self._created(job, {**self._openai_job(job), "status": "validating"})

    def _validated(self, job: Job, content: bytes) -> list[dict[str, Any]]:
        """Read the file of requests; return what is wrong with it as a whole."""
        models: set[str] = set()
        lines = content.decode().splitlines()
        for number, text in enumerate(lines, 1):
            line = one_object(json.loads(text))
            body = one_object(line.get("body"))
            models.add(str(body.get("model")))
            if set(line) != _OPENAI_LINE or line["method"] != "POST" or line["url"] != job.files["endpoint"]:
                return [_error("invalid_request", "A line is not as the endpoint needs it.", number)]
            if line["custom_id"] in job.requests or not 1 <= len(line["custom_id"]) <= 64:
                return [_error("duplicate_custom_id", "The custom_id is not unique, or not of 1 to 64 letters", number)]
            if len(models) > 1:
                return [_error("mismatched_model", "Only one model can be used in a batch.", number)]
            job.requests[line["custom_id"]] = (line["url"], body)
        if not 1 <= len(lines) <= self.most_requests["openai"]:
            return [_error("too_many_tasks", "The batch has no request, or more than 50000.", None)]
        return []

    def _openai_list(self, request: HttpRequest) -> HttpAnswer:
        limit = int(request.query.get("limit", [str(_PAGE)])[0])
        jobs, more = self._page("openai", min(limit, 100), request.query.get("after", [None])[0])
        return json_answer({"object": "list", "data": [self._openai_job(job) for job in jobs], "has_more": more})

    def _openai_job(self, job: Job) -> dict[str, Any]:
        if job.answers and "output" not in job.files:
            self._openai_files(job)
        counts = job.counts()
        names = {"running": "in_progress", "ended": "completed", "canceled": "cancelled"}
        stage = {"ended": "completed_at", "canceled": "cancelled_at", "expired": "expired_at", "failed": "failed_at"}
        ended = {stage[job.status]: _seconds(job.ended_at)} if job.ended_at else {}
        return {
            "id": job.id,
            "object": "batch",
            "endpoint": job.files["endpoint"],
            "input_file_id": job.files["input"],
            "completion_window": "24h",
            "status": names.get(job.status, job.status),
            "created_at": _seconds(job.created_at),
            "expires_at": _seconds(job.created_at + timedelta(days=1)),
            "output_file_id": job.files.get("output") or None,
            "error_file_id": job.files.get("error") or None,
            "errors": {"object": "list", "data": job.errors} if job.errors else None,
            "request_counts": {"total": len(job.requests), "completed": counts["drawn"],
                               "failed": sum(counts.values()) - counts["drawn"]},
            "metadata": job.label,
            **ended,
        }  # fmt: skip

    def _openai_files(self, job: Job) -> None:
        """Write what was answered into one file and what went wrong into another; a file without lines is not there."""
        answered: list[Any] = []
        failed: list[Any] = []
        for number, (custom_id, fate, answer) in enumerate(job.unordered):
            line: dict[str, Any] = {
                "id": f"batch_req_{number}",
                "custom_id": custom_id,
                "response": None,
                "error": None,
            }
            if fate == "expired":
                message = "This request could not be executed before the completion window expired."
                line["error"] = {"code": "batch_expired", "message": message}
            elif fate == "canceled":
                line["error"] = {"code": "batch_cancelled", "message": "This request was cancelled."}
            else:
                plain = _content(answer) or {"error": {"message": "The server had an error", "type": "server_error"}}
                line["response"] = {"status_code": answer.status, "request_id": f"req_{custom_id[:8]}", "body": plain}
            (answered if fate == "drawn" and answer.status == 200 else failed).append(line)
        for name, lines in (("output", answered), ("error", failed)):
            file_id = f"file-{job.id}-{name}" if lines else ""
            job.files[name] = file_id
            self._files[file_id] = lines_answer(lines).content

    # Gemini

    def _gemini(self, path: str, request: HttpRequest) -> HttpAnswer | None:
        created = re.fullmatch(r"/(v1|v1beta)/models/([^:/]+):batchGenerateContent", path)
        if created is not None and request.method == "POST":
            return self._gemini_create(created[1], created[2], request)
        found = re.fullmatch(r"/(v1|v1beta)/batches(?:/(\w+))?(:cancel)?", path)
        if found is None:
            return None
        if found[2] is None:
            limit = int(request.query.get("pageSize", [str(_PAGE)])[0])
            jobs, more = self._page("gemini", limit, request.query.get("pageToken", [None])[0])
            listed = {"operations": [self._gemini_job(job) for job in jobs]} if jobs else {}
            return json_answer({**listed, **({"nextPageToken": jobs[-1].id} if more else {})})
        job = self._job("gemini", found[2])
        if found[3] and request.method == "POST":
            self.end(lambda _id: "canceled", status="canceled")
            return json_answer({})
        return json_answer(self._gemini_job(job))

    def _gemini_create(self, version: str, model: str, request: HttpRequest) -> HttpAnswer:
        self._check_size("gemini", request.content)
        body = _document(request.content)
        batch = one_object(body.get("batch"))
        config = one_object(batch.get("inputConfig"))
        listed = objects(one_object(config.get("requests")).get("requests"))
        if set(body) != {"batch"} or not set(batch) <= {"displayName", "inputConfig", "priority", "webhookConfig"}:
            raise RefusedError("Invalid JSON payload received. Unknown name: Cannot find field.")
        if not batch.get("displayName") or not listed:
            raise RefusedError("batch.displayName and batch.inputConfig.requests are required")
        requests: dict[str, tuple[str, Body]] = {}
        for each in listed:
            if not set(each) <= {"request", "metadata"}:
                raise RefusedError('Invalid JSON payload received. Unknown name at "requests": Cannot find field.')
            key = str(one_object(each.get("metadata")).get("key", len(requests)))
            requests[key] = (f"/{version}/models/{model}:generateContent", one_object(each.get("request")))
        job = Job("gemini", self._new_id("job"), requests, batch["displayName"], request.headers)
        return self._created(job, self._gemini_job(job))

    def _gemini_job(self, job: Job) -> dict[str, Any]:
        states = {"running": "RUNNING", "ended": "SUCCEEDED", "canceled": "CANCELLED", "expired": "EXPIRED"}
        metadata: dict[str, Any] = {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
            "name": f"batches/{job.id}",
            "displayName": job.label,
            "state": f"BATCH_STATE_{states[job.status]}",
            "createTime": _instant(job.created_at),
            "updateTime": _instant(job.ended_at or job.created_at),
        }
        plain = {"name": f"batches/{job.id}", "metadata": metadata}
        if job.ended_at is None:
            return plain
        metadata["endTime"] = _instant(job.ended_at)
        if job.status == "ended":  # in the order of the requests
            responses = [self._gemini_line(custom_id, *answered) for custom_id, answered in job.answers.items()]
            metadata["output"] = {"inlinedResponses": {"inlinedResponses": responses}}
        return {**plain, "done": True}

    def _gemini_line(self, custom_id: str, fate: Fate, answer: HttpAnswer) -> dict[str, Any]:
        line: dict[str, Any] = {"metadata": {"key": custom_id}} if self.keep_metadata else {}
        if fate == "drawn" and answer.status == 200:
            return {**line, "response": _content(answer)}
        error = one_object(_content(answer)).get("error") or {"code": 500, "message": "Internal error encountered."}
        detail = {"@type": "type.googleapis.com/google.rpc.DebugInfo", "detail": fate}
        return {**line, "error": {"code": error["code"], "message": error["message"], "details": [detail]}}


def _claude_job(job: Job) -> dict[str, Any]:
    counts = job.counts()
    ended = job.ended_at is not None
    return {
        "id": job.id,
        "type": "message_batch",
        "processing_status": "ended" if ended else "in_progress",
        "request_counts": {
            "processing": 0 if ended else len(job.requests),
            "succeeded": counts["drawn"],
            "errored": counts["failed"],
            "canceled": counts["canceled"],
            "expired": counts["expired"],
        },
        "created_at": _instant(job.created_at),
        "expires_at": _instant(job.created_at + timedelta(days=1)),
        "ended_at": _instant(job.ended_at) if job.ended_at else None,
        "cancel_initiated_at": None,
        "archived_at": None,
        "results_url": f"http://{job.headers['host']}/claude/v1/messages/batches/{job.id}/results" if ended else None,
    }


def _error(code: str, message: str, line: int | None) -> dict[str, Any]:
    return {"code": code, "message": message, "line": line, "param": None}


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _document(content: bytes) -> Body:
    found = document(content)
    if found is None:
        raise RefusedError("The body is not JSON")
    return found


def _content(answer: HttpAnswer) -> Any:
    return json.loads(answer.content) if answer.content else None
