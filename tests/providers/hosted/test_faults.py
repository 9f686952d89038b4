"""Which failures are tried again, and which end the call, the setting or the provider."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from evalkit.errors import CallError, ProviderError, SettingRefusedError, TransientError, UnreachableError
from evalkit.providers.hosted.faults import Refusal, fault_of, network_fault
from evalkit.secret import key_of
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking
    from evalkit.errors import EvalkitError
    from evalkit.types import Profile

QUESTION = ("user", "How are you?")
JSON = {"content-type": "application/json"}


@pytest.fixture
def refused(make_profile: Callable[..., Profile]) -> Callable[..., EvalkitError]:
    """Give a function that sorts an answer: `refused(429, body, headers, temperature="temperature")`."""

    def sort(status: int, body: Any, headers: dict[str, str] | None = None, **wire_names: str) -> EvalkitError:
        return fault_of(Refusal(make_profile(name="it"), status, body, headers or {}, wire_names))

    return sort


def failure(asking: Asking, fault: Fault, **settings: Any) -> EvalkitError:
    """Make a call that meets a fault, and return the error; there was one request."""
    asking.vendors.fault = lambda _asked: fault
    with pytest.raises((CallError, ProviderError)) as caught:
        asking(QUESTION, **settings)
    assert len(asking.vendors.received) == 1
    return caught.value


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_passing_failure_is_tried_again(each_dialect: Asking, status: int) -> None:
    """One request is made, and the engine is told that another may help; the vendor's words are kept."""
    error = failure(each_dialect, Fault("status", status, message="too busy"))
    assert type(error) is TransientError
    assert error.message == f"{status}: too busy"
    assert error.retry_after_s is None


@pytest.mark.parametrize("status", [400, 413, 422, 431, 501])
def test_failure_of_the_call_is_not_tried_again(each_dialect: Asking, status: int) -> None:
    """It ends this call alone, and no setting is to blame."""
    error = failure(each_dialect, Fault("status", status, message="your document is odd"), max_tokens=9)
    assert type(error) is CallError
    assert error.message == f"{status}: your document is odd"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "refused the key"),
        (402, "has no credit left"),
        (403, "refused the key"),
        (404, "does not know the model"),
    ],
)
def test_failure_of_every_call_ends_the_provider(each_dialect: Asking, status: int, said: str) -> None:
    """The message has the provider's name and the vendor's words, and the hint what to do."""
    error = failure(each_dialect, Fault("status", status, message="go away"))
    assert type(error) is ProviderError
    assert error.message == f"{each_dialect.profile.name} {said}: go away"
    assert error.hint is not None


