"""`reconstruct --curve`: the patients behind a digitised Kaplan-Meier curve."""

from pathlib import Path

import typer

from escc_bayes.foundation.errors import InputError

LEVEL = 0.95


def reconstruct_curves(
    curve: str,
    at_risk: str | None,
    *,
    patients: list[str],
    events: list[str],
    reference: str | None,
    endpoint: list[str],
    out: Path,
) -> None:
    """Write the cohort that gives back the curves of a file, and say how well it does."""
    from escc_bayes.evidence.curve_arms import arms_from_files, ratio_sentences
    from escc_bayes.evidence.curve_cohort import cohort_from_curves
    from escc_bayes.foundation.checks import identifier
    from escc_bayes.foundation.outputs import staged
    from escc_bayes.report.page.outcomes import file_word
    from escc_bayes.report.verbs.curves import write_curve_reconstruction

    if len(endpoint) > 1:
        raise InputError(f"--endpoint {endpoint[1]}: a curve is of one endpoint; name one, such as os")
    name, word = file_word(Path(curve).stem) or "curve", identifier((endpoint or ["os"])[0], "--endpoint")
    arms = arms_from_files(
        curve,
        at_risk,
        patients=counts_of(patients, "--patients"),
        events=counts_of(events, "--events"),
        reference=reference,
    )
    cohort = cohort_from_curves(arms, name=name, endpoint=word)
    said = [*cohort.notes, *ratio_sentences(cohort, word, level=LEVEL)]
    with staged(out) as folder:
        write_curve_reconstruction(folder, arms, name=name, endpoint=word, sentences=said)
    for sentence in said:
        typer.echo(sentence)


def counts_of(given: list[str], option: str) -> dict[str, int]:
    """Return counts by arm from words such as ``control=134``; a bare number is that of the only arm."""
    from escc_bayes.evidence.digitised import ONLY_ARM
    from escc_bayes.evidence.pooling.options import pairs

    stated = pairs([text if "=" in text else f"{ONLY_ARM}={text}" for text in given], option, "ARM=N")
    for arm, text in stated.items():
        if not (text.isascii() and text.isdigit()):
            raise InputError(f"{option} {arm}={text}: expected a whole number of patients")
    return {arm: int(text) for arm, text in stated.items()}
