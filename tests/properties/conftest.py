"""Hypothesis: the same examples on every run, no deadline (machines differ), no database."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "escc", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("escc")
