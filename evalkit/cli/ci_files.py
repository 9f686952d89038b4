"""Writes the workflows of a project out of the ones that evalkit ships, for the suites that it has."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError
from evalkit.gate import BASELINE
from evalkit.judge.named import load_judges
from evalkit.load import load, load_profile
from evalkit.plugin.recognise import SUFFIXES, holds_suite
from evalkit.project import FOLDERS
from evalkit.providers.registry import extra_of, is_embedded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from evalkit.project import Project
    from evalkit.types import Profile, Suite

DISTRIBUTION = "prompt-evalkit"
_SECRET = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BLOCK = r"(?ms)^ *# \[{name}\n(.*?)^ *# {name}\]\n"


@dataclass(frozen=True, slots=True)
class Installation:
    """Commands that install what a job needs.

    Attributes:
        everything: evalkit with what the suites' providers need.
        core: evalkit alone.
        tests: As everything, with pytest.
    """

    everything: str
    core: str
    tests: str


@dataclass(frozen=True, slots=True)
class Nightly:
    """What the workflows of a project run.

    Attributes:
        suites: Files of suites from the project's root, by the suite's name.
        extras: Of the distribution, that the suites' providers need.
        keys: Variables that hold the keys of those providers.
        embedded: Whether one of them is a model that comes as a package and is kept in the cache.
        requirements: Whether the project lists what else it needs in requirements.txt.
    """

    suites: Mapping[str, str] = field(default_factory=dict[str, str])
    extras: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    embedded: bool = False
    requirements: bool = False

    @property
    def installation(self) -> Installation:
        """How a job gets evalkit from the index."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        more = " --requirement requirements.txt" if self.requirements else ""
        everything = f'python -m pip install "{DISTRIBUTION}{extras}"{more}'
        return Installation(everything, f"python -m pip install {DISTRIBUTION}", f"{everything} pytest")


def nightly_of(project: Project, warn: Callable[[str], None]) -> Nightly:
    """Find the suites of a project that are held against a baseline, and what they need.

    Args:
        project: The project.
        warn: Is told which suites are left out because they cannot be read.
    """
    suites: dict[str, str] = {}
    profiles: dict[str, Profile] = {}
    for path in _suite_files(project.suites):
        try:
            suite = load(path, project)
            if not any(gate.no_worse_than == BASELINE for gate in suite.gates):
                continue
            profiles |= {profile.name: profile for profile in _asked(suite, project)}
        except EvalkitError as error:
            warn(f"{path.name} is not in the workflows: {error.message}")
            continue
        suites[suite.name] = f"{project.place_of('suites')}/{path.name}"
    keys = sorted({each.key_env for each in profiles.values() if each.key_env and _SECRET.fullmatch(each.key_env)})
    return Nightly(
        suites,
        tuple(sorted({extra for each in profiles.values() if (extra := extra_of(each))})),
        tuple(keys),
        any(is_embedded(each) for each in profiles.values()),
        (project.root / "requirements.txt").exists(),
    )


def _suite_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*")):
        if path.suffix in SUFFIXES and path.is_file() and holds_suite(path):
            yield path


def _asked(suite: Suite, project: Project) -> Iterator[Profile]:
    for name in suite.providers:
        yield load_profile(name, project)
    yield from load_judges(suite, project, suite.cases, None)


def rendered(template: str, nightly: Nightly, installation: Installation | None = None) -> str:
    """Fill a shipped workflow in.

    Args:
        template: Its text.
        nightly: What it runs.
        installation: How evalkit gets there; None takes it from the index.
    """
    text = _each_suite(template, nightly)
    text = re.sub(_BLOCK.format(name="model"), r"\1" if nightly.embedded else "", text)
    text = re.sub(r"(?m)^( *)# KEYS\n", lambda found: _environment(found[1], nightly.keys), text)
    text = re.sub(r"(?m)^( *)# SECRETS\n", lambda found: _secrets(found[1], nightly.keys), text)
    commands = installation or nightly.installation
    files = [shlex.quote(file) for file in nightly.suites.values()]
    tokens = {
        "INSTALL_ALL": commands.everything,
        "INSTALL_CORE": commands.core,
        "INSTALL_TESTS": commands.tests,
        "TESTS": " ".join([*(f"--evalkit {file}" for file in files), *files]),
        "SUITES": " ".join(files),
        "NAMES": ", ".join(f'"{name}"' for name in ("all", *nightly.suites)),
    }
    return _filled(text, tokens)


def with_folders(text: str, project: Project) -> str:
    """Write a workflow's paths for a project that has renamed its folders."""
    for name in FOLDERS:
        place = project.place_of(name).replace("\\", r"\\")
        text = re.sub(rf"(?<![\w/.-]){name}/", f"{place}/", text)
    return text


def _filled(text: str, tokens: Mapping[str, str]) -> str:
    return re.sub(f"@({'|'.join(tokens)})@", lambda found: tokens[found[1]], text)


def _each_suite(template: str, nightly: Nightly) -> str:
    """Write the part that is about one suite once for each."""

    def written(found: re.Match[str]) -> str:
        suites = nightly.suites.items()
        return "".join(_filled(found[1], {"SUITE": shlex.quote(file), "NAME": name}) for name, file in suites)

    return re.sub(_BLOCK.format(name="each"), written, template)


def _environment(indentation: str, keys: tuple[str, ...]) -> str:
    return f"{indentation}env:\n{_secrets(indentation + '  ', keys)}" if keys else ""


def _secrets(indentation: str, keys: tuple[str, ...]) -> str:
    return "".join(f"{indentation}{key}: ${{{{ secrets.{key} }}}}\n" for key in keys)