def test_wrong_key_ends_the_provider(each_dialect: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gemini says so with status 400; the key itself is not in the message."""
    monkeypatch.setenv("EVALKIT_TEST_KEY", "sk-another-key-altogether")
    with pytest.raises(ProviderError, match="refused the key") as caught:
        each_dialect(QUESTION)
    assert "sk-another" not in caught.value.message
    assert "`key_env`" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("vendor", "said"),
    [("claude", "has no credit left"), ("openai", "has no credit left"), ("gemini", "used up its quota of the day")],
)
def test_end_of_a_quota_ends_the_provider(asking: Callable[..., Asking], vendor: str, said: str) -> None:
    """It comes as 402, as 429 with `insufficient_quota`, and as 429 with a quota of the day."""
    error = failure(
        asking(vendor, {"claude": "claude-opus-5", "openai": "gpt-6-sol"}.get(vendor, "gemini-3.5-flash")),
        Fault("quota"),
    )
    assert type(error) is ProviderError
    assert said in error.message
    assert "--resume" in str(error.hint)


def test_spend_limit_ends_the_provider(asking: Callable[..., Asking]) -> None:
    """Anthropic answers 400 where a limit of spending is reached."""
    error = failure(asking("claude", "claude-opus-5"), Fault("spend_limit"), max_tokens=9)
    assert type(error) is ProviderError
    assert "has no credit left: You have reached your specified API usage limits" in error.message


@pytest.mark.parametrize(
    ("form", "asked_s"), [("seconds", 7.0), ("seconds", 0.5), ("ms", 0.25), ("date", 30.0), ("info", 45.837906927)]
)
def test_wish_to_wait_is_read_in_every_form(each_dialect: Asking, form: Any, asked_s: float) -> None:
    """Seconds, milliseconds, a date, and Google's RetryInfo, which is in the body."""
    error = failure(each_dialect, Fault("status", 429, asked_s, form, "slow down"))
    assert isinstance(error, TransientError)
    if form == "info" and each_dialect.profile.adapter != "gemini":
        assert error.retry_after_s is None  # theirs have no place for it
    else:
        assert error.retry_after_s == pytest.approx(asked_s, abs=2.0 if form == "date" else 1e-9)


def test_wish_to_wait_an_hour_is_handed_on_and_not_obeyed_here(each_dialect: Asking) -> None:
    """Anthropic's library would sleep the hour inside the call; the engine has a longest wait of its own."""
    error = failure(each_dialect, Fault("status", 503, 3600.0))
    assert isinstance(error, TransientError)
    assert error.retry_after_s == 3600.0


@pytest.mark.parametrize(
    ("status", "advice", "kind"),
    [
        (429, "false", CallError),
        (400, "true", TransientError),
        (500, "true", TransientError),
        (400, "false", CallError),
    ],
)
@pytest.mark.parametrize("vendor", ["claude", "openai"])
def test_advice_of_the_vendor_is_followed(
    asking: Callable[..., Asking], vendor: str, status: int, advice: str, kind: type[CallError]
) -> None:
    """`x-should-retry` says where it is otherwise than the status suggests."""
    asked = asking(vendor, {"claude": "claude-opus-5", "openai": "gpt-6-sol"}[vendor])
    assert type(failure(asked, Fault("status", status, headers={"x-should-retry": advice}))) is kind


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirection_ends_the_provider(each_dialect: Asking, status: int) -> None:
    """A document with a key does not follow to another place; the place is named, without what may be secret."""
    away = {"location": "https://login.example/start?ticket=secret", "content-type": "text/html"}
    error = failure(each_dialect, Fault("verbatim", status, headers=away, content=b"<html>moved</html>"))
    assert type(error) is ProviderError
    assert "answered as no such service does" in error.message
    assert "https://login.example/start" in error.message
    assert "ticket" not in error.message
    assert error.hint == "look at `base_url` in the profile"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<html><h1>404 Not Found</h1></html>", "text/html"),
        (b'{"detail": "Not Found"}', "application/json"),
        (b"", "text/plain"),
    ],
    ids=["page", "framework", "nothing"],
)
def test_nothing_at_the_place_is_told_from_an_unknown_model(
    each_dialect: Asking, content: bytes, content_type: str
) -> None:
    """A server of another kind does not speak of models, and the hint leads to the address."""
    headers = {"content-type": content_type}
    error = failure(each_dialect, Fault("verbatim", 404, headers=headers, content=content))
    assert type(error) is ProviderError
    assert error.hint == "look at `base_url` in the profile"


