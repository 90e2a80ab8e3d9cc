"""What can be wrong with a trial design."""

from escc_bayes.foundation.errors import InputError


class DesignError(InputError):
    """A trial design cannot be understood, or cannot work; the message says where and what to do."""
