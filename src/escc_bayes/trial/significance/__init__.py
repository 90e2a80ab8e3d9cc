"""Tests of the log-rank kind, how they spend their type I error over looks, and power in closed form."""
