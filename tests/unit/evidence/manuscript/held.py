"""Texts held back: made up but for one, with consistent numbers; read once, and nothing was mended for them.

``TRUE`` holds what each prints, in the form of ``compared.facts``; the meta-analysis is that of a bundled study file.
Of the matched study the group without radiotherapy is told by its name, and is called "treated" here.
"""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from escc_bayes.data.study import read_study
from tests.unit.evidence.manuscript.compared import facts
from tests.unit.evidence.manuscript.papers import E, Paper


def ratio(endpoint, value, low, high, p):
    about = (endpoint, str(Decimal(value).normalize()))
    exact = p if p.startswith("<") else Decimal(p).normalize()
    limits = zip(("value", "ci_low", "ci_high"), (value, low, high), strict=True)
    return {(*about, key, Decimal(number).normalize()) for key, number in limits} | {(*about, "p", exact)}


def curve(endpoint, role, **printed):
    """Rates and their limits are given as ``s_at_12``, ``lo_at_12``, ``hi_at_12``."""
    return {
        (endpoint, role, re.sub(r"^(s|lo|hi)_at_", r"\1 at ", key), Decimal(value).normalize())
        for key, value in printed.items()
    }


HELD = {
    "made_up_trial": Paper(
        f"""**Background** Whether thoracic radiotherapy adds to immunochemotherapy in stage IVB disease is unknown.

**Patients and methods** In this open-label phase 3 trial, 214 patients were randomly assigned 1:1 to radiotherapy plus
camrelizumab and chemotherapy (RCIT group, n = 107) or to camrelizumab and chemotherapy (CIT group, n = 107).

**Results** With a median follow-up of 26.3 months, median OS was 21.4 months (95% CI 17.9{E}26.0) in the RCIT group
and 15.6 months (95% CI 13.0{E}18.8) in the CIT group (HR 0.68, 95% CI 0.49{E}0.94; P = 0.020). The 2-year OS rates
were 44.9% and 30.2%, respectively. Median PFS was 11.2 v 7.4 months (HR 0.61, 95% CI 0.46{E}0.82; P < 0.001).
""",
        "RCIT",
        "",
    ),
    "made_up_matched": Paper(
        """Purpose: To compare immunochemotherapy with and without consolidative radiotherapy.

Methods: We reviewed 241 patients treated at three centres, of whom 96 received radiotherapy (RT group) and 145 did not
(non-RT group). Propensity score matching at 1:1 yielded 78 pairs.

Results: After matching, the median OS was 19.8 months in the RT group versus 14.1 months in the non-RT group (HR =
0.66, 95%CI: 0.45-0.97, P = 0.034), and 1-year PFS was 38.5% versus 25.6% (HR = 0.71, 95%CI: 0.51-0.99, P = 0.043).
""",
        "non-RT",
        "",
    ),
    "made_up_single_arm": Paper(
        """## Results

Between May 2020 and June 2022, 46 patients were enrolled and all were evaluable. The objective response rate was 67.4%
(31/46). At a median follow-up of 18.9 months, the median progression-free survival was 9.7 months (95% CI: 7.5 to
12.8) and the median overall survival was 20.3 months (95% CI: 15.2 to not reached). The 1-year OS rate was 71.7% (95%
CI: 56.3-82.4).
""",
        "all",
        "",
    ),
    "meta_astro3397": Paper(
        """Eleven studies with 2178 patients were included, 98.8% of whom had squamous cell carcinoma. Compared with
systemic therapy alone, the addition of local radiotherapy significantly prolonged overall survival (pooled HR = 0.64,
95% CI 0.58-0.71) and progression-free survival (pooled HR = 0.70, 95% CI 0.63-0.78).
""",
        "RT",
        "RT",
    ),
}


META = read_study("meta_astro3397")
"""Its subgroup is not printed in the text."""


def months(number):
    return {("follow-up", Decimal(number).normalize())}


def patients(number):
    return {("n", Decimal(number).normalize())}


TRUE = {
    "made_up_trial": set(
        chain(
            ratio("OS", "0.68", "0.49", "0.94", "0.020"),
            ratio("PFS", "0.61", "0.46", "0.82", "<0.001"),
            curve("OS", "treated", median="21.4", median_ci_low="17.9", median_ci_high="26.0", s_at_24="0.449"),
            curve("OS", "control", median="15.6", median_ci_low="13.0", median_ci_high="18.8", s_at_24="0.302"),
            curve("PFS", "treated", median="11.2"),
            curve("PFS", "control", median="7.4"),
            months("26.3"),
            patients("214"),
        )
    ),
    "made_up_matched": set(
        chain(
            ratio("OS", "0.66", "0.45", "0.97", "0.034"),
            ratio("PFS", "0.71", "0.51", "0.99", "0.043"),
            curve("OS", "control", median="19.8"),
            curve("OS", "treated", median="14.1"),
            curve("PFS", "control", s_at_12="0.385"),
            curve("PFS", "treated", s_at_12="0.256"),
            patients("241"),
        )
    ),
    "made_up_single_arm": set(
        chain(
            curve("PFS", "one", median="9.7", median_ci_low="7.5", median_ci_high="12.8"),
            curve(
                "OS", "one", median="20.3", median_ci_low="15.2", s_at_12="0.717", lo_at_12="0.563", hi_at_12="0.824"
            ),
            months("18.9"),
            patients("46"),
        )
    ),
    "meta_astro3397": facts(replace(META, estimates=tuple(e for e in META.estimates if not e.subgroup)), "RT"),
}
