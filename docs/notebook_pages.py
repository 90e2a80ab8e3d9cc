"""The notebooks as pages of the site: their text and code, and what each cell printed where they were executed.

`make notebooks` executes them into `notebooks/*.ipynb`; `make docs` takes outputs from there if the code is still the
same, and says on the page where it is not. Pages are written into `docs/tutorials/`, which git does not keep.
"""

import base64
import re
from pathlib import Path

import jupytext
import nbformat

ROOT = Path(__file__).parents[1]
NOT_RUN = "*What the cells print is left out: this page was built without `make notebooks`.*"
# Colours of a terminal.
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def write_tutorials(folder=ROOT / "docs" / "tutorials", notebooks=ROOT / "notebooks"):
    """Write a page for each notebook; one that has not changed is left as it is, so that it is not built again."""
    folder.mkdir(exist_ok=True)
    pages = {path.stem: page_of(path, folder) for path in sorted(notebooks.glob("*.py"))}
    for old in folder.glob("*.md"):
        if old.stem not in pages:
            old.unlink()
    for name, text in pages.items():
        page = folder / f"{name}.md"
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def page_of(path, folder):
    """Return a notebook as Markdown, its figures beside it."""
    cells = jupytext.read(path).cells
    outputs = outputs_of(path.with_suffix(".ipynb"), cells)
    title, *rest = cells[0].source.split("\n", 1)
    parts = [title, *([] if outputs else [NOT_RUN]), *rest]
    for place, cell in enumerate(cells[1:], start=1):
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.source.strip():
            parts.append(f"```python\n{cell.source}\n```")
            parts += [shown(output, folder, f"{path.stem}_{place}") for output in outputs.get(place, ())]
    parts.append(f"Notebook: `notebooks/{path.name}`.")
    return "\n\n".join(part for part in parts if part) + "\n"


def outputs_of(executed, cells):
    """Return what each cell printed, by its place; nothing where the notebook was not executed as it is now."""
    if not executed.is_file():
        return {}
    done = nbformat.read(executed, as_version=4).cells
    if [cell.source for cell in done] != [cell.source for cell in cells]:
        return {}
    return {place: cell.outputs for place, cell in enumerate(done) if cell.cell_type == "code" and cell.outputs}


def shown(output, folder, name):
    """Return one output: a figure, a table, or text."""
    if output.output_type == "stream":
        return fenced(output.text) if output.name == "stdout" else ""
    data = output.get("data", {})
    if "image/png" in data:
        (folder / f"{name}.png").write_bytes(base64.b64decode(data["image/png"]))
        return f"![What the cell above draws]({name}.png)"
    return fenced(data["text/plain"]) if "text/plain" in data else ""


def fenced(text):
    """Return text as it was printed."""
    return f"```text\n{ESCAPES.sub('', text).rstrip()}\n```"