@pytest.mark.parametrize("status", [502, 503, 524])
def test_page_of_a_proxy_is_tried_again_and_not_quoted(each_dialect: Asking, status: int) -> None:
    """The status says it all."""
    headers = {"content-type": "text/html"}
    error = failure(each_dialect, Fault("verbatim", status, headers=headers, content=b"<html>Bad gateway</html>"))
    assert type(error) is TransientError
    assert error.message == f"status {status}"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ({"detail": [{"loc": ["body", "temperature"], "msg": "Extra inputs are not permitted"}]}, "application/json"),
        ({"detail": "Unexpected fields in the request: {'temperature'}"}, "application/json"),
        (
            {"object": "error", "message": "temperature must be -1 or positive", "param": None, "code": 400},
            "application/json",
        ),
        ({"error": "invalid option: temperature"}, "application/json"),
        (
            [{"error": {"code": 400, "message": "Unknown name temperature", "status": "INVALID_ARGUMENT"}}],
            "application/json",
        ),
        ("temperature is not supported", "text/plain"),
    ],
    ids=["schema", "detail", "flat", "word", "list", "text"],
)
def test_refusal_of_other_servers_is_understood(asking: Callable[..., Asking], body: Any, content_type: str) -> None:
    """Each framework has its own form of an error."""
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    compatible = asking("openai", "gpt-4.1-mini")
    compatible.vendors.fault = lambda _asked: Fault(
        "verbatim", 422, headers={"content-type": content_type}, content=content
    )
    with pytest.raises(SettingRefusedError) as caught:
        compatible(QUESTION, temperature=1.0, stop="x")
    assert caught.value.setting == "temperature"
    assert "temperature" in caught.value.message
    with pytest.raises(CallError) as caught_without:
        compatible(QUESTION, stop="x")
    assert type(caught_without.value) is CallError


def test_longest_name_wins(refused: Callable[..., EvalkitError]) -> None:
    """An error about one setting often mentions another, whose name is shorter."""
    names = {"thinking": "thinking.type", "thinking_budget": "thinking.budget_tokens", "max_tokens": "max_tokens"}
    message = "`max_tokens` must be greater than `thinking.budget_tokens`."
    error = refused(400, {"error": {"message": message}}, **names)
    assert isinstance(error, SettingRefusedError)
    assert error.setting == "thinking_budget"


@pytest.mark.parametrize("message", ["the topping is wrong", "seeded", "stopped early", "stop_reason", "atop_p"])
def test_part_of_a_word_is_no_setting(refused: Callable[..., EvalkitError], message: str) -> None:
    """A name stands by itself."""
    error = refused(400, {"error": {"message": message}}, top_p="top_p", seed="seed", stop="stop", top_k="top_k")
    assert type(error) is CallError


def test_parameter_decides_before_the_message(refused: Callable[..., EvalkitError]) -> None:
    """OpenAI names it apart, and its messages recommend others."""
    body = {"message": "Use 'max_completion_tokens' with top_p.", "param": "temperature", "code": "unsupported_value"}
    error = refused(400, body, top_p="top_p", temperature="temperature", max_tokens="max_completion_tokens")
    assert isinstance(error, SettingRefusedError)
    assert error.setting == "temperature"
    about_the_prompt = refused(400, {"message": "top_p", "param": "messages[2].content"}, top_p="top_p")
    assert type(about_the_prompt) is CallError


@pytest.mark.parametrize(
    "body",
    [
        {
            "message": "Rate limit reached for gpt-4o on tokens per min (TPM). You can increase your rate limit by"
            " adding a payment method to your account at https://platform.openai.com/account/billing.",
            "type": "tokens",
            "code": "rate_limit_exceeded",
        },
        {"type": "error", "error": {"type": "rate_limit_error", "message": "Your usage limit per minute; see billing"}},
        {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "You exceeded your current quota, billing"}},
        {"error": {"message": "slow down"}},
        None,
        "",
    ],
    ids=["openai", "claude", "gemini", "plain", "none", "empty"],
)
def test_passing_limit_is_no_end_of_money(refused: Callable[..., EvalkitError], body: Any) -> None:
    """Whatever its message says of billing, its kind says that it passes."""
    assert type(refused(429, body)) is TransientError


@pytest.mark.parametrize(
    "body",
    [
        {"message": "You exceeded your current quota", "type": "insufficient_quota", "code": "insufficient_quota"},
        {"type": "error", "error": {"type": "billing_error", "message": "No."}},
        {"error": "You exceeded your current quota, please check your plan and billing details."},
    ],
    ids=["openai", "claude", "plain"],
)
@pytest.mark.parametrize("status", [429, 400, 403])
def test_end_of_money_is_told_by_kind_or_words(refused: Callable[..., EvalkitError], body: Any, status: int) -> None:
    """With whichever status it comes."""
    error = refused(status, body)
    assert type(error) is ProviderError
    assert "has no credit left" in error.message


