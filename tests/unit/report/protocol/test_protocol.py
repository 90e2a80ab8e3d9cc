"""The protocol packet: its numbers are those of the run, Markdown and Word say the same, figures are there."""

import csv
import json

import docx
import pytest

from escc_bayes import cli
from escc_bayes.report.document.document import Paragraph, Picture, Table, markdown
from escc_bayes.trial.reading.design import load_design
from escc_bayes.trial.simulation.operating_characteristics import constant_by_design
from tests.unit.cli.running import run

PLAN = ("plan", "ral_stage_iv", "--trials", "300", "--protocol")


@pytest.fixture(scope="module")
def packet(tmp_path_factory):
    """The packet of a design with two looks."""
    folder = tmp_path_factory.mktemp("packet") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["escc-bayes", *PLAN, "--out", str(folder)])
        with pytest.raises(SystemExit):
            cli.main()
    return folder


def words_of(path):
    """Return every text of a Word file: paragraphs, then the cells of each table."""
    document = docx.Document(str(path))
    said = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    return said, [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def test_every_quantity_of_the_run_stands_in_the_packet_with_its_error(packet):
    text = (packet / "protocol.md").read_text(encoding="utf-8")
    with (packet / "operating_characteristics.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows
    design = load_design("ral_stage_iv")
    places = {rule.name: place for place, rule in enumerate(design.rules)}
    for row in rows:
        if constant_by_design(design, places[row["rule"]], row["quantity"]):
            continue
        digits = 1 if row["quantity"].startswith("expected_") else 4
        if "_at_look_" in row["quantity"]:
            # By look, in the table of looks.
            assert f"| {float(row['value']):.4f} ({float(row['mc_error']):.4f}) |" in text
            continue
        error = f"{float(row['mc_error']):.{digits + 1}f}" if int(row["trials"]) else "-"
        wanted = f"| {row['rule']} | {row['quantity'].replace('_', ' ')} | {float(row['value']):.{digits}f} | {error} |"
        assert wanted in text
    record = json.loads((packet / "run.json").read_text())["fits"][0]
    assert f"digest {record['spec_digest']}" in text
    assert f"Seed {record['seed']}; trials 300" in text
    assert "are of SIMULATED trials" in text


def test_the_word_file_says_what_it_is_and_not_what_its_template_was(packet):
    about = docx.Document(str(packet / "protocol.docx")).core_properties
    assert (about.title, about.author) == ("Statistical plan: ral_stage_iv", "escc_bayes")
    assert "python-docx" not in about.comments
    assert about.created.year > 2013


def test_word_and_markdown_say_the_same(packet):
    text = (packet / "protocol.md").read_text(encoding="utf-8")
    said, tables = words_of(packet / "protocol.docx")
    bare = text.replace("\\|", "|")
    for paragraph in said:
        assert paragraph in bare
    for table in tables:
        for row in table:
            assert f"| {' | '.join(row)} |" in text
    assert len(tables) == sum(line.startswith("|---|") for line in text.splitlines())


def test_every_figure_named_is_there_and_in_the_word_file(packet):
    text = (packet / "protocol.md").read_text(encoding="utf-8")
    named = [line.split("](")[1].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert {name.removeprefix("figures/").removesuffix(".png") for name in named} == {
        *("power", "boundaries", "predicted_survival", "expected_course")
    }
    assert all((packet / name).is_file() for name in named)
    assert len(docx.Document(str(packet / "protocol.docx")).inline_shapes) == len(named)


def test_without_being_asked_for_no_packet_is_written(tmp_path, monkeypatch, capsys):
    code, _, _ = run(monkeypatch, capsys, "plan", "rt_consolidation", "--trials", "100", "--out", tmp_path / "out")
    assert code == 0
    assert not (tmp_path / "out" / "protocol.md").exists()


def test_a_bar_in_a_cell_does_not_end_it():
    found = markdown([Paragraph("a"), Table("b", ("c",), (("P(x | y)",),)), Picture("d", "e")])
    assert found == "a\n\nb\n\n| c |\n|---|\n| P(x \\| y) |\n\n![e](figures/d.png)\n"
