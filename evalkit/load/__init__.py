"""From YAML to checked suites and profiles; every complaint says where it stands."""

from evalkit.load.profile import load_profile, profile_names
from evalkit.load.suite import Loaded, load, load_with_places, rebuild

__all__ = ["Loaded", "load", "load_profile", "load_with_places", "profile_names", "rebuild"]
