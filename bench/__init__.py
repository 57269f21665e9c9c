"""Benchmarks: what Mabat adds to the time of its engine, as ratios. ``python -m bench`` or ``make bench``."""
