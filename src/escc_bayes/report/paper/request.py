"""What is asked of a paper: its prints, and how much is computed of them."""

from dataclasses import dataclass
from pathlib import Path

from escc_bayes.data.published import Study
from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_prints
from escc_bayes.evidence.audit import AuditedStudy, audited
from escc_bayes.evidence.manuscript.audited import audited_draft
from escc_bayes.evidence.manuscript.between_arms import between_arms
from escc_bayes.evidence.manuscript.draft import Draft
from escc_bayes.evidence.manuscript.files import drafted_file, is_manuscript
from escc_bayes.foundation.errors import InputError
from escc_bayes.foundation.seeds import Seed


@dataclass(frozen=True, slots=True)
class PaperRequest:
    """One paper, and how much is computed.

    Attributes
    ----------
    study : its prints; of a paper that was read, with the groups of its hazard ratios where its sentences say them.
    draft : what was read of a paper; None: a study file was given.
    audited : the audit of the prints as they stand.
    layout : of the cohorts, as the user edited it; None: the bundled or the drafted one.
    members, steps : cohorts to reconstruct, and the most proposals of one search.
    trials : to simulate of the next trial.
    """

    study: Study
    draft: Draft | None
    audited: AuditedStudy
    layout: Path | None
    members: int
    steps: int
    trials: int
    level: float
    seed: Seed

    @property
    def words(self) -> str:
        """Whose paper it is, how many patients, and how it was read."""
        n = "" if self.study.n is None else f"{self.study.n:,} patients; "
        how = "study file, typed by hand" if self.draft is None else f"paper read by machine ({self.draft.words})"
        return f"{self.study.citation}; {n}{how}"


def prints_of(name: str, effect: str | None) -> tuple[Study, Draft | None, AuditedStudy]:
    """Return the prints of a paper or a study file, what was read of a paper, and the audit.

    Parameters
    ----------
    effect : what the groups of a paper's hazard ratios differ in, where the user says it.

    Raises
    ------
    InputError : the file cannot be read, or holds no number that was read; or nothing takes the effect.
    """
    if not is_manuscript(name):
        study = read_prints(find_study(name))
        done = audited(study)
        refuse_effect(study, effect)
        return study, None, done
    draft = drafted_file(Path(name))
    if not any(draft.entries(kind) for kind in ("estimate", "survival", "number")):
        raise InputError(f"{name}: no number of it was read ({draft.words}); type a study file (models/README.md)")
    study = between_arms(draft.study, effect)
    refuse_unnamed(study, effect)
    return study, draft, audited_draft(draft)


def refuse_effect(study: Study, effect: str | None) -> None:
    """Raise if an effect is named for a study file, which names its own."""
    if effect is not None:
        raise InputError(f"--effect {effect}: {study.id} is a study file and names its effects itself; leave it out")


def refuse_unnamed(study: Study, effect: str | None) -> None:
    """Raise if an effect is named and no hazard ratio of the paper is known to be between its groups."""
    if effect is not None and not any(e.hazard_of for e in study.estimates):
        raise InputError(
            f"--effect {effect}: of no hazard ratio of {study.id} do its sentences say the groups; write the study "
            "file (`escc-bayes audit PAPER --draft study.toml`), name the groups there (hazard_of, versus), give that"
        )
