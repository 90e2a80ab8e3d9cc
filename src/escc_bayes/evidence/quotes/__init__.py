"""What a quoted sentence says in numbers: one reader for the audit and for pools."""
