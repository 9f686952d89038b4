"""From YAML to checked suites and profiles; every complaint says where it stands."""

from evalkit.load.profile import load_profile, profile_names
from evalkit.load.suite import load, rebuild

__all__ = ["load", "load_profile", "profile_names", "rebuild"]