@pytest.mark.parametrize(
    ("quota", "kind"),
    [
        ("GenerateRequestsPerDayPerProjectPerModel-FreeTier", ProviderError),
        ("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", TransientError),
    ],
)
def test_quota_of_the_minute_passes_and_of_the_day_does_not(
    refused: Callable[..., EvalkitError], quota: str, kind: type[EvalkitError]
) -> None:
    """Only the details of Google's error tell them apart."""
    details = [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": quota}]}]
    message = "You exceeded your current quota, please check your plan and billing details."
    error = refused(429, {"error": {"status": "RESOURCE_EXHAUSTED", "message": message, "details": details}})
    assert type(error) is kind


def test_key_in_an_error_is_not_passed_on(
    refused: Callable[..., EvalkitError], make_profile: Callable[..., Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some gateways quote the whole key that they refuse."""
    monkeypatch.setenv("EVALKIT_TEST_KEY", "sk-marker-4f1d2c77aa90")
    key_of(make_profile(key_env="EVALKIT_TEST_KEY"))
    error = refused(401, {"error": {"message": "Incorrect API key provided: sk-marker-4f1d2c77aa90"}})
    assert error.message == "it refused the key: Incorrect API key provided: [the key in EVALKIT_TEST_KEY]"


def test_long_words_are_cut(refused: Callable[..., EvalkitError]) -> None:
    """An error is a sentence, and no prompt that a server sent back."""
    assert len(refused(400, {"error": {"message": "x" * 10_000}}).message) < 400


@pytest.mark.parametrize(
    "body", [None, [], [1], {}, {"error": None}, {"error": []}, {"error": {"message": 3}}, 7, {"detail": [1]}]
)
def test_body_of_no_known_form_does_no_harm(refused: Callable[..., EvalkitError], body: Any) -> None:
    """The status is left."""
    assert refused(418, body).message == "status 418"
    assert refused(401, body).message == "it refused the key: status 401"


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (httpx2.ConnectError("refused"), UnreachableError, "cannot reach http://127.0.0.1:9/v1: refused"),
        (
            httpx2.ConnectError("[Errno -2] Name or service not known"),
            UnreachableError,
            "cannot reach http://127.0.0.1:9/v1: Name or service not known",
        ),
        (httpx2.ConnectTimeout(""), UnreachableError, "cannot reach http://127.0.0.1:9/v1: ConnectTimeout"),
        (httpx2.ReadTimeout(""), TransientError, "no answer within 3 s"),
        (httpx2.PoolTimeout(""), TransientError, "no answer within 3 s"),
        (httpx2.ReadError("reset"), TransientError, "the connection failed: reset"),
        (httpx2.RemoteProtocolError("cut"), TransientError, "the connection failed: cut"),
        (httpx2.DecodingError("not gzip"), TransientError, "the connection failed: not gzip"),
        (ValueError("odd"), CallError, "ValueError: odd"),
    ],
)
def test_failure_of_the_network_is_sorted(
    make_profile: Callable[..., Profile], error: Exception, kind: type[CallError], said: str
) -> None:
    """No way to the server, no answer in time, half an answer, or a fault of our own."""
    sorted_error = network_fault(error, make_profile(base_url="http://127.0.0.1:9/v1", timeout_s=3.0))
    assert (type(sorted_error), sorted_error.message) == (kind, said)


def test_place_without_a_base_url_is_the_vendors(make_profile: Callable[..., Profile]) -> None:
    """The message says whose servers could not be reached."""
    error = network_fault(httpx2.ConnectError("no network"), make_profile(adapter="claude"))
    assert error.message == "cannot reach the servers of adapter `claude`: no network"
