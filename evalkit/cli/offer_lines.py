"""Writes what profiles offer, in lines for a terminal."""

from __future__ import annotations

import json
import shutil
import textwrap
from typing import TYPE_CHECKING

from evalkit.providers.offer import SOON_DAYS
from evalkit.reports.format import printable
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from evalkit.errors import EvalkitError
    from evalkit.probe.findings import Probed
    from evalkit.providers.offer import Offer
    from evalkit.support import Knob, KnobState
    from evalkit.types import Json

_STATES: Mapping[KnobState, str] = {
    "applied": "varies",
    "unsupported": "not taken",
    "ignored": "taken and ignored",
    "unknown": "not known",
}


def broken_lines(name: str, error: EvalkitError) -> Iterator[str]:
    """Show a profile that cannot be used, with the reason."""
    yield from _wrapped(f"{name}: ", f"cannot be used: {error.message}", indent=0)
    if error.hint:
        yield from _wrapped("hint: ", error.hint)


def brief_lines(offer: Offer, today: date) -> Iterator[str]:
    """Show a profile in a few lines."""
    profile = offer.profile
    client = f" ({offer.client})" if offer.client else ""
    yield from _wrapped(f"{profile.name}: ", f"{profile.adapter}, {profile.model}{client}", indent=0)
    yield from _facts(offer, today)
    for state, words in _STATES.items():
        names = [name for name, knob in offer.knobs.items() if knob.state == state]
        if names:
            brief = (f"{name}{knob_values(offer.knobs[name])}{_missing_company(offer, name)}" for name in names)
            yield from _wrapped(f"{words}: ", ", ".join(brief))
    if profile.settings:
        yield from _wrapped("set: ", _listed(profile.settings))


def full_lines(offer: Offer, today: date) -> Iterator[str]:
    """Show a profile with the source of everything that is known of its settings."""
    profile = offer.profile
    yield profile.name
    yield from _wrapped("adapter: ", profile.adapter)
    yield from _wrapped("model: ", profile.model)
    if profile.base_url is not None:
        yield from _wrapped("base_url: ", profile.base_url)
    yield from _facts(offer, today)
    for title, values in (("set", profile.settings), ("options", profile.options), ("extra", profile.extra)):
        if values:
            yield from _wrapped(f"{title}: ", _listed(values))
    limits = _listed({name: f"{value:g}" for name, value in profile.limits.items()})
    yield from _wrapped("limits: ", ", ".join(filter(None, (limits, f"timeout_s {profile.timeout_s:g}"))))
    for name, value in offer.facts.items():
        yield from _wrapped(f"{name}: ", "not known" if value is None else shown(value))
    yield "settings:"
    width = max(len(name) for name in offer.knobs) + 2
    for name, knob in offer.knobs.items():
        told = "; ".join(filter(None, (f"{knob.state}{knob_values(knob)}", *knob_company(knob))))
        yield from _wrapped(f"  {name:<{width}}", told)
        yield from _wrapped("    ", offer.source(name))


def probed_lines(probed: Probed) -> Iterator[str]:
    """Show what the last probe of a profile's model found; what it did not ask goes without saying."""
    found = (
        f"{each.check} {each.verdict.replace('_', ' ')}"
        + (f", though {each.contradiction}" if each.contradiction else "")
        for each in probed.findings
        if each.answered
    )
    yield from _wrapped(f"probed {probed.date[:10]}: ", "; ".join(found))


def _facts(offer: Offer, today: date) -> Iterator[str]:
    yield from _wrapped("key: ", _key(offer))
    yield from _wrapped("price: ", _price(offer))
    if offer.retires is not None:
        days = (offer.retires - today).days
        if days < 0:
            yield from _wrapped("warning: ", f"this model ended on {offer.retires}; another may answer, or none")
        elif days <= SOON_DAYS:
            yield from _wrapped("warning: ", f"this model ends on {offer.retires}, in {days} days")
        else:
            yield from _wrapped("ends: ", f"{offer.retires}")


def _key(offer: Offer) -> str:
    if offer.key.command:
        return "from its key_command, which is not run here"
    if offer.key.variable is not None:
        return f"{offer.key.variable}, {'present' if offer.key.present else 'missing'}"
    return "missing; the profile names no key_env" if offer.key.needed else "needs none"


def _price(offer: Offer) -> str:
    if offer.input_usd is None or offer.output_usd is None:
        return "not known; state `price` in the profile"
    if not offer.input_usd and not offer.output_usd:
        return "costs nothing"
    return f"{offer.input_usd:g} USD in, {offer.output_usd:g} USD out, for a million tokens"


def knob_values(knob: Knob) -> str:
    """Say which values a model takes; empty where that needs no saying."""
    if knob.words:
        return f" ({', '.join(knob.words)})"
    if knob.low is not None and knob.high is not None:
        return f" {knob.low:g} to {knob.high:g}"
    if knob.low is not None:
        return f" from {knob.low:g}"
    return f" up to {knob.high:g}" if knob.high is not None else ""


def knob_company(knob: Knob) -> Iterator[str]:
    """Say with which other settings a setting goes, and with which it does not."""
    for other, allowed in knob.needs.items():
        values = " or ".join("not sent" if value is None else shown(value) for value in allowed)
        yield f"with {other} {values}"
    if knob.excludes:
        yield f"not with {' or '.join(knob.excludes)}"


def _missing_company(offer: Offer, name: str) -> str:
    """Say what the profile would have to set for a setting to act; empty when it does."""
    for other, allowed in offer.knobs[name].needs.items():
        if offer.profile.settings.get(other) not in allowed:
            values = " or ".join(shown(value) for value in allowed if value is not None)
            return f" with {other} {values}"
    return ""


def _listed(values: Mapping[str, Json]) -> str:
    return ", ".join(f"{name} {_plain(value)}" for name, value in values.items())


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _wrapped(title: str, text: str, *, indent: int = 2) -> Iterator[str]:
    """Write a titled text in lines that fit the terminal; a word that is longer than a line stays whole."""
    width = max(60, min(shutil.get_terminal_size().columns, 100))
    begin = " " * indent
    yield from textwrap.wrap(
        printable(text),
        width,
        initial_indent=begin + title,
        subsequent_indent=begin + (" " * len(title) if title.startswith("  ") else "  "),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [(begin + title).rstrip()]
