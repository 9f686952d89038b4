"""Finds and reads provider profiles."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import ArgumentError, ProfileError, SuiteError, suggestion
from evalkit.load.cursor import Cursor, is_mapping
from evalkit.load.document import read_document
from evalkit.settings import SETTINGS, parse_setting
from evalkit.types import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.project import Project
    from evalkit.types import Json, SettingValue, Support

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
    "description",
)
_SECRETS = ("key", "api_key", "token", "secret", "password")


def shipped_profiles() -> Path:
    """Return the folder of the profiles that come with evalkit."""
    return Path(str(files("evalkit") / "starter" / "providers"))


def profile_names(project: Project) -> list[str]:
    """Return the names of every profile, the project's own first."""
    own = [path.stem for path in sorted(project.providers.glob("*.yaml"))]
    shipped = [path.stem for path in sorted(shipped_profiles().glob("*.yaml"))]
    return [*own, *(name for name in shipped if name not in own)]


def load_profile(name: str, project: Project) -> Profile:
    """Read the profile `name`: the project's own, or the one that comes with evalkit.

    Raises:
        ProfileError: There is none, or it is wrong.
    """
    for folder in (project.providers, shipped_profiles()):
        file = folder / f"{name}.yaml"
        if "/" not in name and file.is_file():
            try:
                return _read(name, file, project.relative(file))
            except SuiteError as error:
                raise ProfileError(error.message, hint=error.hint) from error
    raise ProfileError(f"no provider `{name}`", hint=suggestion(name, profile_names(project)))


def _read(name: str, file: Path, shown: str) -> Profile:
    document = read_document(file, shown)
    top = Cursor(document, document.data)
    if is_mapping(top.value):
        for key in _SECRETS:
            if key in top.value:
                top.child(key).fail(
                    f"`{key}` does not belong into a file",
                    hint="name the variable that holds it: `key_env: NAME`",
                    key=True,
                )
    keys = top.mapping(PROFILE_KEYS, required=("adapter", "model"))
    limits: Mapping[str, Cursor] = keys["limits"].mapping() if "limits" in keys else {}
    return Profile(
        name=name,
        adapter=keys["adapter"].text(),
        model=keys["model"].text(),
        key_env=_optional_text(keys, "key_env"),
        base_url=_optional_text(keys, "base_url"),
        limits={limit: _above_zero(cursor) for limit, cursor in limits.items()},
        timeout_s=_above_zero(keys["timeout_s"]) if "timeout_s" in keys else 60.0,
        settings=_settings(keys["settings"]) if "settings" in keys else {},
        extra=_plain(keys, "extra"),
        supports=_supports(keys["supports"]) if "supports" in keys else {},
        options=_plain(keys, "options"),
        path=file,
    )


def _optional_text(keys: Mapping[str, Cursor], key: str) -> str | None:
    return keys[key].text() if key in keys and keys[key].value is not None else None


def _above_zero(cursor: Cursor) -> float:
    number = cursor.number()
    if number <= 0:
        cursor.fail(f"{cursor.name} must be above 0, got {number:g}")
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


def _supports(cursor: Cursor) -> Mapping[str, Support]:
    supports: dict[str, Support] = {}
    for name, each in cursor.mapping(SETTINGS).items():
        if isinstance(each.value, bool):
            supports[name] = each.value
            continue
        ends = [end.number() for end in each.list()]
        if len(ends) != 2 or ends[0] > ends[1]:
            each.fail(f"{name} must be true, false or a range [least, greatest]")
        supports[name] = (ends[0], ends[1])
    return supports
