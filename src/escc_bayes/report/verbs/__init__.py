"""The files that each verb writes."""
