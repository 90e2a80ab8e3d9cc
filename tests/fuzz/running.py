"""One command in this process, and what is wrong with how it ended."""

import io
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from escc_bayes import cli

# Seconds after which a command counts as hanging.
PATIENCE = 30


class Hung(BaseException):
    """A command took too long."""


@dataclass(frozen=True, slots=True)
class End:
    """How a command ended.

    Attributes
    ----------
    words : the command line.
    code : exit code; -1 for one that hung.
    stderr : what it said.
    seconds : of CPU.
    faults : what is wrong with it; empty if nothing is.
    """

    words: tuple[str, ...]
    code: int
    stderr: str
    seconds: float
    faults: tuple[str, ...]


@contextmanager
def patience(seconds: int, given_up: list[int]) -> Iterator[None]:
    """Raise ``Hung`` in the block after so many seconds of CPU, and note it in ``given_up``."""

    def hung(*_: object) -> None:
        given_up.append(seconds)
        raise Hung

    before = signal.signal(signal.SIGPROF, hung)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(words: list[str], folder: Path, seconds: int = PATIENCE) -> End:
    """Run a command whose ``--out`` lies in ``folder``, which holds nothing else, for so many seconds of CPU."""
    out, err = io.StringIO(), io.StringIO()
    argv, sys.argv = sys.argv, ["escc-bayes", *words]
    began, code, hung = time.process_time(), -1, []
    try:
        with redirect_stdout(out), redirect_stderr(err), patience(seconds, hung):
            cli.main()
    except SystemExit as ended:
        code = -1 if hung else int(ended.code or 0)
    said = err.getvalue()
    faults = tuple(faults_of(code, out.getvalue() + said, said, folder))
    sys.argv = argv
    return End(tuple(words), code, said, time.process_time() - began, faults)


def faults_of(code: int, printed: str, said: str, folder: Path) -> Iterator[str]:
    """Yield what is wrong with how a command ended."""
    if code == -1:
        yield f"took more than {PATIENCE} s"
    elif code not in (0, 1, 2):
        yield f"exit code {code}"
    if "Traceback" in printed:
        yield "a traceback"
    if code == 2:
        errors = [line for line in said.splitlines() if not line.startswith("Warning: ")]
        told = [line for line in errors if line.startswith("Error: ")]
        if not told:
            yield "exit code 2 without a word"
        if any(len(line) > 2500 for line in told):
            yield "an error of more than a paragraph"
    # `audit` says of each file by itself whether it can be read, and writes what it says.
    refused = code == 2 and sys.argv[1] != "audit"
    left = [path.name for path in folder.rglob("*") if path.name.startswith(".") or (refused and path.is_file())]
    if left and code != -1:
        yield f"left {', '.join(left[:3])}"
