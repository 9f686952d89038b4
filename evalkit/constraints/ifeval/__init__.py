"""The 25 instructions of IFEval, judged exactly as the benchmark judges them, flaws included."""
