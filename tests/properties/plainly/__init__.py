"""The log posterior of a specification in plain loops over patients: a second source that shares no code with ours.

It reads the raw table, the raw schema and the raw specification, and knows the formulas of docs/methods alone.
"""
