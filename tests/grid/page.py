"""Writes the table of the grid into its page: `python -m tests.grid.page`."""

from pathlib import Path

from tests.grid.table import GRID, VERBS, Entry

PAGE = Path(__file__).parents[2] / "docs" / "structures.md"
BEGIN, END = "<!-- the table: python -m tests.grid.page -->\n", "<!-- end of the table -->"


def table() -> str:
    """Return the rows: what works is a dot, what is refused has the words of its sentence below."""
    said = dict.fromkeys(words for entry in GRID.values() for words in entry.refused.values())
    notes = {words: str(place) for place, words in enumerate(said, start=1)}
    head = f"| | {' | '.join(VERBS)} |\n|---|{'---|' * len(VERBS)}\n"
    rows = [f"| {entry.says} | {' | '.join(cells(entry, notes))} |\n" for entry in GRID.values()]
    below = [f"{place}. *{words}*\n" for words, place in notes.items()]
    return "".join([head, *rows, "\n", *below])


def cells(entry: Entry, notes: dict[str, str]) -> list[str]:
    """Return what each verb makes of an entry."""
    found = [f"refused ({notes[entry.refused[verb]]})" if verb in entry.refused else "yes" for verb in VERBS[:-1]]
    last = VERBS[-1]
    if last in entry.refused:
        return [*found, f"refused ({notes[entry.refused[last]]})"]
    apart = ", ".join(name.replace("_", " ") for name in entry.apart)
    return [*found, f"without {apart}" if apart else "yes"]


def main() -> None:
    """Replace the table of the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
