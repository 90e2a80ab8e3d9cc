"""The page of a design and the headings that a statistician fills: what they say of what the design knows."""

import numpy as np
import pytest

from escc_bayes.report.document.document import Heading, Items, Picture, Table
from escc_bayes.report.protocol.one_page import one_page, rounded
from escc_bayes.report.protocol.to_fill import FILL, blocks_to_fill
from escc_bayes.trial.simulation.operating_characteristics import operating_characteristics
from escc_bayes.trial.simulation.quantity import Quantity
from tests.unit.trial.designs import small


@pytest.fixture(scope="module")
def found():
    rules = [
        {"name": "bayes", "success": "P(HR < 1 | data) > 0.98", "futility": "P(HR < 1 | data) < 0.1"},
        {"name": "ni", "success": "log-rank one-sided 0.025 margin 1.2", "spending": "pocock"},
    ]
    design = small(analyses={"events": [30, 60]}, switching={"share": 0.2, "after": 6.0}, rule=rules)
    return operating_characteristics(design, trials=400, seed=1)


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (0.79734, 0.0028, "0.797"),
        (0.79734, 0.0112, "0.80"),
        (37.2342, 0.34, "37.2"),
        (247.0, 0.0, "247"),
        (12.3, 3.0, "12"),
    ],
)
def test_digits_end_at_the_monte_carlo_error(value, error, said):
    assert rounded(Quantity("truth", "a", "power", value, error, 100)) == said


def test_a_page_has_the_rules_one_figure_the_months_and_three_sentences(found, tmp_path):
    (tmp_path / "figures").mkdir()
    for name in ("power", "expected_course"):
        (tmp_path / "figures" / f"{name}.png").write_bytes(b"")
    blocks = list(one_page(tmp_path, found))
    rules, months = (block for block in blocks if isinstance(block, Table))
    assert [row[:2] for row in rules.rows] == [("bayes", "hazard ratio 1"), ("ni", "hazard ratio 1.2")]
    power = found.of("truth", "bayes", "power")
    assert rules.rows[0][2] == rounded(power)
    assert np.isclose(float(months.rows[2][2]), found.plan.looks[-1].month, atol=0.05)
    assert [block.name for block in blocks if isinstance(block, Picture)] == ["power"]
    (sentences,) = (block.texts for block in blocks if isinstance(block, Items))
    assert len(sentences) == 3
    assert "30 events; 60 events" in sentences[0]
    assert "SIMULATED" in rules.caption


def test_a_design_without_beliefs_has_no_assurance(tmp_path):
    plain = operating_characteristics(small(design_prior=None), trials=200, seed=1)
    (sentences,) = (block.texts for block in one_page(tmp_path, plain) if isinstance(block, Items))
    assert "there is no assurance" in sentences[1]


def test_the_headings_say_what_is_known_and_ask_for_the_rest(found):
    blocks = list(blocks_to_fill(found))
    assert [block.text for block in blocks if isinstance(block, Heading)][1:] == [
        "Estimand (ICH E9 R1)",
        "Reasons for priors and thresholds",
        "Adaptive features (ICH E20)",
        "The simulation study (ADEMP)",
    ]
    estimand, reasons, adaptive, study = (" ".join(block.texts) for block in blocks if isinstance(block, Items))
    assert "20% of controls without the event switch" in estimand
    assert "Death before progression" in estimand
    assert "P(HR < 1 | data) > 0.98. Why this threshold" in reasons
    assert "practically flat" in reasons
    assert "by bayes; it is not binding" in adaptive
    assert "400 trials" in study
    assert all(FILL in text for text in (estimand, reasons, adaptive, study))
