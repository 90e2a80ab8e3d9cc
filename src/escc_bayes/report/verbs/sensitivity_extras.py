"""What is written of a part beside its table: figures and documents, made of its rows alone."""

from collections.abc import Callable, Mapping
from pathlib import Path

from escc_bayes.report.verbs.checklist_files import write_checklists
from escc_bayes.report.verbs.multiverse_figures import write_specification_curves
from escc_bayes.report.verbs.one_page_figure import write_one_page
from escc_bayes.sensitivity.part import Rows

# By the name of the part; called with the folder, the model's name and the rows.
type Extra = Callable[[Path, str, Rows], None]
EXTRAS: Mapping[str, Extra] = {
    "checklists": write_checklists,
    "multiverse": write_specification_curves,
    "one_page": write_one_page,
}
