"""`evalkit schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_schemas_are_written_where_suites_look_for_them(evalkit: CommandLine) -> None:
    """Six schemas land in .evalkit, each a JSON object that names its dialect."""
    evalkit("schema")
    for name in ("suite", "profile", "report", "verdict", "probe", "baseline"):
        schema = json.loads((evalkit.folder / f".evalkit/{name}.schema.json").read_text(encoding="utf-8"))
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
