"""How long IFEval's checks take, strict and loose, against the reference checker on the same texts.

    python benchmarks/adherence_speed.py

541 completions with 834 instructions, drawn from a seed in the published proportions, about as long as a model's
answers and about as often followed. Both sides start from the published form of the instructions and end at verdicts,
on one core, in alternating rounds. Measured too is how long a process takes that starts, imports what loads suites and
scores, and every constraint's class; it may import no language detector, no sentence model and no RE2.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from adherence.answers import workload

from evalkit.arguments import construct
from evalkit.constraints.ifeval import detection, sentences
from evalkit.constraints.ifeval.published import published_spec
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.score import score
from evalkit.types import Completion

TARGET = 0.5
TARGET_START_S = 0.5
DETECTORS = ("langdetect", "punkt", "re2", "nltk")


def evalkit_verdicts(drawn: list[tuple[str, list[str], list[dict[str, Any]]]]) -> list[tuple[bool, bool]]:
    """Return evalkit's verdicts, strict and loose, instruction by instruction."""
    verdicts: list[tuple[bool, bool]] = []
    for text, identities, given in drawn:
        specs = [published_spec(identity, each, "") for identity, each in zip(identities, given, strict=True)]
        constraints = [construct(CONSTRAINTS, spec, beside=None) for spec in specs]
        scored = score(Completion("complete", text), constraints)
        verdicts += [(verdict.value == 1, verdict.loose == 1) for verdict in scored.verdicts]
    return verdicts


def reference_verdicts(drawn: list[tuple[str, list[str], list[dict[str, Any]]]]) -> list[tuple[bool, bool]]:
    """Return the reference's verdicts by its own `evaluate_instructions`."""
    evaluate: Any = import_module("if_verifiable.common").evaluate_instructions
    registry: Any = import_module("if_verifiable.ifeval.instructions_registry").INSTRUCTION_DICT
    verdicts: list[tuple[bool, bool]] = []
    for text, identities, given in drawn:
        judged, _ = evaluate(text, identities, given, "", registry)
        verdicts += [(each.strict_pass, each.loose_pass) for each in judged]
    return verdicts


def prepare_reference(folder: Path) -> None:
    """Write the sentence model where NLTK finds it, and seed the language detector."""
    model: Any = import_module("punkt").load_model("english")
    place = folder / "tokenizers" / "punkt_tab" / "english"
    place.mkdir(parents=True)
    files = {
        "collocations.tab": ["\t".join(pair) for pair in model.collocations],
        "sent_starters.txt": model.sent_starters,
        "abbrev_types.txt": model.abbrev_types,
        "ortho_context.tab": [f"{word}\t{int(context)}" for word, context in model.ortho_context.items()],
    }
    for name, lines in files.items():
        (place / name).write_text("\n".join(lines), encoding="utf-8")
    import_module("nltk").data.path.insert(0, str(folder))
    import_module("langdetect").DetectorFactory.seed = 0
    logging.disable(logging.ERROR)  # the reference logs each text whose language it cannot tell


def seconds(judge: Any, drawn: Any) -> tuple[float, list[tuple[bool, bool]]]:  # noqa: ANN401 - one of the two above
    """Return the processor's seconds that a side takes, nothing remembered from an earlier round, and its verdicts."""
    detection.detected.cache_clear()
    sentences.sentences.cache_clear()
    began = time.process_time()
    verdicts = judge(drawn)
    return time.process_time() - began, verdicts


def start_s(times: int) -> float:
    """Return the median seconds that a process takes to import what scores, and check what it does not import."""
    code = (
        "import sys, evalkit.load, evalkit.score; from evalkit.constraints.registry import CONSTRAINTS;"
        " [CONSTRAINTS.get(name) for name in CONSTRAINTS.builtins];"
        f"print(*[name for name in {DETECTORS!r} if name in sys.modules])"
    )
    taken: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        taken.append(time.perf_counter() - began)
        assert done.stdout.split() == [], done.stdout
    return median(taken)


def main() -> int:
    """Print the medians; exit 1 when a target is missed or the two sides disagree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each side (default 3)")
    rounds: int = parser.parse_args().rounds
    drawn = workload(7)
    taken: dict[str, list[float]] = {"reference": [], "evalkit": []}
    with tempfile.TemporaryDirectory() as folder:
        prepare_reference(Path(folder))
        sides = {"reference": reference_verdicts, "evalkit": evalkit_verdicts}
        for judge in sides.values():  # once, uncounted: imports, models and profiles
            judge(drawn[:40])
        for _ in range(rounds):
            found = {}
            for name, judge in sides.items():
                spent, found[name] = seconds(judge, drawn)
                taken[name].append(spent)
            differing = sum(one != other for one, other in zip(found["reference"], found["evalkit"], strict=True))
    strict, loose = (sum(each) for each in zip(*found["evalkit"], strict=True))
    print(f"{len(drawn)} completions, {len(found['evalkit'])} instructions, {strict} followed, {loose} loosely\n")
    ratios = [own / other for own, other in zip(taken["evalkit"], taken["reference"], strict=True)]
    print("| side | seconds (median) | least | most | times the reference |")
    print("| --- | --- | --- | --- | --- |")
    for name, each in taken.items():
        ratio = median(ratios) if name == "evalkit" else 1.0
        print(f"| {name} | {median(each):.2f} | {min(each):.2f} | {max(each):.2f} | {ratio:.2f} |")
    began = start_s(5)
    print(f"\nverdicts that differ: {differing}\nstart with every constraint's class: {began:.2f} s")
    return 0 if median(ratios) <= TARGET and not differing and began <= TARGET_START_S else 1


if __name__ == "__main__":
    sys.exit(main())
