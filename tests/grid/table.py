"""The grid: one small model for every structure, and the words of the refusal wherever a verb has none of it.

`docs/methods/where_models_go.md` shows this table to readers; a test holds the page to it.
"""

from dataclasses import dataclass, field

# What a model is asked through; `fit` and `compare` are also what the command line says of one cohort.
VERBS = ("laplace", "nuts", "compare", "refit_many", "save", "report", "ensemble", "sensitivity")
BASELINE = """[baseline]
family = "piecewise_exponential"
cuts = [8.0, 18.0]
sd = { halfnormal = 0.5 }
"""
RATE = """[priors]
baseline_log_rate = { normal = [-3.5, 1.0] }
"""
WEIBULL = """[baseline]
family = "weibull"
reference_time = 12.0
[priors]
baseline_log_cumulative_hazard = { normal = [-0.7, 1.0] }
log_shape = { normal = [0.0, 0.4] }
"""
OS = '[outcome]\nendpoint = "os"\n'
PRIOR = "prior = { normal = [0.0, 0.7] }\n"
SD = "sd = { halfnormal = 0.4 }\n"


def effect(structure: str, of: str, *, prior: str = PRIOR, more: str = "") -> str:
    """Return the table of one effect; ``of`` is a covariate, or several with a comma between."""
    several = ", ".join(f'"{name}"' for name in of.split(","))
    whom = f'name = "several"\ncovariates = [{several}]\n' if "," in of else f'covariate = "{of}"\n'
    return f'[[effect]]\n{whom}structure = "{structure}"\n{prior}{more}'


ARM = effect("fixed", "arm")
STAGE = effect("ordered", "stage", prior="prior = { hr_median = 1.0, hr_upper = 5.0 }\n")
AGE = effect("linear", "age")


@dataclass(frozen=True)
class Entry:
    """One structure of the grid.

    Attributes
    ----------
    says : what readers know it by.
    effects : tables of effects and of what stands beside them, as the model file has them.
    outcome, form : its outcome; its baseline with priors.
    schema : which schema the cohort is read with.
    refused : by verb, words of the sentence that refuses; what is not named must work.
    apart : by part of a sensitivity analysis, words of why it is not computed.
    files : tables that `fit` and `report` write of it, beside those of every model.
    """

    says: str
    effects: str = ARM
    outcome: str = OS
    form: str = BASELINE + RATE
    schema: str = "plain"
    refused: dict[str, str] = field(default_factory=dict)
    apart: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def model(self, name: str) -> str:
        """Return the model file."""
        return f'schema = 1\nname = "{name}"\n{self.outcome}{self.form}{self.effects}'

    @property
    def cohort(self) -> str:
        """The file of the cohort, without its ending."""
        return "rows" if self.schema == "rows" else "own"

    @property
    def members(self) -> str:
        """The file of the three reconstructions."""
        return "rows_members.csv" if self.schema == "rows" else "members.csv"


ENDPOINTS = '[outcome]\nendpoints = ["os", "pfs"]\n'
STATES = '[outcome]\nkind = "illness_death"\nprogression = "pfs"\ndeath = "os"\nclock = "{}"\n'
CAUSES = '[outcome]\nkind = "competing_causes"\nendpoint = "pfs"\ncause = "where"\n'
VISITS = '[outcome]\nendpoint = "pfs"\n[visits]\nevery = [[0, 12, 2], [12, 60, 4]]\ndeaths = "os"\n'
ACROSS = effect("across_transitions", "arm", more=SD)
TRAJECTORY = effect(
    "trajectory",
    "alc",
    more="""level = { normal = [0.5, 0.7] }
change = { normal = [0.0, 0.7] }
sd_level = { halfnormal = 0.7 }
sd_change = { halfnormal = 0.5 }
correlation = { normal = [0.0, 0.7] }
error = { halfnormal = 0.7 }
""",
)
GAPS = effect("fixed", "grade") + effect("linear", "albumin")
COUNT = "[[external]]\nstart = 12.0\nstop = 48.0\nat_risk = 50\nalive = 20\n"
ARM_OF_STUDY = """[[external_arm]]
cohort = "study.csv"
schema = "study.toml"
months = [0, 12, 24, 36]
covariate = "arm"
level = "none"
study = "another study"
sd = 0.3
"""
LIFE_TABLE = '[background]\ntable = "life_table.csv"\nage = "age"\nsex = "sex"\nyear = "year"\n'
CURE = "[cure]\nfraction = { median = 0.2, upper = 0.6 }\n"

