"""Tests and models kept between changes: after an exchange of two patients they are what the patients give anew."""

import numpy as np
import pytest

from escc_bayes.evidence.reconstruction.cached_cox import SCORE, exchanged_model, keep_model, kept_models
from escc_bayes.evidence.reconstruction.cached_logrank import exchanged_test, keep_test, kept_tests
from escc_bayes.evidence.reconstruction.rank_statistics import SCORE as SCORE_ANEW
from escc_bayes.evidence.reconstruction.rank_statistics import CoxData, cox_room, cox_sums, log_rank

N = 60


@pytest.mark.parametrize("groups", [2, 3])
def test_a_log_rank_test_after_an_exchange_is_that_of_the_patients_anew(patients, groups):
    """500 exchanges between patients who count, against the compiled test from scratch (itself against lifelines)."""
    _, events, group, _ = patients
    rng, order = np.random.default_rng(6), np.arange(N)
    group = np.where(group < groups, group, -1)
    compared = 0
    while compared < 500:
        kept = kept_tests(1, N)
        keep_test(group, events, order, kept, 0)
        p, q = np.sort(rng.choice(N, 2, replace=False))
        a, b = group[p], group[q]
        if a == b or min(a, b) < 0:
            continue
        found = exchanged_test(kept.before[0], kept.risk[0], kept.total[0], np.array([p, q, a, b]), groups)
        group[p], group[q] = b, a
        assert found == pytest.approx(log_rank(group, events, order, groups), rel=1e-9, abs=1e-9)
        compared += 1


@pytest.mark.parametrize("swapped", [(1, 0), (0, 1), (1, 1)])
def test_the_score_of_a_cox_model_after_an_exchange_is_that_of_the_patients_anew(patients, swapped):
    """Exchanges of one column or of both, at a fixed estimate, against sums over all patients."""
    _, events, _, x = patients
    rng, beta = np.random.default_rng(9), np.array([0.4, -0.7])
    rows = np.vstack([np.arange(N), events, x.T]).astype(np.int64)
    data = CoxData(rows, 0, 1, np.array([2, 3]))
    for _ in range(200):
        kept, room, step = kept_models(1, 2, 2, N), cox_room(N, 2, 2), np.zeros(2)
        keep_model(data, beta, kept, 0)
        p, q = np.sort(rng.choice(N, 2, replace=False))
        for column in (2, 3):
            if swapped[column - 2]:
                rows[column, [p, q]] = rows[column, [q, p]]
        exchanged_model(rows, data.columns, np.array(swapped), np.array([p, q, p, q]), kept, 0, step)
        cox_sums(data, room, beta)
        assert kept.room[SCORE, :2] == pytest.approx(room.vector[SCORE_ANEW], abs=1e-10)
