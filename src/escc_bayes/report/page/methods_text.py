"""A paragraph on methods to paste into a paper: what was done, with priors, engines, citations and versions."""

from collections.abc import Iterator

from escc_bayes.bayes.posterior.posterior import Posterior
from escc_bayes.foundation.sentence import counted, small
from escc_bayes.report.page.answer_words import in_a_row
from escc_bayes.report.page.bundle import Bundle
from escc_bayes.report.page.outcomes import Outcome, in_label_words, outcomes
from escc_bayes.report.page.view import Block, Section
from escc_bayes.spec.describe import describe

REFERENCES = {
    "km": "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc 1958;53:457-481.",
    "cox": "Cox DR. Regression models and life-tables. J R Stat Soc B 1972;34:187-220.",
    "efron": "Efron B. The efficiency of Cox's likelihood function for censored data. J Am Stat Assoc 1977;72:557-565.",
    "ph": "Grambsch PM, Therneau TM. Proportional hazards tests and diagnostics based on weighted residuals. "
    "Biometrika 1994;81:515-526.",
    "reverse": "Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time. Control Clin Trials "
    "1996;17:343-346.",
    "landmark": "Anderson JR, Cain KC, Gelber RD. Analysis of survival by tumor response. J Clin Oncol 1983;1:710-719.",
    "laplace": "Rue H, Martino S, Chopin N. Approximate Bayesian inference for latent Gaussian models by using "
    "integrated nested Laplace approximations. J R Stat Soc B 2009;71:319-392.",
    "psis": "Vehtari A, Simpson D, Gelman A, Yao Y, Gabry J. Pareto smoothed importance sampling. J Mach Learn Res "
    "2024;25(72):1-58.",
    "nuts": "Hoffman MD, Gelman A. The No-U-Turn sampler. J Mach Learn Res 2014;15:1593-1623.",
    "rhat": "Vehtari A, Gelman A, Simpson D, Carpenter B, Buerkner PC. Rank-normalization, folding, and localization: "
    "an improved R-hat. Bayesian Anal 2021;16:667-718.",
    "sceptic": "Spiegelhalter DJ, Freedman LS, Parmar MKB. Bayesian approaches to randomized trials. J R Stat Soc A "
    "1994;157:357-416.",
    "ensemble": "Guyot P, Ades AE, Ouwens MJNM, Welton NJ. Enhanced secondary analysis of survival data. BMC Med Res "
    "Methodol 2012;12:9.",
}


def methods_section(bundle: Bundle) -> Section:
    """Return the paragraphs and their references as a section of the page."""
    found = paragraphs(bundle)
    text = Block("", found)
    references = Block("References", cited(" ".join(found)))
    return Section("to_paste", "Methods, to paste", "", (text, references), "Methods to paste", ("outputs",))


def paragraphs(bundle: Bundle) -> tuple[str, ...]:
    """Return what was done: patients, classical methods, a sentence for each headline model, engines, software.

    Citations stand as keys in square brackets.
    """
    classical = (
        "Survival was estimated by Kaplan-Meier with log-log limits [km], follow-up by the reverse Kaplan-Meier method "
        "[reverse]; hazard ratios by Cox regression [cox] with Efron's handling of ties [efron], covariate by "
        "covariate and with all covariates of the model; proportional hazards were tested by scaled Schoenfeld "
        "residuals [ph]."
    )
    headline = [outcome.posteriors[0] for outcome in outcomes(bundle)]
    models = tuple(model_words(posterior, bundle) for posterior in headline)
    sceptic = (
        "Each headline model was fitted again under a sceptical prior, hazard ratios beyond 1.8 or 1/1.8 having a "
    )
    doubt = (sceptic + "prior probability of 5 % [sceptic].",) if bundle.sceptics else ()
    return (who(bundle), classical, *models, " ".join(engines(bundle, headline)), *doubt, software(headline[0]))


def who(bundle: Bundle) -> str:
    """Say the patients of each outcome, and what the data are where nobody was observed."""
    real = {
        "reconstructed": "Patients were RECONSTRUCTED from published figures. ",
        "simulated": "Data are SIMULATED. ",
    }
    parts = in_label_words(in_a_row([analysed(outcome) for outcome in outcomes(bundle)]), bundle.cohort)
    cite = " [landmark]" if "landmark" in parts else ""
    pool = ""
    if bundle.reconstructions is not None:
        pool = f" Headline models were pooled over {len(bundle.reconstructions.ensemble)} reconstructions [ensemble]."
    return f"{real.get(bundle.cohort.provenance, '')}We analysed {parts}{cite}, complete cases of each model.{pool}"


def analysed(outcome: Outcome) -> str:
    """Say endpoint, clock, patients and events."""
    rows = outcome.posteriors[0].plan.rows
    title = small(outcome.title)
    if rows.transitions is not None:
        return f"{title} from {rows.clock} in {counted(rows.n, 'patient')} ({rows.event_words})"
    return f"{title} from {rows.clock} in {counted(rows.n, 'patient')} with {counted(rows.events, 'event')}"


def model_words(posterior: Posterior, bundle: Bundle) -> str:
    """Say one model with its priors; patients and clock are said before."""
    said = [s.rstrip(".") for s in describe(posterior.plan)[2:] if not any(n in s for n in posterior.plan.notes)]
    models = in_label_words(". ".join(said), bundle.cohort)
    return (
        f"Model {posterior.plan.spec.name} ({posterior.plan.rows.endpoint}): {models}. Posterior "
        f"medians with equal-tailed {100 * bundle.level:g} % credible intervals are given."
    )


def engines(bundle: Bundle, headline: list[Posterior]) -> Iterator[str]:
    """Yield how posteriors were computed and what they had to pass."""
    first = {p.method for p in headline}
    if "bayes_laplace" in first:
        yield (
            "Posteriors were computed by nested Laplace approximation [laplace] corrected by Pareto-smoothed "
            "importance weights [psis] (Pareto k at most 0.7)."
        )
    if bundle.confirmations or "bayes_nuts" in first:
        what = "Headline models were confirmed" if bundle.confirmations else "Posteriors were sampled"
        yield f"{what} by the No-U-Turn sampler [nuts] (R-hat at most 1.01, effective sample size at least 400) [rhat]."


def software(posterior: Posterior) -> str:
    """Say the versions behind the numbers."""
    return f"Software: {', '.join(f'{name} {version}' for name, version in posterior.record.versions)}."


def cited(text: str) -> tuple[str, ...]:
    """Return the references whose keys stand in a text, each with its key."""
    return tuple(f"[{key}] {reference}" for key, reference in REFERENCES.items() if f"[{key}]" in text)


def methods_markdown(bundle: Bundle) -> str:
    """Return paragraphs and references as a text file."""
    found = paragraphs(bundle)
    return "\n\n".join((*found, "References", *cited(" ".join(found)))) + "\n"
