"""Rules of the audit, one a file: each takes a study and yields findings."""
