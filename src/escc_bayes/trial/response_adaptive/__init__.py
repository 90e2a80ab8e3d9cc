"""A trial of two arms whose allocation follows what is seen so far, and what a trend in time does to it."""
