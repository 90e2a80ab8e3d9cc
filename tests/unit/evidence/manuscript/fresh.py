"""Abstracts that the reader had not seen when it was made: FRESH showed what to mend, UNTOUCHED was read once after it.

Facts of bundled study files in words of our own, each in a style of its own: journals, intervals, tables.
"""

from tests.unit.evidence.manuscript.papers import D, E, Paper

TILDE, NBSP, MINUS, LE = "~", "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}", "\N{LESS-THAN OR EQUAL TO}"

FRESH = {
    # A weekly's style: levels of 98.5 % and the like, P behind commas, arms in full.
    "checkmate648": Paper(
        """METHODS: In this open-label, phase 3 trial, adults with previously untreated advanced disease were randomly
assigned in a 1:1:1 ratio to nivolumab plus chemotherapy (321 patients), nivolumab plus ipilimumab (325), or
chemotherapy alone (324).

RESULTS: In the overall population, overall survival was longer with nivolumab plus chemotherapy than with chemotherapy
alone (median, 13.2 months vs. 10.7 months; hazard ratio, 0.74; 99.1% confidence interval [CI], 0.58 to 0.96;
P=0.002). Overall survival was also longer with nivolumab plus ipilimumab than with chemotherapy (hazard ratio, 0.78;
98.2% CI, 0.62 to 0.98; P=0.01). The median progression-free survival was 5.8 months with nivolumab plus chemotherapy
and 5.6 months with chemotherapy alone (hazard ratio, 0.81; 98.5% CI, 0.64 to 1.04). Among patients with tumor-cell
PD-L1 expression of 1% or greater, the hazard ratio for death was 0.54 (99.5% CI, 0.37 to 0.80; P<0.001).
""",
        "nivolumab",
        "ICI",
    ),
    # English of a Chinese journal: tildes, colons, chi-squares in brackets, counts behind percentages.
    "induction_ict_rt66": Paper(
        f"""Objective: To explore the efficacy of induction immunochemotherapy followed by radiotherapy. Methods: The
clinical data of 467 cases were retrospectively analyzed; after 1:1 propensity score matching, 66 cases in each group
were included. Results: The 1-, 2-year OS rates of the immunotherapy group and the radiotherapy group were 84.6%, 57.9%
and 71.1%, 43.0% respectively (HR=0.60, 95%CI: 0.36{TILDE}1.00, P=0.050). The median PFS was 20.3 months in the
immunotherapy group and 12.2 months in the radiotherapy group, the 1-year PFS rates were 69.3% and 51.4%, and the 2-year
PFS rates were 45.7% and 35.8% (HR=0.64, 95%CI: 0.41{TILDE}0.99, P=0.045).
""",
        "immuno",
        "ICI",
    ),
    # A table of outcomes by arm beside one sentence; "not reached" as NR.
    "eso_shanghai13": Paper(
        f"""## Findings

Between March, 2019 and September, 2021, 104 patients were enrolled and randomly assigned to systemic therapy plus
local therapy (n=53) or systemic therapy only (n=51).

Table 2. Survival outcomes

| Outcome | Systemic plus local (n=53) | Systemic only (n=51) | P value |
|---|---|---|---|
| Median PFS, months | 15{D}3 | 6{D}4 | <0{D}0001 |
| Median OS, months | NR | 18{D}6 | 0{D}0020 |
""",
        "local",
        "local",
    ),
    # Cancer-biology style: leading zeros missing, months as "mo", survival in brackets.
    "yang2025_290": Paper(
        """This multicenter study enrolled 290 patients who received definitive chemoradiotherapy with ICIs between
April 2018 and April 2022. With a median follow-up of 35.7 mo, median PFS was 22.4 mo, and median OS was not reached.
Survival at 1 and 2 years was 86.7% and 66.9%, and PFS at 1 and 2 years was 66.7% and 47.3%. Against a weighted
historical control, 2-year OS was 66.9% vs 56.5% (HR, .62; P < .001).
""",
        "all",
        "ICI",
    ),
    # Continental style: no-break spaces, "respectively" far behind, three arms by letters.
    "ec_crt_002": Paper(
        f"""Patients with locally advanced disease were randomised to induction chemotherapy and chemoradiotherapy with
16 cycles of tislelizumab (arm A, n{NBSP}={NBSP}57) or 4 cycles (arm B, n{NBSP}={NBSP}57). The 1-year PFS was
52{NBSP}% in arm A and 73{NBSP}% in arm B; the 1-year OS was 82{NBSP}% and 85{NBSP}%, respectively. In a historical
series of 55 patients without immunotherapy, 1-year PFS and OS were 56{NBSP}% and 69{NBSP}%.
""",
        "arm A",
        "16",
    ),
    # A prognostic factor with a cut; HR with three decimals; medians in round numbers.
    "zhaoq2022_alc": Paper(
        f"""We analysed 105 patients with recurrent or metastatic disease who had received immunotherapy. Patients with
a pretreatment ALC {LE}625 cells/{chr(0xB5)}L had shorter OS than those with ALC >625 cells/{chr(0xB5)}L (median OS: 6
vs. 12 months). In multivariate Cox regression, pretreatment ALC {LE}625 remained an independent prognostic factor for
OS [HR: 1.771, 95% CI: 1.051-2.985, P=0.032].
""",
        "<=",
        "<=",
    ),
    # A short congress abstract: rates with their own intervals absent, percentages before months.
    "park_durva_treme": Paper(
        """Forty patients (N = 40) with locally advanced disease received durvalumab, tremelimumab and chemoradiation.
At 24 months, PFS was 57.5% and OS 75%.
""",
        "all",
        "CRT",
    ),
    # A registry paper: unadjusted and adjusted HR in a table with P, curves in text with limits.
    "ipd_tcga_escc": Paper(
        f"""Of 96 patients, 32 had died. Median OS was 28.1 months (95% CI 21.4{E}NR). OS probabilities at 12, 24 and 36
months were 79.7% (95% CI 71.8{E}88.6), 58.2% (45.2{E}74.9) and 45.4% (31.0{E}66.5).

Table 3: Cox regression for overall survival

| Factor | Univariable HR (95 % CI) | p | Multivariable HR (95 % CI) | p |
|---|---|---|---|---|
| Stage III-IV vs I-II | 2.625 (1.294{E}5.325) | 0.0075 | 2.079 (0.988{E}4.374) | 0.0538 |
""",
        "all",
        "all",
    ),
}

