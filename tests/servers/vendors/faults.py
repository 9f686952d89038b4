"""The ways in which a vendor, or what stands before it, fails."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Literal

from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vendors.asked import Vendor

JSON = {"content-type": "application/json"}
_CLAUDE_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
_GOOGLE_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def error_body(
    vendor: Vendor,
    status: int,
    message: str,
    *,
    kind: str | None = None,
    code: str | None = None,
    parameter: str | None = None,
    details: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Write an error in a vendor's form."""
    if vendor == "claude":
        error = {"type": kind or _CLAUDE_KINDS.get(status, "api_error"), "message": message}
        return {"type": "error", "error": error, "request_id": "req_fake"}
    if vendor == "openai":
        return {
            "error": {"message": message, "type": kind or "invalid_request_error", "param": parameter, "code": code}
        }
    status_word = kind or _GOOGLE_STATUS.get(status, "UNKNOWN")
    failure: dict[str, Any] = {"code": status, "message": message, "status": status_word}
    return {"error": {**failure, "details": details} if details else failure}


def error_answer(
    vendor: Vendor, status: int, message: str, headers: Mapping[str, str] | None = None, **how: Any
) -> HttpAnswer:
    """Return an error in a vendor's form."""
    content = json.dumps(error_body(vendor, status, message, **how)).encode()
    named = {"request-id": "req_fake"} if vendor == "claude" else {"x-request-id": "req_fake"}
    return HttpAnswer(status, content, {**JSON, **(named if vendor != "gemini" else {}), **(headers or {})})


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail.

    Attributes:
        retry_after_s: What the answer asks to wait; None when it says nothing.
        form: How it says so.
        content: The whole body of a `verbatim` answer, which has `headers` and no others.
    """

    kind: Literal[
        "status", "quota", "spend_limit", "bad_key", "hang", "reset", "cut", "truncated", "html", "empty",
        "missing_field", "wrong_type", "list", "slow", "verbatim",
    ]  # fmt: skip
    status: int = 500
    retry_after_s: float | None = None
    form: Literal["seconds", "ms", "date", "info"] = "seconds"
    message: str = "something went wrong at the server"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes = b""

    def spoil(self, vendor: Vendor, good: HttpAnswer) -> HttpAnswer:
        """Return what is sent in place of a good answer."""
        if self.kind in ("status", "quota", "spend_limit", "bad_key"):
            return self._error(vendor)
        if self.kind == "verbatim":
            return HttpAnswer(self.status, self.content, self.headers)
        if self.kind in ("hang", "reset", "cut"):
            return replace(good, manner=self.kind)
        if self.kind == "slow":
            return replace(good, delay_s=self.retry_after_s or 1.0)
        return self._rubbish(good)

    def _rubbish(self, good: HttpAnswer) -> HttpAnswer:
        """Return status 200 with what is no answer."""
        if self.kind == "truncated":
            return replace(good, content=good.content[: len(good.content) // 2])
        if self.kind == "html":
            page = b"<!doctype html><html><body>Sign in to the network</body></html>"
            return replace(good, content=page, headers={"content-type": "text/html; charset=utf-8"})
        if self.kind == "empty":
            return replace(good, content=b"")
        if self.kind == "wrong_type":
            return replace(good, headers={**good.headers, "content-type": "text/plain"})
        if self.kind == "list":
            return replace(good, content=b"[1, 2]")
        plain = json.loads(good.content)
        for name in ("choices", "content", "candidates", "output"):
            plain.pop(name, None)
        return replace(good, content=json.dumps(plain).encode())

    def _error(self, vendor: Vendor) -> HttpAnswer:
        if self.kind == "quota":
            return _quota(vendor)
        if self.kind == "spend_limit":
            message = "You have reached your specified API usage limits. Your credit balance is too low"
            return error_answer(vendor, 402 if self.status == 402 else 400, message)
        if self.kind == "bad_key":
            if vendor == "gemini":
                return error_answer(vendor, 400, "API key not valid. Please pass a valid API key.")
            return error_answer(vendor, 401, "invalid x-api-key", code="invalid_api_key")
        headers, details = dict(self.headers), None
        if self.retry_after_s is not None:
            if self.form == "seconds":
                headers["retry-after"] = f"{self.retry_after_s:g}"
            elif self.form == "ms":
                headers["retry-after-ms"] = f"{self.retry_after_s * 1000:g}"
            elif self.form == "date":
                then = datetime.now(UTC) + timedelta(seconds=self.retry_after_s)
                headers["retry-after"] = format_datetime(then, usegmt=True)
            else:
                info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{self.retry_after_s}s"}
                details = [info]
        return error_answer(vendor, self.status, self.message, headers, details=details)


def _quota(vendor: Vendor) -> HttpAnswer:
    """Return the end of what a key may use: of all of it, or for Gemini of the day's."""
    if vendor == "openai":
        message = "You exceeded your current quota, please check your plan and billing details."
        return error_answer(vendor, 429, message, kind="insufficient_quota", code="insufficient_quota")
    if vendor == "claude":
        return error_answer(vendor, 402, "Your account has no credit left.")
    quota = {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quotaValue": "20"}],
    }
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "31s"}
    message = "You exceeded your current quota, please check your plan and billing details."
    return error_answer(vendor, 429, message, details=[quota, retry])
