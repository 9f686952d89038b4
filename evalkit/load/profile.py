"""Finds and reads provider profiles."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import ArgumentError, ProfileError, SuiteError, suggestion
from evalkit.load.cursor import Cursor, is_list, is_mapping
from evalkit.load.document import read_document
from evalkit.providers.prices import PRICE_KINDS
from evalkit.settings import SETTINGS, parse_setting
from evalkit.support import KNOB_STATES
from evalkit.types import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.project import Project
    from evalkit.support import Support
    from evalkit.types import Json, SettingValue

PROFILE_KEYS = (
    "adapter",
    "model",
    "key_env",
    "base_url",
    "limits",
    "timeout_s",
    "settings",
    "extra",
    "supports",
    "options",
    "price",
    "key_command",
    "description",
)
_SECRETS = ("key", "api_key", "apikey", "auth_token", "token", "secret", "password")
_NAME = re.compile(r"\w[\w.-]{0,199}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def shipped_profiles() -> Path:
    """Return the folder of the profiles that come with evalkit."""
    return Path(str(files("evalkit") / "starter" / "providers"))


def profile_names(project: Project) -> list[str]:
    """Return the names of every profile, the project's own first."""
    own = sorted(path.stem for path in project.providers.glob("*.yaml") if path.is_file())
    shipped = sorted(path.stem for path in shipped_profiles().glob("*.yaml"))
    return [*own, *(name for name in shipped if name not in own)]


def load_profile(name: str, project: Project) -> Profile:
    """Read the profile `name`: the project's own, or the one that comes with evalkit.

    Raises:
        ProfileError: There is none, or it is wrong.
    """
    for folder in (project.providers, shipped_profiles()):
        file = folder / f"{name}.yaml"
        if _NAME.fullmatch(name) and file.is_file():
            if not any(file.resolve().is_relative_to(allowed) for allowed in (project.root, folder.resolve())):
                raise ProfileError(f"`{project.relative(file)}` lies outside the project", hint="copy it there")
            try:
                return _read(name, file, project.relative(file))
            except SuiteError as error:
                raise as_profile_error(error) from error
    raise ProfileError(f"no provider `{name[:60]}`", hint=suggestion(name, profile_names(project)))


def read_profile(file: Path) -> Profile:
    """Read a profile from any file; its name is the file's.

    Raises:
        ProfileError: It is wrong, or not there.
    """
    try:
        return _read(file.stem, file.resolve(), str(file))
    except SuiteError as error:
        raise as_profile_error(error) from error


def as_profile_error(error: SuiteError) -> ProfileError:
    """Turn what the reader of YAML raised into a profile's error, with its place."""
    wrong = ProfileError(error.message, hint=error.hint)
    wrong.location = error.location  # the message names it already
    return wrong


def _read(name: str, file: Path, shown: str) -> Profile:
    document = read_document(file, shown)
    top = Cursor(document, document.data)
    if is_mapping(top.value):
        for place in (top, *(top.child(part) for part in ("extra", "options") if is_mapping(top.value.get(part)))):
            _refuse_secrets(place)
    keys = top.mapping(PROFILE_KEYS, required=("adapter", "model"))
    limits: Mapping[str, Cursor] = keys["limits"].mapping() if "limits" in keys else {}
    return Profile(
        name=name,
        adapter=keys["adapter"].text(),
        model=keys["model"].text(),
        key_env=_key_variable(keys),
        base_url=_optional_text(keys, "base_url"),
        limits={limit: _above_zero(cursor) for limit, cursor in limits.items()},
        timeout_s=_above_zero(keys["timeout_s"]) if "timeout_s" in keys else 60.0,
        settings=_settings(keys["settings"]) if "settings" in keys else {},
        extra=_plain(keys, "extra"),
        supports=_supports(keys["supports"]) if "supports" in keys else {},
        options=_plain(keys, "options"),
        price=_price(keys["price"]) if "price" in keys else {},
        key_command=_optional_text(keys, "key_command"),
        path=file,
    )


def _refuse_secrets(cursor: Cursor) -> None:
    for key in _SECRETS:
        if key in cursor.value:
            cursor.child(key).fail(
                f"`{key}` does not belong in a file",
                hint="name the variable that holds it: `key_env: NAME`",
                key=True,
            )


def _key_variable(keys: Mapping[str, Cursor]) -> str | None:
    name = _optional_text(keys, "key_env")
    if name is not None and not _VARIABLE.fullmatch(name):  # what stands there may be the key, so it is not shown
        keys["key_env"].fail("key_env must name a variable", hint="for example `key_env: MY_API_KEY`, never the key")
    return name


def _optional_text(keys: Mapping[str, Cursor], key: str) -> str | None:
    return keys[key].text() if key in keys and keys[key].value is not None else None


def _above_zero(cursor: Cursor) -> float:
    number = cursor.number()
    if number <= 0:
        cursor.fail(f"{cursor.name} must be above 0, got {number:g}", hint="leave it out for the default")
    return number


def _plain(keys: Mapping[str, Cursor], key: str) -> Mapping[str, Json]:
    return {name: cursor.value for name, cursor in keys[key].mapping().items()} if key in keys else {}


def _settings(cursor: Cursor) -> Mapping[str, SettingValue]:
    return {name: setting_value(name, each) for name, each in cursor.mapping(SETTINGS).items()}


def setting_value(name: str, cursor: Cursor) -> SettingValue:
    """Check the value of a setting where it stands."""
    try:
        return parse_setting(name, cursor.value)
    except ArgumentError as error:
        cursor.fail(error.message, hint=error.hint)


def _price(cursor: Cursor) -> Mapping[str, float]:
    prices = {kind: each.number() for kind, each in cursor.mapping(PRICE_KINDS, required=("input", "output")).items()}
    for kind, price in prices.items():
        if price < 0:
            cursor.child(kind).fail(f"{kind} must be a price from 0 upwards, got {price:g}")
    return prices


def _supports(cursor: Cursor) -> Mapping[str, Support]:
    return {name: _support(name, each) for name, each in cursor.mapping(SETTINGS).items()}


def _support(name: str, cursor: Cursor) -> Support:
    hint = f"for example `{name}: [0, 1]`, `{name}: false` or `{name}: ignored`"
    states = ", ".join(f"`{state}`" for state in KNOB_STATES)
    value = cursor.value
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in KNOB_STATES:
        return value
    ends = list(cursor.list()) if is_list(value) else []
    words = tuple(end.value for end in ends if isinstance(end.value, str))
    if words and len(words) == len(ends) and SETTINGS[name].kind == "word":
        for each in ends:
            setting_value(name, each)
        return words
    if len(ends) != 2 or words or ends[0].number() > ends[1].number():
        cursor.fail(f"{name} must be true, false, {states} or a range [least, greatest]", hint=hint)
    return (ends[0].number(), ends[1].number())
