"""A trial of two arms whose final events are set anew at an interim look, by conditional power."""
