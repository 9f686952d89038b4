"""Keys: where they come from, and how they stay out of everything that is written or printed."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
import threading
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from evalkit.errors import MissingKeyError, ProviderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.errors import EvalkitError
    from evalkit.types import Completion, Profile

COMMAND_TIMEOUT_S = 30.0
_SHORTEST = 6
"""A shorter text is no key, and to blank it out everywhere would garble what is printed."""

_known: list[tuple[str, str]] = []
"""Keys in use in every form in which they may turn up, the longest first, each with the words in its place."""
_remembering = threading.Lock()


def key_of(
    profile: Profile,
    *,
    environment: Mapping[str, str] | None = None,
    command_timeout_s: float = COMMAND_TIMEOUT_S,
) -> str:
    """Return the key of a profile, from its variable or its command, and remember to keep it out of sight.

    Args:
        profile: The profile.
        environment: The variables; None for those of this process.
        command_timeout_s: How long its `key_command` may take.

    Raises:
        ProviderError: There is none, or it holds what no key holds.
    """
    variables = os.environ if environment is None else environment
    if profile.key_command is not None:
        key = _from_command(profile.key_command, profile.name, variables, command_timeout_s)
        origin = "the key of its command"
    elif profile.key_env is not None:
        key, origin = variables.get(profile.key_env, "").strip(), f"the key in {profile.key_env}"
        if not key:
            raise MissingKeyError(
                f"provider {profile.name} needs a key, and {profile.key_env} is not set",
                hint=f"set the variable {profile.key_env}, or name a `key_command` in the profile",
            )
    else:
        raise ProviderError(
            f"provider {profile.name} needs a key, and its profile says not where it is",
            hint="name the variable that holds it: `key_env: NAME`",
        )
    remember(key, f"[{origin}]")
    if not (key.isascii() and key.isprintable()) or " " in key:
        # A library would say the same with the key in its message.
        raise ProviderError(
            f"the key of provider {profile.name} holds a blank or a letter that no key has",
            hint="copy it again, without quotes and line breaks; a command must print nothing else",
        )
    return key


def remember(key: str, name: str) -> None:
    """Keep a key out of sight from now on: `scrub` puts `name` in its place."""
    if len(key) < _SHORTEST:
        return
    plain = key.encode("utf-8", "replace")
    forms = {
        key,
        quote(key, safe="", errors="replace"),
        quote_plus(key, errors="replace"),
        json.dumps(key)[1:-1],
        base64.b64encode(plain).decode().rstrip("="),
        base64.urlsafe_b64encode(plain).decode().rstrip("="),
    }
    with _remembering:  # keys may come from several commands at once, each in its thread
        known = dict(_known) | dict.fromkeys(forms, name)
        # A key may be the beginning of another one. At no moment is one that is known missing from the list.
        _known[:] = sorted(known.items(), key=lambda each: len(each[0]), reverse=True)


def _from_command(command: str, name: str, environment: Mapping[str, str], timeout_s: float) -> str:
    try:
        ended = subprocess.run(  # noqa: S603 - the user's own command, from the user's own profile
            shlex.split(command), env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        failure = f"did not end within {timeout_s:g} s"
    except UnicodeDecodeError:
        failure = "printed what is no text"
    except FileNotFoundError:
        failure = "cannot be run: there is no such program"
    except PermissionError:
        failure = "cannot be run: its program may not be run by this user"
    except (OSError, ValueError, IndexError):
        failure = "cannot be run: it is not written as a shell would take it"
    else:
        key = ended.stdout.strip()
        if key and not ended.returncode:
            return key
        failure = f"ended with exit code {ended.returncode}" if ended.returncode else "printed nothing"
    # What it printed may be the key, and the command may hold one, so neither is shown, not even as the cause.
    raise ProviderError(f"the key_command of provider {name} {failure}", hint="run it by hand to see why")


def scrub(text: str) -> str:
    """Return `text` with every known key replaced by the name of where it came from.

    A key is also found as it stands in an address, in JSON, or in base64 by itself.
    """
    for key, name in _known:
        if key in text:
            text = text.replace(key, name)
    return text


def without_keys(error: EvalkitError) -> None:
    """Take every known key out of an error's own words."""
    error.message = scrub(error.message)
    error.args = (error.message,)
    error.hint = None if error.hint is None else scrub(error.hint)


def without_key_in_answer(completion: Completion) -> Completion:
    """Return a completion without a known key; a gateway may give back what it was sent."""
    changed: dict[str, Any] = {}
    for field in ("text", "reasoning", "error", "stop_reason", "served_model", "request_id"):
        text: str | None = getattr(completion, field)
        if text and (clean := scrub(text)) != text:
            changed[field] = clean
    return replace(completion, **changed) if changed else completion


def printable_traceback(error: BaseException) -> str:
    """Return the traceback of an error and of its causes, without any known key."""
    return scrub("".join(traceback.format_exception(error)))
