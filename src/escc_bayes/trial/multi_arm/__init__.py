"""A trial of several treatments against a common control: Dunnett's closed test over looks, losers dropped."""
