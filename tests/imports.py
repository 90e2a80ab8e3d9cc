"""Which module imports which, read from the source: at the top, inside functions, for type checkers alone.

`python -m tests.imports` prints every circle. A circle is one wherever its imports stand: in a function it is hidden
from the interpreter, under ``TYPE_CHECKING`` from a running program; neither unties the modules. A module's name in a
string, as ``import_module`` takes it, counts as an import inside a function.
"""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Literal

type Kind = Literal["top", "function", "typing"]
type Imports = dict[str, dict[str, Kind]]

SOURCES = Path(__file__).resolve().parents[1] / "src" / "escc_bayes"


def modules(root: Path) -> dict[str, Path]:
    """Return every module of a package by its dotted name; a package is its ``__init__``."""
    names = {path: ".".join(path.relative_to(root.parent).with_suffix("").parts) for path in root.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for path, name in sorted(names.items())}


def imports(root: Path) -> Imports:
    """Return what each module imports of its package, and where the first such import stands."""
    known = modules(root)
    found: Imports = {}
    for name, path in known.items():
        own = found.setdefault(name, {})
        for other, kind in named(ast.parse(path.read_text(encoding="utf-8")), known, "top"):
            if other != name:
                own.setdefault(other, kind)
    return found


def named(node: ast.AST, known: Mapping[str, Path], kind: Kind) -> Iterator[tuple[str, Kind]]:
    """Yield the modules that a piece of source names, each with the kind of place."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and kind == "top":
        kind = "function"
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for child in node.body:
            yield from named(child, known, "typing")
        for child in node.orelse:
            yield from named(child, known, kind)
        return
    if isinstance(node, ast.Import):
        yield from ((alias.name, kind) for alias in node.names if alias.name in known)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            home = f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in known else str(node.module)
            yield from ((home, kind),) if home in known else ()
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known and "." in node.value:
        yield node.value, "function"
    for child in ast.iter_child_nodes(node):
        yield from named(child, known, kind)


def circles(found: Imports, kinds: tuple[Kind, ...] = ("top", "function", "typing")) -> list[list[str]]:
    """Return circles of imports of these kinds, each as the modules on the way round; none is left once these go."""
    left = {name: {other for other, kind in own.items() if kind in kinds} for name, own in found.items()}
    ways = []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            way = error.args[1]
            ways.append(way[::-1])
            left[way[1]].discard(way[0])
        else:
            return ways


if __name__ == "__main__":
    for way in circles(imports(SOURCES)):
        print(" -> ".join(way))
