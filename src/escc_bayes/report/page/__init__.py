"""The page of a report: what it holds, its sections, tables and figures."""
