"""From Python, slips of the hand end as on the command line: one sentence that says what to write."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import escc_bayes as eb
from escc_bayes.data.shipped import find_schema
from escc_bayes.foundation.careful import careful
from escc_bayes.foundation.kinds import LEVEL, SEED


@pytest.fixture(scope="module")
def spec():
    return eb.load_spec("larynx_piecewise")


@pytest.fixture(scope="module")
def posterior(spec, larynx):
    return eb.fit(spec, larynx, engine="laplace", draws=200)


@pytest.fixture(scope="module")
def classical(spec, larynx):
    return eb.fit_classical(spec, larynx)


HR = eb.HazardRatio("stage", "III", versus="II")
# What is called with which slip: the words of the message.
SLIPS = {
    "percentage": (
        lambda s, c, p, k: p.estimate(HR, level=95),
        "level is 95; give a share, not a percentage: level=0.95",
    ),
    "percentage of all ratios": (lambda s, c, p, k: p.hazard_ratios(level=95), "level=0.95"),
    "percentage of several": (lambda s, c, p, k: p.estimates([HR], level=90.0), "level=0.9"),
    "percentage in compare": (lambda s, c, p, k: eb.compare([HR], p, k, level=95), "level=0.95"),
    "percentage of a classical fit": (lambda s, c, p, k: k.estimate(HR, level=95), "level=0.95"),
    "percentage in baselines": (lambda s, c, p, k: eb.baselines(c, "os", level=95), "level=0.95"),
    "specification for a plan": (
        lambda s, c, p, k: eb.fit_plan(s),
        "fit_plan: plan is a ModelSpec; give a plan from make_plan",
    ),
    "engine for settings": (
        lambda s, c, p, k: eb.fit_plan(p.plan, "laplace"),
        "settings is 'laplace'; give settings",
    ),
    "percentage in prior_check": (lambda s, c, p, k: eb.prior_check(s, c, level=95), "level=0.95"),
    "level 0": (lambda s, c, p, k: p.estimate(HR, level=0), "level is 0; give a number between 0 and 1"),
    "level None": (lambda s, c, p, k: p.estimate(HR, level=None), "level is None; give a number between 0 and 1"),
    "level a word": (lambda s, c, p, k: p.estimate(HR, level="0.95"), "level is '0.95'; give a number"),
    "swapped in fit": (lambda s, c, p, k: eb.fit(c, s), r"fit: spec and cohort are swapped; write fit\(spec, cohort"),
    "swapped in fit_classical": (
        lambda s, c, p, k: eb.fit_classical(c, s),
        r"swapped; write fit_classical\(spec, cohort\)",
    ),
    "swapped in prior_check": (lambda s, c, p, k: eb.prior_check(c, s), "swapped"),
    "swapped in leave_one_out": (lambda s, c, p, k: eb.leave_one_out(c, s), "swapped"),
    "path for a cohort": (
        lambda s, c, p, k: eb.fit(s, "c.csv"),
        "fit: cohort is 'c.csv'; give a cohort from read_cohort",
    ),
    "Path for a cohort": (lambda s, c, p, k: eb.baselines(Path("c.csv"), "os"), "baselines: cohort is 'c.csv'; give"),
    "name for a model": (
        lambda s, c, p, k: eb.fit("os_piecewise", c),
        "spec is 'os_piecewise'; give a model from load_spec",
    ),
    "nothing for a cohort": (lambda s, c, p, k: eb.fit(s, None), "fit: cohort is None; give a cohort"),
    "cohort left out": (
        lambda s, c, p, k: eb.fit(s),
        r"missing a required argument: 'cohort'; write fit\(spec, cohort",
    ),
    "unknown word": (lambda s, c, p, k: eb.fit(s, c, sead=3), "unexpected keyword argument 'sead'; write fit"),
    "ensemble for a cohort": (lambda s, c, p, k: eb.fit(s, eb.example_ensemble("escc79")), "cohort is an Ensemble"),
    "cohort for an ensemble": (lambda s, c, p, k: eb.fit_ensemble(s, c), "ensemble is a Cohort; give an ensemble"),
    "negative seed": (lambda s, c, p, k: eb.fit(s, c, seed=-1), "seed is -1; give a whole number of 0 or more"),
    "seed of a fraction": (lambda s, c, p, k: eb.fit(s, c, seed=1.5), "seed is 1.5; give a whole number"),
    "seed None": (lambda s, c, p, k: eb.prior_check(s, c, seed=None), "seed is None; give a whole number"),
    "seed a word": (lambda s, c, p, k: eb.fit(s, c, seed="11"), "seed is '11'; give a whole number"),
    "wrong engine": (
        lambda s, c, p, k: eb.fit(s, c, engine="nutz"),
        "engine 'nutz' is not possible; did you mean 'nuts'",
    ),
    "engine None": (lambda s, c, p, k: eb.fit(s, c, engine=None), "fit: engine is None; give a word in quotes"),
    "no draws": (lambda s, c, p, k: eb.fit(s, c, draws=0), "draws is 0; give a whole number of 1 or more"),
    "half a chain": (lambda s, c, p, k: eb.fit(s, c, chains=2.5), "chains is 2.5; give a whole number"),
    "a word for an estimand": (
        lambda s, c, p, k: p.estimate("stage"),
        "asked is 'stage'; give an estimand such as Haz",
    ),
    "a list for one estimand": (lambda s, c, p, k: p.estimate([HR]), "asked is a list; give an estimand"),
    "a word among estimands": (
        lambda s, c, p, k: eb.compare([HR, "stage"], p),
        "a list whose item 2 is 'stage'; give an est",
    ),
    "fits before estimands": (lambda s, c, p, k: eb.compare(p, k), "asked is a Posterior; give an estimand"),
    "a cohort among fits": (lambda s, c, p, k: eb.compare([HR], p, c), "fits is a Cohort; give a posterior from fit"),
    "no path": (lambda s, c, p, k: eb.load_posterior(3), "path is 3; give a word in quotes or a path"),
    "no source": (
        lambda s, c, p, k: eb.read_cohort(None, find_schema("escc")),
        "source is None; give the path of a CSV",
    ),
    "source a dictionary": (
        lambda s, c, p, k: eb.read_cohort({"t": [1]}, find_schema("escc")),
        "source is a dict; give the path",
    ),
    "schema a dictionary": (lambda s, c, p, k: eb.read_cohort("c.csv", {}), "schema is a dict; give"),
    "schema None": (lambda s, c, p, k: eb.load_schema(None), "path is None; give"),
    "name None": (lambda s, c, p, k: eb.load_spec(None), "name_or_path is None; give"),
    "cohort by number": (lambda s, c, p, k: eb.example_cohort(79), "name is 79; give a word in quotes"),
    "study by path": (lambda s, c, p, k: eb.audit("study.toml"), "study is 'study.toml'; give a study from read_study"),
    "design by name": (
        lambda s, c, p, k: eb.operating_characteristics("rt", trials=10),
        "design is 'rt'; give a design",
    ),
    "trials of 1e9": (
        lambda s, c, p, k: eb.operating_characteristics(eb.load_design("rt_consolidation"), trials=1e3),
        "trials is 1000.0",
    ),
    "term a number": (lambda s, c, p, k: eb.HazardRatio(3), "HazardRatio: term is 3; give the word in quotes"),
    "level a number": (
        lambda s, c, p, k: eb.HazardRatio("stage", 3),
        "HazardRatio: level is 3; give the word in quotes",
    ),
    "month in quotes": (lambda s, c, p, k: eb.SurvivalAt("24"), "SurvivalAt: time is '24'; give a number of months"),
    "month missing": (lambda s, c, p, k: eb.SurvivalAt(None), "SurvivalAt: time is None; give a number of months"),
    "month infinite": (lambda s, c, p, k: eb.SurvivalAt(float("inf")), "time must be above 0 months, was given inf"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_ends_in_one_sentence_that_says_what_to_write(slip, spec, larynx, posterior, classical):
    call, words = SLIPS[slip]
    with pytest.raises(eb.InputError, match=words) as caught:
        call(spec, larynx, posterior, classical)
    assert "\n" not in str(caught.value)


def test_defaults_are_those_of_the_command_line(spec, larynx, posterior, classical):
    from escc_bayes.cli.sampling import Sampling

    assert (Sampling().seed, Sampling().level) == (SEED, LEVEL)
    assert posterior.record.seed == SEED
    assert posterior.estimate(HR).level == LEVEL
    assert {e.level for e in classical.estimate(HR)} == {LEVEL}
    assert eb.compare([HR], posterior).estimates[0].level == LEVEL


def test_one_estimand_needs_no_list_and_whole_numbers_may_be_numpys(spec, larynx, posterior):
    assert repr(eb.compare(HR, posterior)) == repr(eb.compare([HR], posterior))
    again = eb.fit(spec, larynx, seed=np.int64(SEED), engine="laplace", draws=np.int32(200), chains=np.int64(4))
    assert again.record == posterior.record
    assert (again.coefficients == posterior.coefficients).all()
    assert posterior.estimate(HR, level=np.float64(0.9)).level == 0.9


def test_paths_may_be_text(tmp_path, posterior):
    assert eb.load_schema(str(find_schema("escc"))) == eb.load_schema(find_schema("escc"))
    posterior.save(str(tmp_path / "p.nc"))
    assert eb.load_posterior(str(tmp_path / "p.nc")).record == posterior.record


def test_every_public_function_is_careful():
    """The seed and the level of every one have a default; every one refuses what it cannot take, by name."""
    import inspect

    for name in eb.__all__:
        found = getattr(eb, name)
        if not inspect.isfunction(found) or name in ("register_structure", "register_sampler"):
            continue
        parameters = inspect.signature(found).parameters
        assert hasattr(found, "__wrapped__"), f"{name} is not careful"
        for word in ("seed", "level"):
            if word in parameters:
                assert parameters[word].default == {"seed": SEED, "level": LEVEL}[word], name
        with pytest.raises(eb.InputError, match=f"{name}: .*(unexpected keyword|missing a required)"):
            found(nothing_of_this_name=1)


def test_readme_runs_as_printed(tmp_path, monkeypatch):
    """The first Python of README.md, and the line that it says reads the posterior back."""
    text = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(code, "README.md", "exec"), names)
    back = eb.load_posterior("os_piecewise.nc")
    assert repr(back) == repr(names["posterior"])


def test_what_a_function_raises_itself_is_left_alone():
    @careful
    def failing(number: int) -> int:
        raise TypeError("its own")

    with pytest.raises(TypeError, match="its own"):
        failing(1)
