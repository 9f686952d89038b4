"""Keys: where they come from, and how they stay out of sight."""

from __future__ import annotations

import base64
import json
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from evalkit.errors import ProviderError, TransientError
from evalkit.secret import key_of, printable_traceback, scrub, without_key_in_answer, without_keys
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Profile

KEY = "sk-secret-91f0aa77"
SHOWN = "[the key in EVALKIT_A_KEY]"


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch, make_profile: Callable[..., Profile]) -> Callable[[str], str]:
    """Give a function that sets the variable of a profile and asks for its key."""

    def take(value: str, variable: str = "EVALKIT_A_KEY") -> str:
        monkeypatch.setenv(variable, value)
        return key_of(make_profile(key_env=variable))

    return take


@pytest.fixture
def command(tmp_path: Path) -> Callable[[str], str]:
    """Give a function that returns a command line which runs a piece of Python."""

    def write(code: str) -> str:
        script = tmp_path / "key script.py"
        script.write_text(code, encoding="utf-8")
        return f"'{sys.executable}' '{script}'"

    return write


def test_a_key_comes_from_its_variable(keyed: Callable[..., str]) -> None:
    """Without the line break that a file ends with."""
    assert keyed(f" {KEY}\n") == KEY


def test_a_key_comes_from_a_command(command: Callable[[str], str], make_profile: Callable[..., Profile]) -> None:
    """Which wins over the variable; its words are taken as a shell would, without one."""
    line = command("import sys; print('sk-from-' + sys.argv[1])") + " 'a $HOME'"
    with pytest.raises(ProviderError, match="holds a blank"):
        key_of(make_profile(key_command=line, key_env="EVALKIT_A_KEY"))
    line = command("import sys; print('sk-from-' + sys.argv[1])") + " '$HOME'"
    assert key_of(make_profile(key_command=line, key_env="EVALKIT_A_KEY")) == "sk-from-$HOME"


