"""The 25 checks of IFEval, each with the benchmark's own verdict; `docs/ifeval.md` says where that surprises."""
