"""Finds constraints that no text, or every text, can meet, without a text."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, TypeAlias

from evalkit.constraints.casing import fold
from evalkit.constraints.composite import describe
from evalkit.constraints.demands import Amount, Casing, Demanding, Form, Wording, opposite
from evalkit.constraints.logic import AllOf, AnyOf, Not
from evalkit.constraints.scripts import count_words, stands_alone
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.demands import Alternatives, Demand
    from evalkit.protocols import Constraint

_MOST_ALTERNATIVES = 64
_JSON_STARTS = '{["-0123456789tfn'
_JSON_ENDS = '}]"0123456789el'

_Pair: TypeAlias = tuple["Demand", "Demand"]


def clash(one: Constraint, other: Constraint) -> str | None:
    """Say why no text can meet both constraints; None where some text may."""
    mine, theirs = _ways(one), _ways(other)
    return None if mine is None or theirs is None else _why(_joined(mine, theirs))


def never_met(constraint: Constraint) -> str | None:
    """Say why no text can meet a constraint; None where some text may."""
    if isinstance(constraint, Not) and always_met(constraint.constraint):
        return f"every text meets `{describe(constraint.constraint)}`"
    ways = _ways(constraint)
    return None if ways is None else _why(ways)


def always_met(constraint: Constraint) -> bool:
    """Tell whether every text meets a constraint, as far as that can be seen without a text."""
    if getattr(constraint, "met_by_every_text", False):
        return True
    ways = _unmet(constraint)
    return ways is not None and (not ways or _why(ways) is not None)


def _why(ways: Alternatives) -> str | None:
    """Say why each way asks for what cannot be; None where one may be."""
    first: str | None = None
    for demands in ways:
        found = next((pair for pair in combinations(demands, 2) if _clash(*pair)), None)
        if found is None:
            return None
        first = first or f"{found[0]}, and {found[1]}"
    return first


def _ways(constraint: Constraint) -> Alternatives | None:
    """Return the ways to meet a constraint; None where they are not known."""
    if isinstance(constraint, Not):
        return _unmet(constraint.constraint)
    if isinstance(constraint, AllOf):
        return _all([_ways(part) for part in constraint.constraints])
    if isinstance(constraint, AnyOf):
        return _any([_ways(part) for part in constraint.constraints])
    return constraint.demands() if isinstance(constraint, Demanding) else None


def _unmet(constraint: Constraint) -> Alternatives | None:
    """Return the ways not to meet a constraint; None where they are not known."""
    if isinstance(constraint, Not):
        return _ways(constraint.constraint)
    if isinstance(constraint, AllOf):
        return _any([_unmet(part) for part in constraint.constraints])
    if isinstance(constraint, AnyOf):
        return _all([_unmet(part) for part in constraint.constraints])
    if not isinstance(constraint, Demanding) or not getattr(constraint, "demands_all", False):
        return None
    ways = [_any([opposite(demand) for demand in demands]) for demands in constraint.demands()]
    return None if any(way is None for way in ways) else _all(ways)


def _all(parts: Sequence[Alternatives | None]) -> Alternatives | None:
    """Join what all ask for; a part of which nothing is known asks for nothing that could clash."""
    joined: Alternatives = ((),)
    for part in parts:
        joined = joined if part is None else _joined(joined, part)
        if len(joined) > _MOST_ALTERNATIVES:
            return None
    return joined


def _any(parts: Sequence[Alternatives | None]) -> Alternatives | None:
    known = [part for part in parts if part is not None]
    return tuple(way for part in known for way in part) if len(known) == len(parts) else None


def _joined(mine: Alternatives, theirs: Alternatives) -> Alternatives:
    return tuple((*one, *other) for one, other in product(mine, theirs))


def _clash(one: Demand, other: Demand) -> bool:
    return any(clashes(*pair) for pair in ((one, other), (other, one)) for clashes in _CLASHES)


def _amounts(one: Demand, other: Demand) -> bool:
    if not isinstance(one, Amount) or not isinstance(other, Amount) or other.high is None:
        return False
    same = one.of == other.of or (one.of == "words" and other.of == "characters")  # a word has a character
    return same and one.low > other.high


def _too_long(one: Demand, other: Demand) -> bool:
    if not isinstance(one, Wording) or not isinstance(other, Amount) or one.where == "nowhere" or other.high is None:
        return False
    if other.of == "words":
        return count_words(one.text).low > other.high
    return other.of == "characters" and one.text.isascii() and len(one.text.strip()) > other.high


def _forbidden(one: Demand, other: Demand) -> bool:
    """Tell whether what `one` demands holds what `other` forbids."""
    if not isinstance(one, Wording) or not isinstance(other, Wording):
        return False
    if one.where == "nowhere" or other.where != "nowhere":
        return False
    if one.ignore_case and not other.ignore_case and one.text.swapcase() != one.text:
        return False  # another spelling meets both
    folded = fold(one.text, ignore_case=other.ignore_case).text
    wanted = fold(other.text, ignore_case=other.ignore_case).text
    start = folded.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not other.whole_words or _alone(folded, start, end, one):
            return True
        start = folded.find(wanted, start + 1)
    return False


def _alone(text: str, start: int, end: int, within: Wording) -> bool:
    """Tell whether a word stands alone, whatever stands around the demanded text."""
    edge_known = within.whole_words
    if (start == 0 and not (edge_known or within.where == "start")) or (
        end == len(text) and not (edge_known or within.where == "end")
    ):
        return False
    return stands_alone(text, Span(start, end))


def _edges(one: Demand, other: Demand) -> bool:
    if not isinstance(one, Wording) or not isinstance(other, Wording) or one.where != other.where:
        return False
    ignore_case = one.ignore_case or other.ignore_case
    mine, theirs = (fold(each.text.strip(), ignore_case=ignore_case).text for each in (one, other))
    if one.where == "start":
        return not mine.startswith(theirs) and not theirs.startswith(mine)
    return one.where == "end" and not mine.endswith(theirs) and not theirs.endswith(mine)


def _cases(one: Demand, other: Demand) -> bool:
    if not isinstance(one, Casing):
        return False
    if isinstance(other, Casing):
        return one.case != other.case
    if not isinstance(other, Wording) or other.ignore_case or other.where == "nowhere":
        return False
    return other.text != (other.text.upper() if one.case == "upper" else other.text.lower())


def _forms(one: Demand, other: Demand) -> bool:
    if not isinstance(one, Form):
        return False
    if isinstance(other, Form):
        return one.kind != other.kind and "JSON" in (one.kind, other.kind)
    if not isinstance(other, Wording) or one.kind == "Markdown":
        return False
    first, last = other.text.strip()[:1].lower(), other.text.strip()[-1:].lower()
    starts, ends = (_JSON_STARTS, _JSON_ENDS) if one.kind == "JSON" else ("<", ">")
    fence = "`~" if one.fence else ""
    return (other.where == "start" and first not in starts + fence) or (
        other.where == "end" and last not in ends + fence
    )


_CLASHES = (_amounts, _too_long, _forbidden, _edges, _cases, _forms)