@pytest.mark.parametrize("value", ["", "  \n"])
def test_a_variable_that_is_not_set_is_named(
    value: str, make_profile: Callable[..., Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty one is as good as none."""
    monkeypatch.setenv("EVALKIT_NO_KEY", value)
    with pytest.raises(ProviderError, match="EVALKIT_NO_KEY is not set") as raised:
        key_of(make_profile(key_env="EVALKIT_NO_KEY"))
    assert "EVALKIT_NO_KEY" in str(raised.value.hint)


def test_a_profile_must_say_where_its_key_is(make_profile: Callable[..., Profile]) -> None:
    """There is no place where one would be looked for unasked."""
    with pytest.raises(ProviderError, match="its profile says not where it is"):
        key_of(make_profile())


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (f"import sys; print('{KEY}'); sys.exit(3)", "ended with exit code 3"),
        (f"import sys; print('{KEY}', file=sys.stderr)", "printed nothing"),
        (f"import time; print('{KEY}', flush=True); time.sleep(60)", "did not end within 0.5 s"),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe\\xff')", "printed what is no text"),
    ],
)
def test_a_command_that_fails_shows_nothing_of_what_it_printed(
    command: Callable[[str], str], make_profile: Callable[..., Profile], code: str, message: str
) -> None:
    """Neither as its message nor among its causes; and nobody waits for it longer than a while."""
    line, began = command(code) + f" --token {KEY}", time.monotonic()
    with pytest.raises(ProviderError, match=message) as raised:
        key_of(make_profile(key_command=line), command_timeout_s=0.5)
    assert time.monotonic() - began < 30
    assert raised.value.hint == "run it by hand to see why"
    assert KEY not in printable_traceback(raised.value)


@pytest.mark.parametrize("line", ["", "no-such-program-here", "'unclosed", "/"])
def test_a_command_that_cannot_be_run_is_a_sentence(make_profile: Callable[..., Profile], line: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(ProviderError, match="the key_command of provider script cannot be run: "):
        key_of(make_profile(key_command=line))


@pytest.mark.parametrize("value", ["sk-two words", "sk-two\nlines", "sk-schlüssel", "sk-\x1b[31mred", "sk-\u200b12"])
def test_what_no_key_holds_is_refused_unseen(keyed: Callable[..., str], value: str) -> None:
    """A library would complain of the header, with the key in its words."""
    with pytest.raises(ProviderError, match="the key of provider script holds a blank or a letter") as raised:
        keyed(value)
    assert value not in printable_traceback(raised.value)


FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda key: key,
    "header": lambda key: f"Bearer {key}.",
    "part": lambda key: f"before{key}after",
    "address": lambda key: quote(key, safe=""),
    "json": lambda key: json.dumps({"key": key}),
    "repr": lambda key: repr({"error": {"message": f"Incorrect API key provided: {key}"}}),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 of addresses": lambda key: base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", [KEY, "a+b/c=d?e&f%g"])
def test_a_key_is_found_in_every_form(keyed: Callable[..., str], key: str, form: str) -> None:
    """As it is, in an address, in JSON and in base64."""
    keyed(key)
    text = scrub(FORMS[form](key))
    assert SHOWN in text
    assert key not in text


def test_a_key_that_begins_another_one_leaves_no_rest(keyed: Callable[..., str]) -> None:
    """The longer one is replaced first, whichever was known first."""
    keyed("sk-abcdef", "EVALKIT_SHORT_KEY")
    keyed("sk-abcdef-and-more", "EVALKIT_LONG_KEY")
    keyed("sk-abcdef-and", "EVALKIT_MIDDLE_KEY")
    assert scrub("sk-abcdef-and-more sk-abcdef-and sk-abcdef") == (
        "[the key in EVALKIT_LONG_KEY] [the key in EVALKIT_MIDDLE_KEY] [the key in EVALKIT_SHORT_KEY]"
    )


@pytest.mark.parametrize(("value", "hidden"), [("none", False), ("EMPTY", False), ("qqqqqq", True)])
def test_a_word_that_is_no_key_stays_readable(keyed: Callable[..., str], value: str, hidden: bool) -> None:
    """Servers of one's own take any short word; blanking it out everywhere would garble what is printed."""
    assert keyed(value) == value
    assert (value not in scrub(f"the answer is {value}")) == hidden


def test_an_error_loses_the_key_in_its_own_words(keyed: Callable[..., str]) -> None:
    """In its message, in what it is printed as, and in its hint."""
    keyed(KEY)
    error = ProviderError(f"{KEY} is wrong", hint=f"not {KEY}")
    without_keys(error)
    assert (error.message, str(error), error.hint) == (f"{SHOWN} is wrong", f"{SHOWN} is wrong", f"not {SHOWN}")
    assert KEY not in repr(error)
    bare = ProviderError("fine")
    without_keys(bare)
    assert (bare.message, bare.hint) == ("fine", None)


def test_an_answer_loses_the_key(keyed: Callable[..., str]) -> None:
    """A gateway may give back what it was sent; an answer without a key is left as it is."""
    keyed(KEY)
    fields: dict[str, Any] = dict.fromkeys(
        ("text", "reasoning", "error", "stop_reason", "served_model", "request_id"), f"<{KEY}>"
    )
    assert KEY not in repr(without_key_in_answer(Completion("complete", **fields)))
    plain = Completion("complete", text="fine")
    assert without_key_in_answer(plain) is plain


def test_a_traceback_holds_no_key(keyed: Callable[..., str]) -> None:
    """Not even where a library's own error, which is the cause, shows it."""
    keyed(KEY)

    def fail() -> None:
        try:
            int(f"b'Bearer {KEY}'")
        except ValueError as error:
            raise TransientError("the connection failed") from error

    with pytest.raises(TransientError) as raised:
        fail()
    shown = printable_traceback(raised.value)
    assert f"ValueError: invalid literal for int() with base 10: \"b'Bearer {SHOWN}'\"" in shown
    assert "TransientError: the connection failed" in shown
    assert KEY not in shown
