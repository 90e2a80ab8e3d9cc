"""The factors of the paper on ICI with chemoradiotherapy, and what of its print belongs to their levels."""

from collections.abc import Mapping

from escc_bayes.study.roles import Role

ROLES = (
    Role("sex", "sex", r"\bsex\b|gender|性别"),
    Role("age", "age", r"^age\b|年龄"),
    Role("ecog", "ECOG performance status", r"ecog|体能|\bps\b"),
    Role("location", "tumour location", r"location|部位|tumou?r site"),
    Role("differentiation", "differentiation", r"different|分化"),
    Role("stage", "stage", r"stage|分期"),
    Role("coverage", "radiation coverage", r"coverage|irradiat.*lesion|照射范围|放疗范围|覆盖"),
    Role("sequence", "sequence of ICI and chemoradiotherapy", r"sequence|顺序|时序"),
    Role("ici_cycles", "cycles of immunotherapy", r"ici.*cycles?|immuno.*cycles?|免疫.*周期"),
    Role("response", "response", r"response|疗效|缓解|recist"),
    Role("alc_baseline", "ALC at baseline", r"alc.*(base|pre)|(基线|治疗前|放疗前|化疗前).*淋巴"),
    Role("alc_mid", "ALC mid-treatment", r"alc.*(mid|during)|(治疗|放疗)中.*淋巴"),
    Role("alc_post", "ALC after treatment", r"alc.*(post|after)|(治疗|放疗)后.*淋巴"),
    Role(
        "failure",
        "pattern of failure",
        r"failure.?(pattern|site|type)|recurrence.?(pattern|site)|失败模式|复发(模式|部位)",
        outcome=True,
    ),
    Role("second_line", "second-line treatment", r"second.?line|二线", outcome=True),
)
# Which printed number counts a level, and what of the reconstructions was asked for it.
PRINTED_LEVELS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("stage", "II"): ("stage_II_n", "n, stage II"),
    ("stage", "III"): ("stage_III_n", "n, stage III"),
    ("stage", "IV"): ("stage_IV_n_discussion", "n, stage IV"),
    ("coverage", "RAL"): ("ral_n", "n, coverage RAL"),
    ("coverage", "RPL"): ("rpl_n", "n, coverage RPL"),
    ("sequence", "ici_after_crt"): ("group1_ici_after_crt_n", "n, sequence ici_after_crt"),
    ("sequence", "concurrent"): ("group2_concurrent_n", "n, sequence concurrent"),
    ("sequence", "crt_after_ici"): ("group3_crt_after_ici_n", "n, sequence crt_after_ici"),
    ("ecog", "0"): ("ecog0_n", "n, ecog 0"),
    ("response", "CR"): ("cr_n", "n, response CR"),
    ("response", "PR"): ("pr_n", "n, response PR"),
    ("response", "SD"): ("sd_n", "n, response SD"),
    ("response", "PD"): ("pd_n", "n, response PD"),
}
# Printed medians of numbers, and means with SDs.
PRINTED_MEDIANS: Mapping[str, str] = {"age": "age_median", "ici_cycles": "ici_cycles_median"}
PRINTED_MEANS: Mapping[str, tuple[str, str]] = {
    "alc_baseline": ("alc_baseline_mean", "alc_baseline_sd"),
    "alc_mid": ("alc_mid_mean", "alc_mid_sd"),
    "alc_post": ("alc_post_mean", "alc_post_sd"),
}
