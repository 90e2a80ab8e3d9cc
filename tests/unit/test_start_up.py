"""Start-up budget in imported modules, not seconds."""

import subprocess
import sys

HEAVY = (
    "pymc",
    "pytensor",
    "nutpie",
    "arviz",
    "jax",
    "numba",
    "matplotlib",
    "lifelines",
    "greenwood",
    "firthmodels",
    "xarray",
)


def modules_after(statement: str) -> set[str]:
    """Return the top-level packages loaded by a statement in a fresh interpreter."""
    code = f"import sys; {statement}\nprint(' '.join({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_loads_nothing_heavy():
    loaded = modules_after("import escc_bayes")
    assert not loaded & {*HEAVY, "pandas", "scipy", "numpy"}


def test_command_line_help_loads_nothing_heavy():
    run = "from escc_bayes import cli; from typer.testing import CliRunner; CliRunner().invoke(cli.app, ['--help'])"
    assert not modules_after(run) & {*HEAVY, "pandas", "scipy", "numpy", "pydantic"}


def test_planning_and_prior_check_load_no_sampler():
    run = (
        "import escc_bayes as eb; "
        "eb.prior_check(eb.load_spec('os_weibull'), eb.example_cohort('escc79'), seed=1, draws=50)"
    )
    assert not modules_after(run) & set(HEAVY)


def test_reading_a_design_loads_neither_models_nor_what_simulates_and_draws():
    run = (
        "from escc_bayes.report.verbs.plan_kinds import plan_of_kind; plan_of_kind('multi_arm', 'rt_two_doses')\n"
        "assert not {'escc_bayes.spec.plan', 'escc_bayes.trial.multi_arm.simulate'} & set(sys.modules)"
    )
    assert "matplotlib" not in modules_after(run)


def test_classical_methods_load_no_sampler_and_no_lifelines():
    run = "import escc_bayes as eb; eb.baselines(eb.example_cohort('larynx'), 'os', level=0.95)"
    # firthmodels brings numba and scikit-learn.
    assert not modules_after(run) & (set(HEAVY) - {"firthmodels", "numba"})


def test_a_fit_by_laplace_loads_neither_sampler_nor_data_frames(tmp_path):
    """The whole verb, tables and netCDF included; of scipy the special functions and no optimiser."""
    words = ["escc-bayes", "fit", "--cohort", "escc79", "--model", "os_piecewise", "--engine", "laplace", "--quiet"]
    run = (
        "import contextlib; from escc_bayes import cli; "
        f"sys.argv = {[*words, '--draws', '300', '--out', str(tmp_path / 'fit')]}\n"
        "with contextlib.suppress(SystemExit): cli.main()\n"
        "assert not {'scipy.optimize', 'scipy.stats', 'scipy.sparse'} & set(sys.modules)"
    )
    loaded = modules_after(run)
    assert (tmp_path / "fit" / "posterior" / "os_piecewise.nc").is_file()
    assert not loaded & {*HEAVY, "pandas", "jinja2", "docx", "pydantic", "rich"}


def test_a_fit_by_nuts_loads_no_compiler_and_no_data_frames(tmp_path):
    """Backend ``native``, the whole verb: of nutpie the compiled module alone."""
    words = ["escc-bayes", "fit", "--cohort", "escc79", "--model", "os_piecewise", "--quiet", "--draws", "50"]
    run = (
        "import contextlib; from escc_bayes import cli; "
        f"sys.argv = {[*words, '--tune', '50', '--out', str(tmp_path / 'fit')]}\n"
        "with contextlib.suppress(SystemExit): cli.main()\n"
        "assert 'nutpie._lib' in sys.modules"
    )
    loaded = modules_after(run)
    assert (tmp_path / "fit" / "posterior" / "os_piecewise.nc").is_file()
    assert not loaded & ({*HEAVY, "pandas", "jinja2", "pyarrow"} - {"nutpie"})


def test_a_report_loads_the_chapters_only_where_they_are_asked_for():
    """The chapter of a paper and that on one treatment bring the audit, matching and scipy's statistics."""
    code = (
        "import sys, escc_bayes.report.verbs.report\n"
        "rooms = {'.'.join(m.split('.')[:2]) for m in sys.modules}\n"
        "apart = {'study', 'matching', 'evidence', 'time_zero'}\n"
        "print(rooms & {'scipy.stats', *(f'escc_bayes.{room}' for room in apart)})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_public_name_can_be_reached():
    """Typing imports and lazy homes agree."""
    import escc_bayes

    for name in escc_bayes.__all__:
        assert getattr(escc_bayes, name) is not None
