"""Abstracts in words of our own, made of the facts of bundled study files; for each, what it calls the arms.

``ARMS``: words of a drafted arm, and the role it has; ``ROLES``: words of the study file's arms for the same roles.
"""

from typing import NamedTuple

E = "\N{EN DASH}"
D = "\N{MIDDLE DOT}"


class Paper(NamedTuple):
    """A text; which words in an arm's name, in the draft and in the study file, mean the treated group."""

    text: str
    treated: str
    treated_in_file: str


WRITTEN = {
    "orient15": Paper(
        """# Sintilimab in oesophageal squamous cell carcinoma

**Methods.** In this randomised, double-blind, phase 3 trial, 659 patients with untreated advanced disease were
assigned to sintilimab plus chemotherapy (n = 327) or placebo plus chemotherapy (n = 332).

**Results.** Median overall survival was 16.7 months with sintilimab plus chemotherapy and 12.5 months with placebo
plus chemotherapy (hazard ratio 0.63, 95% CI 0.51-0.78). Median progression-free survival was 7.2 months v 5.7 months
(HR 0.56, 95% CI 0.46 to 0.68).
""",
        "sintilimab",
        "ICI",
    ),
    "astrum007": Paper(
        f"""## Methods

A randomised phase 3 trial enrolled 551 patients with a CPS of 1 or more: serplulimab plus chemotherapy (n=368) or
placebo plus chemotherapy (n=183).

## Findings

At the interim analysis, serplulimab plus chemotherapy prolonged PFS (median 5{D}8 months [95% CI not given] vs 5{D}3
months; HR 0{D}60 [95% CI 0{D}48{E}0{D}75]) and OS (median 15{D}3 vs 11{D}8 months; HR 0{D}68 [95% CI
0{D}53{E}0{D}87]; p=0{D}002). At the final analysis, after a median follow-up of 24.2 months, median OS was 14.6
months in the serplulimab group versus 11.2 months in the placebo group (HR 0.70; 95% CI, 0.57{E}0.86; P=0.0006).
Median PFS was 6.5 months and 5.3 months, respectively (HR 0.58; 95% CI, 0.47{E}0.72).
""",
        "serplulimab",
        " + ",
    ),
    "escort1st": Paper(
        f"""IMPORTANCE Standard first-line therapy is chemotherapy.

DESIGN This randomised, placebo-controlled phase 3 trial compared camrelizumab plus chemotherapy (n = 298) with
placebo plus chemotherapy (n = 298).

RESULTS A total of 596 patients were randomised. The median follow-up was 10.8 months. The median overall survival was
15.3 months (95% CI, 12.8{E}17.3) in the camrelizumab group vs 12.0 months (95% CI, 11.0{E}13.3) in the placebo group
(HR for death, 0.70 [95% CI, 0.56{E}0.88]; P = .001). Median progression-free survival was 6.9 months (95% CI,
5.8{E}7.4) with camrelizumab vs 5.6 months (95% CI, 5.5{E}5.7) with placebo (HR for progression or death, 0.56 [95%
CI, 0.46{E}0.68]; P < .001). OS rates at 6, 12 and 18 months were 89.2%, 61.5% and 42.7% with camrelizumab and 85.5%,
49.8% and 29.5% with placebo. At the final analysis, median OS was 15.6 months (95% CI, 14.0{E}18.4) with
camrelizumab versus 12.6 months (95% CI, 11.2{E}13.8) with placebo (HR 0.70, 95% CI 0.58{E}0.84; one-sided P <
0.0001). The 12-, 24- and 36-month OS rates were 62.4%, 35.9% and 25.6% in the camrelizumab group, and 51.7%, 23.8%
and 12.8% in the placebo group.
""",
        "camrelizumab",
        "camrelizumab",
    ),
    "keynote590": Paper(
        f"""Pembrolizumab plus chemotherapy (n = 373) was compared with placebo plus chemotherapy (n = 376) in a
randomised phase 3 trial.

After a median follow-up of 58.8 months, median OS was 12.3 months with pembrolizumab and 9.8 months with placebo
(HR, 0.72; 95% CI, 0.62{E}0.84); 5-year OS rates were 10.6% vs 3.0%. Median PFS was 6.3 versus 5.8 months (HR, 0.64;
95% CI, 0.54{E}0.75); 5-year PFS rates were 5.5% vs 0%. Among 548 patients with squamous cell carcinoma, median OS
was 12.6 months with pembrolizumab versus 9.8 months with placebo (HR 0.72, 95% CI 0.60{E}0.88), and median PFS was
6.3 versus 5.8 months (HR 0.65, 95% CI 0.54{E}0.78).
""",
        "pembrolizumab",
        "ICI",
    ),
    "ec_crt_001": Paper(
        """In this single-arm phase 2 trial, 42 patients with unresectable disease were enrolled between November
2019 and January 2021 and received toripalimab with definitive chemoradiotherapy.

A complete response was achieved in 26 of 42 patients (62%; 95% CI, 46-76). With a median follow-up of 44.3 months,
the 1-year overall survival and 1-year progression-free survival rates were 78.4% and 54.5%. The 3-year OS rate was
44.8% (95% CI 31.9-62.8) and the 3-year PFS rate was 35.7% (95% CI 23.8-53.6).
""",
        "all",
        "toripalimab",
    ),
    "liuq2025_ivb_nodal": Paper(
        f"""This retrospective study reviewed 343 patients treated between 2019 and 2021 at several hospitals.
Propensity score matching gave 125 pairs.

After matching, patients given radiotherapy plus immunochemotherapy (n = 125) lived longer than those with
immunochemotherapy alone (n = 125): median OS 22.3 vs 14.9 months (HR = 0.51, 95% CI 0.37{E}0.71, p < 0.001) and
median PFS 14.0 vs 6.1 months (HR = 0.57, 95% CI 0.42{E}0.77, p < 0.001). Sequential radiotherapy improved OS most
(HR = 0.38, p < 0.001). Grade 3-4 lymphopenia was more frequent with radiotherapy (15.2% vs 4.0%, p = 0.004).
""",
        "radiotherapy",
        "RT",
    ),
    "soescc102": Paper(
        f"""We retrospectively studied 102 patients with synchronous oligometastatic disease who started first-line
chemoimmunotherapy between 2018 and 2022, comparing consolidative radiotherapy with no radiotherapy.

Median PFS was 11.5 months with consolidative radiotherapy and 8.3 months with no radiotherapy; median OS was 20.0 and
17.0 months. On multivariable analysis, consolidative radiotherapy was associated with better PFS (HR 0.539, 95% CI
0.312{E}0.932, P = 0.027), while OS did not differ significantly (HR 0.580, 95% CI 0.307{E}1.095, P = 0.093).
""",
        "consolidative",
        "cRT",
    ),
    "skyscraper08": Paper(
        """Patients were randomly assigned in a phase III trial to tiragolumab plus atezolizumab plus chemotherapy
(n = 229) or placebo plus chemotherapy (n = 232); 461 patients were randomised.

Independent review showed longer progression-free survival: median PFS 6.2 months (95% CI: 5.7, 7.2) v 5.4 months
(95% CI: 4.4, 5.5), stratified HR 0.56 (95% CI: 0.45, 0.70), P < .0001. Median OS was 15.7 months (95% CI: 13.3,
20.4) v 11.1 months (95% CI: 9.6, 13.6), stratified HR 0.70 (95% CI: 0.55, 0.88), P = .0024. At 12 months, PFS was
24.0% and 6.1%. OS rates were 60.6% v 46.1% at 12 months and 47.2% v 33.8% at 18 months.
""",
        "tiragolumab",
        "tiragolumab",
    ),
    "tenergy_epoc1802": Paper(
        """TENERGY was a multicentre single-arm phase 2 trial of atezolizumab after definitive chemoradiotherapy for
T4b tumours. We enrolled 40 patients. Median PFS was 3.2 months and the 12-month PFS rate was 29.6%. Median OS was
31.0 months, with a 12-month OS rate of 65.8%.
""",
        "all",
        "dCRT",
    ),
    "chenh2026_44": Paper(
        f"""Forty-four patients were included in this single-arm phase 2 trial of induction chemoimmunotherapy,
concurrent radiotherapy and maintenance. At a median follow-up of 25.5 months, the median PFS was 26 months (95% CI
14.8{E}37.2); PFS at 1, 2 and 3 years was 75.0%, 51.9% and 40.4%. The median OS was 29 months (95% CI 23.0{E}35.0),
and the 1-year OS rate was 81.8%.
""",
        "all",
        "induction",
    ),
}