# Parts of a sensitivity analysis that look at patients whole, with one event and one row each.
ONE_WAY = "no one way leads from Cox"
WHOLE = ("multiverse", "influence", "checks", "operating_characteristics")
OF_STATES = {"attribution": ONE_WAY, "operating_characteristics": "several transitions"}
CROSSED = {
    "attribution": ONE_WAY,
    **dict.fromkeys(("multiverse", "operating_characteristics"), "differs with another covariate"),
}
WEIGHTED = {"operating_characteristics": "have sampling weights"}
CURVED = {"multiverse": "is a curve"}


def whole(words: str) -> dict[str, str]:
    """Return the parts that are not computed where patients are not whole."""
    return {"attribution": ONE_WAY, **dict.fromkeys(WHOLE, words)}


def own_term(words: str) -> dict[str, str]:
    """Return the parts that know patients alone."""
    return dict.fromkeys(("multiverse", "operating_characteristics"), words)


GRID: dict[str, Entry] = {
    "fixed": Entry("levels, a free effect of each"),
    "weibull": Entry("a Weibull baseline", form=WEIBULL),
    "linear": Entry("a number, linear", AGE),
    "ordered": Entry("ordered levels, monotone", STAGE),
    "exchangeable": Entry("levels shrunk towards each other", effect("exchangeable", "site", prior=SD)),
    "pooled": Entry("one covariate at several times, pooled", effect("pooled", "alc_before,alc_during", more=SD)),
    "random_intercept": Entry(
        "normal frailty of centres", ARM + effect("random_intercept", "centre", prior=SD), files=("frailty",)
    ),
    "gamma_frailty": Entry(
        "gamma frailty of centres",
        ARM + effect("random_intercept", "centre", prior=SD, more='distribution = "gamma"\n'),
        files=("frailty",),
    ),
    "time_varying": Entry(
        "an effect that changes over time",
        effect("time_varying", "arm", more="cuts = [9.0]\n" + SD),
        apart={
            "attribution": ONE_WAY,
            **dict.fromkeys(("multiverse", "checks", "operating_characteristics"), "changes over time"),
        },
        files=("time_varying",),
    ),
    "spline": Entry(
        "a number by a spline", effect("spline", "ldh", more="knots = 4\n" + SD), apart=CURVED, files=("spline",)
    ),
    "monotone": Entry(
        "a number by a monotone spline", effect("monotone", "ldh", more="knots = 4\n"), apart=CURVED, files=("spline",)
    ),
    "changepoint": Entry(
        "a number with a change of slope",
        effect("changepoint", "ldh", more="at = 230.0\nchange = { normal = [0.0, 0.5] }\n"),
        apart=CURVED,
        files=("spline",),
    ),
    "per_doubling": Entry("a number per doubling", effect("per_doubling", "ratio"), apart=CURVED, files=("spline",)),
    "horseshoe": Entry(
        "many covariates, few of which matter",
        effect(
            "horseshoe", "age,ldh,ratio,stage,arm,sex,year,alc_before,alc_during", prior="expected = 2\nslab = 1.0\n"
        ),
        refused=dict.fromkeys(("laplace", "refit_many"), "need more than 20000 grid nodes"),
        apart={
            **dict.fromkeys(
                ("attribution", "priors", "multiverse", "influence", "operating_characteristics"), "shrunk together"
            ),
            "checks": "need more than 20000 grid nodes",
        },
        files=("shrinkage",),
    ),
    "subgroup": Entry(
        "an effect within the levels of another",
        STAGE + effect("subgroup", "arm", more='within = "stage"\n' + SD),
        apart=CROSSED,
    ),
    "centre_effects": Entry(
        "effects of each centre",
        effect("random_intercept", "centre", prior=SD) + effect("subgroup", "arm", more='within = "centre"\n' + SD),
        apart=CROSSED,
        files=("frailty",),
    ),
    "interaction": Entry(
        "an interaction",
        AGE + effect("interaction", "arm", more='by = "age"\nratio = { normal = [0.0, 0.5] }\n'),
        apart=CROSSED,
    ),
    "two_endpoints": Entry(
        "two endpoints of the same patients",
        STAGE + ACROSS,
        ENDPOINTS,
        apart=whole("several endpoints"),
        files=("endpoint_correlation",),
    ),
    "illness_death": Entry(
        "illness-death, clock forward",
        ARM,
        STATES.format("forward"),
        apart=OF_STATES,
        files=("states", "time_in_states", "after_progression"),
    ),
    "illness_death_reset": Entry(
        "illness-death, clock reset",
        ARM,
        STATES.format("reset"),
        apart=OF_STATES,
        files=("states", "time_in_states", "after_progression"),
    ),
    "across_transitions": Entry(
        "illness-death, effects shrunk towards each other",
        ACROSS,
        STATES.format("forward"),
        apart=OF_STATES,
        files=("states", "time_in_states", "after_progression"),
    ),
    "competing_causes": Entry("competing causes", ARM, CAUSES, apart=OF_STATES, files=("cumulative_incidence",)),
    "intervals": Entry(
        "events between two months (left, right)",
        ARM,
        '[outcome]\nendpoint = "progression"\n',
        schema="intervals",
        apart=whole("between two months"),
        files=("turnbull",),
    ),
    "visits": Entry(
        "events between planned visits", ARM, VISITS, apart=whole("between two months"), files=("turnbull",)
    ),
    "complete_cases": Entry("missing covariates: complete cases", GAPS),
    "imputation": Entry(
        "missing covariates: imputed",
        GAPS + '[missing]\nmethod = "imputation"\ncompleted = 3\n',
        refused=dict.fromkeys(("refit_many", "sensitivity", "ensemble"), "one cohort with missing values has no plan"),
        files=("imputation",),
    ),
    "trajectory": Entry(
        "a marker's own trajectory",
        ARM + TRAJECTORY,
        refused=dict.fromkeys(("laplace", "refit_many"), "does not integrate over the trajectory"),
        files=("trajectory",),
        apart=whole("has a trajectory") | dict.fromkeys(("priors", "reverse_bayes"), "has a trajectory"),
    ),
    "last_value": Entry("the last value measured", ARM + effect("per_doubling", "alc"), apart=whole("several rows")),
    "starts_at": Entry(
        "a treatment that starts later", ARM + effect("fixed", "consolidation"), apart=whole("several rows")
    ),
    "start_stop": Entry(
        "rows with start and stop",
        ARM + effect("linear", "ldh"),
        schema="rows",
        refused={"ensemble": "an ensemble of reconstructed cohorts takes one row for each patient"},
        apart=whole("several rows"),
    ),
    "external": Entry("survivors of other sources", ARM + COUNT, apart=own_term("other sources"), files=("external",)),
    "external_arm": Entry(
        "a published arm with drift", ARM + ARM_OF_STUDY, apart=own_term("other sources"), files=("drift", "external")
    ),
    "background": Entry("background mortality", ARM + LIFE_TABLE, apart=own_term("in excess of a life table")),
    "cure": Entry("a fraction cured", ARM + CURE, form=WEIBULL, apart=own_term("never has the event"), files=("cure",)),
    "landmark": Entry("a landmark", ARM + effect("fixed", "response"), OS + "landmark = 3.0\n"),
    "late_entry": Entry("delayed entry", ARM, schema="late_entry"),
    "sampling_weights": Entry("sampling weights", ARM, schema="sampling_weights", apart=WEIGHTED),
    "frequency_weights": Entry("frequency weights", ARM, schema="frequency_weights"),
    "clustered_weights": Entry("sampling weights with clusters", ARM, schema="weights_and_clusters", apart=WEIGHTED),
    "strata": Entry("strata of the schema", ARM, schema="strata"),
    "baseline_strata": Entry(
        "a baseline of each stratum",
        ARM,
        form=BASELINE + 'strata = "centre"\n' + RATE,
        apart=whole("a baseline of its own"),
    ),
    "weighted_states": Entry(
        "illness-death with weights and strata",
        ARM,
        STATES.format("forward"),
        BASELINE + 'strata = "sex"\n' + RATE,
        schema="sampling_weights",
        apart=whole("a baseline of its own"),
        files=("states", "time_in_states", "after_progression"),
    ),
}
