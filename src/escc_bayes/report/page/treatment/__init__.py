"""The chapter on one treatment: designs, balance, effect, start, location, grades of harm, subgroups."""