UNTOUCHED = {
    "dai2022_meta": Paper(
        f"""Eight studies were pooled. Severe radiation-induced lymphopenia predicted worse OS (pooled HR = 1.50, 95%
CI = 1.29{E}1.75, I2 = 6%) and worse PFS (pooled HR = 1.70, 95% CI = 1.39{E}2.07, I2 = 0%).
""",
        "all",
        "all",
    ),
    "seed2_cui2025": Paper(
        """Background: The value of consolidative thoracic radiotherapy is unclear. Methods: From 2018 to 2023, 156
patients were identified, and 64 remained after matching (32 in the RT group and 32 in the no RT group). Results: Median
OS reached 38 months in the RT group compared with 13.7 months in the no RT group (HR 0.7, P = 0.32). Median PFS had not
been reached with RT and was 9.3 months without.
""",
        "RT group",
        "RT",
    ),
    "meta_ji2024": Paper(
        """We included one randomized and ten retrospective studies comprising 14,489 patients. Adding local therapy to
systemic therapy improved overall survival [HR 0.69 (95% CI, 0.58 to 0.81)] and progression-free survival [HR 0.52 (95%
CI, 0.37 to 0.73)]. In oligometastatic disease, the HRs for OS and PFS were 0.62 (95% CI, 0.48 to 0.79) and 0.45 (95%
CI, 0.31 to 0.64), respectively. In recurrent disease, OS was improved too (HR 0.55; 95% CI, 0.37 to 0.81).
""",
        "all",
        "all",
    ),
    "jupiter06": Paper(
        f"""Five hundred and fourteen patients were randomised to toripalimab + TP (257) or placebo + TP (257). PFS by
independent review favoured toripalimab: HR=0{D}58 (95%CI 0{D}46 to 0{D}74), with medians of 5{D}7 and 5{D}5 months. The
HR for death was 0{D}58 (95%CI 0{D}43 to 0{D}78; P=0{D}0004); median OS, 17{D}0 vs 11{D}0 mo. One-year OS was 66{D}0%
(toripalimab) and 43{D}7% (placebo); one-year PFS 27{D}8% and 6{D}1%, respectively.
""",
        "toripalimab",
        "+ ",
    ),
}
