"""Simulated trials, judged by every rule: operating characteristics."""
