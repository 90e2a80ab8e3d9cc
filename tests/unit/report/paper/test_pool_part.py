"""Which bundled studies a paper is pooled with: none that may share patients with another, or with the paper."""

from dataclasses import replace

from escc_bayes.data.shipped import find_study
from escc_bayes.data.study import read_study
from escc_bayes.evidence.pooling.study_effects import Question
from escc_bayes.report.paper.pool_part import one_of_each_group, twins_of

QUESTION = Question("rt_added", "OS")
STUDIES = [read_study(find_study(name)) for name in ("liu_polymet", "liuq2025_ivb_nodal", "soescc102")]
PAPER = replace(STUDIES[2], id="paper", independence_group="", doi="", citation="another paper", n=7)


def test_of_studies_that_may_share_patients_the_most_precise_is_kept():
    """Matched, 0.80 (0.55-1.15) has SE 0.188, 0.51 (0.37-0.71) has 0.166; both are of one registry."""
    kept, said = one_of_each_group(STUDIES, QUESTION, PAPER)
    assert [study.id for study in kept] == ["liuq2025_ivb_nodal", "soescc102"]
    assert said == (
        "liu_polymet may share patients with liuq2025_ivb_nodal (china20_ict_registry): the more precise is kept.",
    )


def test_what_may_share_patients_with_the_paper_gives_way_to_it():
    own = replace(PAPER, independence_group=STUDIES[0].independence_group)
    kept, said = one_of_each_group(STUDIES, QUESTION, own)
    assert [study.id for study in kept] == ["soescc102"]
    assert all("(china20_ict_registry): this paper is kept." in words for words in said)


def test_a_paper_is_known_again_by_its_digits():
    assert twins_of(replace(PAPER, n=None), STUDIES, QUESTION) == {"soescc102": "the same digits"}
