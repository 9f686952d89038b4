"""From a suite to the samples that it asks for: pure, and lazy in the number of samples."""

from evalkit.expand.conditions import Sweep, sweep
from evalkit.expand.samples import Plan, Slot, expand, live_sample, slots

__all__ = ["Plan", "Slot", "Sweep", "expand", "live_sample", "slots", "sweep"]
