"""The plan of a trial in the sentences of a statistical analysis plan."""

from collections.abc import Iterator

from escc_bayes.trial.design.design import AnalysisPrior, TrialDesign
from escc_bayes.trial.simulation.summary import origin_sentences, rule_sentences
from escc_bayes.trial.truth.accrual import Accrual
from escc_bayes.trial.truth.expected_events import expected_events


def design_sentences(design: TrialDesign) -> str:
    """Say arms, allocation, accrual and what is taken as true, as one paragraph."""
    return " ".join(
        (
            arms_sentence(design),
            accrual_sentence(design.accrual),
            *origin_sentences(design),
            effect_sentence(design),
            *dropout_sentence(design),
            *follow_up_sentence(design),
            *strata_sentence(design),
            *((f"{design.switching.words()[0].upper()}{design.switching.words()[1:]}.",) if design.switching else ()),
        )
    )


def arms_sentence(design: TrialDesign) -> str:
    """Say arms and allocation."""
    control, treated = design.patients
    parts = ":".join(f"{part:g}" for part in design.allocation)
    return (
        f"{control + treated} patients are randomised {parts} to {design.arms[0]} (control, {control}) or "
        f"{design.arms[1]} (treatment, {treated})."
    )


def accrual_sentence(accrual: Accrual) -> str:
    """Say how patients enter."""
    rates = "; ".join(f"{rate:.1f} a month from month {start:g} to {stop:g}" for start, stop, rate in rounded(accrual))
    pace = f", all rates times one lognormal pace of SD {accrual.log_sd:g} on the log scale" if accrual.log_sd else ""
    return f"Accrual is expected to take {accrual.duration:.1f} months: {rates}{pace}."


def rounded(accrual: Accrual) -> tuple[tuple[float, float, float], ...]:
    """Return the pieces of accrual with months to one decimal."""
    return tuple((round(start, 1), round(stop, 1), rate) for start, stop, rate in accrual.pieces())


def effect_sentence(design: TrialDesign) -> str:
    """Say the effect for which the trial is planned."""
    return f"The planned effect is a hazard ratio of {design.effect.words()}, {design.arms[1]} over {design.arms[0]}."


def dropout_sentence(design: TrialDesign) -> Iterator[str]:
    """Yield that patients are lost; nothing without dropout."""
    if max(design.dropout) > 0.0:
        yield "Patients are lost at a constant rate, independent of the event."


def follow_up_sentence(design: TrialDesign) -> Iterator[str]:
    """Yield for how long every patient is followed; nothing where that is until the trial ends."""
    if design.follow_up is not None:
        yield f"Every patient is followed for {design.follow_up:g} months and no longer."


def strata_sentence(design: TrialDesign) -> Iterator[str]:
    """Yield the strata; nothing without."""
    if design.strata:
        parts = "; ".join(
            f"{stratum.name} {100.0 * stratum.share:g} % with hazard {stratum.control_hr:g} times that of the control"
            for stratum in design.strata
        )
        yield f"Strata: {parts}."


def analysis_sentences(design: TrialDesign) -> tuple[str, ...]:
    """Say when the trial is analysed, how, and what decides."""
    looks = tuple(look_sentence(design, place) for place in range(len(design.looks)))
    return (*looks, model_sentence(design.analysis_prior), *rule_sentences(design))


def look_sentence(design: TrialDesign, place: int) -> str:
    """Say when a look comes under the planned effect; where it does not wait for events alone, with how many."""
    look, last = design.looks[place], place + 1 == len(design.looks)
    month = design.month_of(look, design.effect)
    name = "Final analysis" if last else f"Interim analysis {place + 1}"
    said = f"{name} at {look.words()}, expected in month {month:.1f}"
    if look.events is not None and look.month is None and look.follow_up is None:
        return f"{said}."
    events = sum(expected_events(month, *arm) for arm in design.arms_under(design.effect))
    return f"{said} with {events:.0f} events."


def model_sentence(prior: AnalysisPrior) -> str:
    """Say the model of the posterior rules."""
    strata = ", each stratum with hazards of its own" if prior.by_stratum else ""
    if prior.weibull is not None:
        return f"Posterior rules: proportional hazards with a Weibull baseline{strata}; exact posterior by quadrature."
    cuts = f"with cuts at {', '.join(f'{cut:g}' for cut in prior.cuts)} months" if prior.cuts else ""
    pieces = cuts or f"in {prior.pieces} pieces that end at quantiles of the pooled event times"
    return (
        f"Posterior rules: proportional hazards with a piecewise-constant baseline {pieces}{strata}; the hazard of "
        f"each piece has a gamma prior worth {prior.baseline.shape:g} events in {prior.baseline.rate:g} person-months "
        "and is integrated out exactly; patients without an event are censored when last seen."
    )
