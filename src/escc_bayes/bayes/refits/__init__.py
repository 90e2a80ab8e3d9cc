"""Many refits from one fit."""
