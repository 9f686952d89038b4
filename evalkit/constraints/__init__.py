"""Per-completion checks: what adherence is made of, one module for each family."""
