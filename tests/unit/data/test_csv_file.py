"""Files read column by column and row by row are the same table; lines are those of the file."""

import csv
import io

import pytest

from escc_bayes.data import csv_file
from escc_bayes.data.csv_file import csv_text, header_of, read_csv, row_by_row, whole_columns
from escc_bayes.data.table import read_table
from escc_bayes.foundation.errors import CohortError

ROWS = [["id", "t", "word"], *([f"P{i}", f"{i}.5", ("a b", " c ", "Ösophagus")[i % 3]] for i in range(50))]


def written(path, **how):
    """Write the rows as a program would, and return what the file holds as text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, **how).writerows(ROWS)
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return csv_text(path)


@pytest.mark.parametrize("size", [7, 100_000])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_whole_columns_are_those_of_single_rows(tmp_path, monkeypatch, size, quoting, end, separator):
    monkeypatch.setattr(csv_file, "BLOCK_CELLS", size)
    monkeypatch.setattr(csv_file, "BLOCK_TEXT", size)
    text = written(tmp_path / "c.csv", quoting=quoting, lineterminator=end, delimiter=separator)
    found, slow = whole_columns(text), row_by_row(text)
    assert (found.header, list(found.lines), found.columns) == (slow.header, slow.lines, slow.columns)
    assert found.columns[2][:3] == ["a b", "c", "Ösophagus"]
    assert list(found.lines) == list(range(2, 52))


@pytest.mark.parametrize(
    "spoiled",
    [
        "a,b\n\n1,2\n",  # a blank line
        "\na,b\n1,2\n",
        "a,b\n1,2\n,\n",  # a row of nothing
        'a,b\n1,"x\ny"\n2,3\n',  # a cell of two lines
        "a,b\n1,2\n1,2,3\n",
        "a,b\r1,2\r",  # lines that end as on old Macintoshes
        "a\n1\n\n2\n",
        "a,b\n1," + "x" * 140_000 + "\n",  # a cell beyond the csv module's limit
    ],
)
def test_a_file_with_any_other_line_is_read_row_by_row(tmp_path, spoiled):
    (tmp_path / "c.csv").write_text(spoiled, newline="")
    assert whole_columns(csv_text(tmp_path / "c.csv")) is None


def test_lines_are_those_of_the_file(tmp_path):
    (tmp_path / "c.csv").write_text('a,b\n\n1,"x\ny"\n2,z\n', newline="")
    found = read_csv(tmp_path / "c.csv")
    assert (found.header, found.lines, found.columns) == (["a", "b"], [4, 5], [["1", "2"], ["x\ny", "z"]])


def test_a_column_keeps_each_of_its_words_once(tmp_path):
    (tmp_path / "c.csv").write_text("word\n" + "stage IV\n" * 20_000)
    (words,) = read_csv(tmp_path / "c.csv").columns
    assert len({id(word) for word in words}) == 1


def test_a_header_is_known_without_the_rows(tmp_path):
    (tmp_path / "c.csv").write_text("\n a ,b\n1,2,3,4\n")
    assert header_of(tmp_path / "c.csv") == ["a", "b"]


def test_ten_thousand_columns_are_read_and_a_repeat_among_them_is_found(tmp_path):
    names = [f"gene_{i}" for i in range(10_000)]
    values = ",".join(["1.5"] * 10_000)
    (tmp_path / "c.csv").write_text(",".join(names) + f"\n{values}\n{values}\n")
    assert list(read_table(tmp_path / "c.csv").columns) == names
    (tmp_path / "c.csv").write_text(",".join([*names[:-1], "gene_7"]) + f"\n{values}\n")
    with pytest.raises(CohortError, match="column 'gene_7' stands twice"):
        read_table(tmp_path / "c.csv")
