"""What is printed arrives, or is missed without harm: closed pipes, full disks, consoles without a letter."""

import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO, cast


class Forgiving:
    """A stream that goes on when nobody reads it any more, and remembers any other reason why it could not print.

    A letter that a console does not have is printed as its number, such as ``\\u4f4e``. All else is as the stream is.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.fault: OSError | None = None
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

    def __getattr__(self, name: str) -> Any:
        # Whoever prints must not go past this stream: click would write UTF-8 into the buffer of an ASCII console.
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        """Write; a fault ends the writing, not the program."""
        if self.fault is None:
            try:
                self.stream.write(text)
            except OSError as error:
                self.give_up(error)
        return len(text)

    def flush(self) -> None:
        """Flush; a fault ends the writing, not the program."""
        if self.fault is None:
            try:
                self.stream.flush()
            except OSError as error:
                self.give_up(error)

    def give_up(self, error: OSError) -> None:
        """Remember the fault, and lead what is still buffered to nowhere."""
        self.fault = error
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.stream.fileno())
            os.close(nowhere)

    @property
    def unprinted(self) -> str:
        """Why something could not be printed; empty if all was, or if nobody wanted it."""
        if self.fault is None or isinstance(self.fault, BrokenPipeError):
            return ""
        return self.fault.strerror or str(self.fault)


def forgive() -> tuple[Forgiving, Forgiving]:
    """Put forgiving streams in the place of ``sys.stdout`` and ``sys.stderr``; return them."""
    out, err = Forgiving(sys.stdout), Forgiving(sys.stderr)
    sys.stdout, sys.stderr = cast(TextIO, out), cast(TextIO, err)
    return out, err