KEPT = {
    "xuzhou2025_167": Paper(
        """We retrospectively analysed 167 patients treated from January 2019 to December 2023 with chemoradiotherapy
plus ICI (n = 81) or chemoradiotherapy alone (n = 86). The median PFS was 29.5 months in the chemoradiotherapy plus
ICI group and 10.5 months in the chemoradiotherapy alone group (log-rank P < 0.001). OS did not differ (log-rank P =
0.072).
""",
        "ICI",
        "ICI",
    ),
    "guangxi2024_101": Paper(
        f"""Of 101 patients (April 2019 to February 2023), 43 received CCRT with ICI and 58 CCRT. The 1-year OS rate
was 70.8% in the ICI group and 75.9% in the CCRT group (HR 1.21; 95% CI 0.58{E}2.53; P = 0.613). The 1-year PFS rate
was 58.9% and 55.2%, respectively (HR 1.26; 95% CI 0.70{E}2.26; P = 0.445).
""",
        "ICI",
        "ICI",
    ),
    "zhangw2021_crt_camre": Paper(
        """Twenty patients were enrolled in this phase 1b trial of camrelizumab with chemoradiotherapy. Overall
survival and progression-free survival rates at 12 months were 85.0% and 80.0%, and at 24 months 69.6% and 65.0%.
""",
        "all",
        "CRT",
    ),
    "shi2022_532": Paper(
        """Five hundred and thirty-two patients treated between 2012 and 2018 received chemoradiotherapy (CCRT group,
n = 240) or chemotherapy (C group, n = 292). Before matching, median PFS was 9.7 months in the CCRT group and 7.6
months in the C group; median OS was 18.5 months and 15.2 months. After matching, the median PFS (9.4 vs. 7.8 months,
P = 0.001) and OS (18.4 vs. 15.3 months, P = 0.012) favoured CCRT.
""",
        "CCRT",
        "CCRT",
    ),
    "liu_polymet": Paper(
        f"""In this retrospective multicentre study of 331 patients treated between Jan 2019 and Dec 2021, 88
received immunochemotherapy plus radiotherapy and 243 immunochemotherapy. Median OS was 15.2 months versus 12.2
months (HR 0.80, 95% CI 0.60{E}1.07, p=0.14). In the matched cohort (75 pairs), median OS was 15.0 and 11.0 months,
respectively (HR 0.80, 95% CI 0.55{E}1.15, p=0.23).
""",
        "radiotherapy",
        "RT",
    ),
    "jupiter06": Paper(
        f"""**Purpose** We evaluated toripalimab with chemotherapy.

**Patients and methods** In this double-blind phase 3 study, 514 patients were randomized (1:1) to receive
toripalimab plus chemotherapy (n = 257) or placebo plus chemotherapy (n = 257).

**Results** A significant improvement in PFS was observed for the toripalimab arm over the placebo arm (HR = 0.58;
95% CI, 0.46{E}0.74); median PFS was 5.7 months vs 5.5 months. The median OS was 17.0 months in the toripalimab arm
and 11.0 months in the placebo arm (HR = 0.58; 95% CI, 0.43{E}0.78; P = 0.0004). The 1-year OS rates were 66.0% vs
43.7%, and the 1-year PFS rates were 27.8% vs 6.1%. In the final analysis, median OS with toripalimab was 17.7 months
and the 3-year OS rate 29.7%.
""",
        "toripalimab",
        "+ ",
    ),
    "rationale306": Paper(
        f"""We enrolled 649 patients in a global, randomised, phase 3 study: 326 were allocated to
tislelizumab plus chemotherapy and 323 to placebo plus chemotherapy. Median overall survival was 17{D}2 months in the
tislelizumab group and 10{D}6 months in the placebo group (stratified HR 0{D}66 [95% CI 0{D}54{E}0{D}80]). Median PFS
was 7{D}3 versus 5{D}6 months (HR 0{D}62 [95% CI 0{D}52{E}0{D}75]). With long-term follow-up, the HR for OS was 0.70
(95% CI 0.59{E}0.83; p<0.0001). In locally advanced disease (49 and 39 patients), median OS was 25.6 months (95% CI
19.4{E}36.3) vs 12.3 months (9.0{E}21.7), HR 0.49 (95% CI 0.29{E}0.84), p=0.0037; median PFS was 9.7 (95% CI
6.9{E}19.6) vs 6.9 months (4.2{E}9.7), HR 0.56 (95% CI 0.31{E}1.01), p=0.0262.
""",
        "tislelizumab",
        "ICI",
    ),
    "hu2024_72": Paper(
        """Seventy-two patients who responded to immunochemotherapy were analysed. Adding radiotherapy was
associated with a median PFS of 13.5 months and a median OS of 31.8 months.
""",
        "all",
        "ICT",
    ),
    "rcit_oescc140": Paper(
        f"""This retrospective study included 140 patients (June 2018 to December 2021): 76 received
radiotherapy combined with immunotherapy and chemotherapy (RCIT group) and 64 immunotherapy and chemotherapy (CIT
group). With a median follow-up of 34.7 months, the median OS in the RCIT group was 19.4 months (95% CI, 14.2{E}24.6)
and 12.6 months (95% CI, 11.4{E}13.7) in the CIT group; the median PFS was 10.9 months (95% CI 8.7{E}13.2) and 6.8
months (95% CI 5.8{E}7.8), respectively. The 1-, 2-, and 3-year OS rates were 76.3%, 44.5%, and 32.5% in the RCIT
group, compared to 56.3%, 26.1%, and 20.4% in the CIT group. After PSM, the median OS was 22.4 months (95% CI
17.5{E}27.4) vs. 13.4 months (95% CI 10.9{E}15.9) (P = 0.031), and the median PFS was 10.9 months (95% CI 9.4{E}12.4)
vs. 7.3 months (95% CI 6.0{E}8.7) (P = 0.004).
""",
        "RCIT",
        "RCIT",
    ),
}
