"""A design in words: what is planned, and what is taken as true."""

from collections.abc import Iterator

from escc_bayes.foundation.sentence import capital, counted
from escc_bayes.trial.design.design import TrialDesign
from escc_bayes.trial.design.null_truth import hazard_ratio_of
from escc_bayes.trial.design.trial_plan import TrialPlan
from escc_bayes.trial.truth.accrual import Accrual

NEAR = 1e-9


def heading(design: TrialDesign) -> str:
    """Say what is planned."""
    control, treated = design.patients
    looks = "; ".join(look.words() for look in design.looks)
    prior = design.design_prior
    believed = f"believed: {prior.hazard_ratio_words()}" if prior is not None else "no design prior"
    if design.bias is not None:
        believed += f", evidence biased by {design.bias.mean:g} (SD {design.bias.sd:g}) on the log scale"
    if design.switching is not None:
        believed = f"{design.switching.words()}; {believed}"
    hr = design.effect.words()
    followed = ""
    if design.follow_up is not None:
        followed = f", every patient followed for {counted(design.follow_up, 'month')} and no longer"
    return (
        f"{design.name}: {design.arms[1]} ({counted(treated, 'patient')}) v {design.arms[0]} ({control}), true "
        f"hazard ratio {hr}, analysed at {looks}{followed}; {believed}. SIMULATED trials."
    )


def design_paragraph(plan: TrialPlan) -> str:
    """Say arms, allocation, accrual and what is taken as true, as one paragraph."""
    design = plan.design
    return " ".join(
        (
            arms_sentence(design),
            accrual_sentence(design.accrual),
            *origin_sentences(plan),
            effect_sentence(design),
            *dropout_sentence(design),
            *follow_up_sentence(design),
            *lag_sentence(design),
            *((design.scans.words(),) if design.scans is not None else ()),
            *strata_sentence(design),
            *((f"{capital(design.switching.words())}.",) if design.switching else ()),
        )
    )


def origin_sentences(plan: TrialPlan) -> tuple[str, ...]:
    """Say what the control hazard rests on, and that the stated effect is a harm where it is one."""
    design = plan.design
    said = [capital(design.control_origin)] if design.control_origin else []
    nulls = {planned.rule.name: planned.null for planned in plan.rules}
    wrong = [name for name, null in nulls.items() if min(design.effect.ratios) > hazard_ratio_of(null, design) + NEAR]
    if wrong:
        beyond = "; ".join(dict.fromkeys(nulls[name].words for name in wrong))
        said.append(
            f"The stated hazard ratio of {design.effect.words()} lies beyond the null ({beyond}) of {', '.join(wrong)}"
            f": {design.arms[1]} does worse than that, and success is then an error, not power. Hazard ratios are of "
            "treatment over control."
        )
    return tuple(said)


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
    ratio = f"{design.effect.words()}, {design.arms[1]} over {design.arms[0]}"
    origin = f", {design.effect_origin}" if design.effect_origin else ""
    return f"The planned effect is a hazard ratio of {ratio}{origin}."


def dropout_sentence(design: TrialDesign) -> Iterator[str]:
    """Yield that patients are lost; nothing without dropout."""
    if max(design.dropout) > 0.0:
        yield "Patients are lost at a constant rate, independent of the event."


def follow_up_sentence(design: TrialDesign) -> Iterator[str]:
    """Yield for how long every patient is followed; nothing where that is until the trial ends."""
    if design.follow_up is not None:
        yield f"Every patient is followed for {counted(design.follow_up, 'month')} and no longer."


def lag_sentence(design: TrialDesign) -> Iterator[str]:
    """Yield how much later data are known; nothing where at once."""
    if design.lag:
        late = counted(design.lag, "month")
        yield f"What happens is known {late} later: looks come that much after the end of their data."


def strata_sentence(design: TrialDesign) -> Iterator[str]:
    """Yield the strata; nothing without."""
    if design.strata:
        parts = "; ".join(
            f"{stratum.name} {100.0 * stratum.share:g} % with hazard {stratum.control_hr:g} times that of the control"
            + (f" and a hazard ratio of {design.effect.by_stratum[place]:g}" if design.effect.by_stratum else "")
            for place, stratum in enumerate(design.strata)
        )
        yield f"Strata: {parts}."
