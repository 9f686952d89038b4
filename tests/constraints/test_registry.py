"""The table of constraints."""

from __future__ import annotations

import dataclasses

import pytest

from evalkit.constraints.registry import CONSTRAINTS
from evalkit.protocols import Constraint


@pytest.mark.parametrize("name", sorted(CONSTRAINTS.builtins))
def test_every_builtin_is_a_frozen_slotted_dataclass_under_its_own_name(name: str) -> None:
    """A constraint's class says the name that suites use, cannot be changed, and documents itself."""
    cls = CONSTRAINTS.get(name)
    assert cls.name == name
    assert cls.__dataclass_params__.frozen
    assert "__slots__" in vars(cls)
    assert (cls.__doc__ or "").startswith("Demand ")
    assert all(f"    {field.name}: " in (cls.__doc__ or "") for field in dataclasses.fields(cls) if field.init)


def test_builtins_fit_the_protocol() -> None:
    """The protocol of constraints can be checked on the instance."""
    assert isinstance(CONSTRAINTS.get("valid_json")(), Constraint)
