"""The protocol packet of a trial design."""
