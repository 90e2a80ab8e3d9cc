"""A verb whose options are checked before it begins: numbers that are numbers, text that can be printed, a folder that
can be written and does not hold what is read.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

from escc_bayes.foundation.errors import InputError, OutputError

# Letters of an option that is no path; one path may hold 4,096.
LONGEST = 10_000


class CheckedCommand(TyperCommand):
    """Checks every option of every verb alike."""

    def invoke(self, ctx: Any) -> Any:
        """Check the options, then run the verb."""
        given = {option.opts[0]: ctx.params.get(option.name) for option in self.params if option.name in ctx.params}
        within = {option.opts[0]: range_words(option.type) for option in self.params}
        for name, value in given.items():
            for one in value if isinstance(value, list | tuple) else (value,):
                check_option(name, one, within.get(name, ""))
        out = given.get("--out")
        if out is not None:
            from escc_bayes.foundation.outputs import check_folder

            # Typer makes the path of the words only when it calls the verb.
            check_folder(Path(out))
            refuse_inputs_inside(Path(out), given)
        return super().invoke(ctx)


def range_words(kind: Any) -> str:
    """Say the range of an option's numbers; nothing where it has none."""
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    return "" if low is None or high is None else f" from {low:g} to {high:g}"


def check_option(name: str, value: object, within: str = "") -> None:
    """Raise ``InputError`` if a value of an option can be nothing that was meant."""
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{name} {value}: expected a finite number{within}")
    if isinstance(value, str | Path):
        text = str(value)
        if len(text) > LONGEST:
            raise InputError(f"{name}: {len(text):,} letters are more than any value of it has; shorten it")
        strange = next((c for c in text if not c.isprintable() and c not in "\t\n"), None)
        if strange is not None:
            raise InputError(f"{name}: holds the control character {strange!r}; leave it out")
        if not text.strip():
            raise InputError(f"{name}: is empty; give a value, or leave the option out")


def refuse_inputs_inside(out: Path, given: dict[str, Any]) -> None:
    """Raise if a file that is read lies in the folder that is written: its files give way to the new ones."""
    if not out.is_dir():
        return
    folder = out.resolve()
    for name, path in paths_of(given):
        if path.resolve().is_relative_to(folder):
            raise OutputError(
                f"--out {out}: holds {path}, which {name} reads; the files of an earlier run there would go. Name "
                "another folder"
            )


def paths_of(given: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """Yield what options name that exists, with the name of the option."""
    for name, value in given.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if not isinstance(one, str) or name == "--out":
                continue
            for text in {one, one.rpartition("@")[0]} - {""}:
                try:
                    found = Path(text).exists()
                except (OSError, ValueError):
                    found = False
                if found:
                    yield name, Path(text)
