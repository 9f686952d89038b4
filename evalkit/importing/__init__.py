"""From what other programs keep to a suite, with a list of all that has no place in one."""
