"""Random streams: named, reproducible, independent of each other."""

import numpy as np

from escc_bayes.foundation.seeds import generator, seed_number, stream


def test_a_stream_depends_on_seed_and_names_alone():
    first = generator(11, "prior").random(5)
    generator(11, "posterior").random(100)
    np.testing.assert_array_equal(generator(11, "prior").random(5), first)
    np.testing.assert_array_equal(generator(np.random.SeedSequence(11), "prior").random(5), first)


def test_streams_of_other_names_seeds_and_orders_differ():
    given = [stream(11, "a"), stream(11, "b"), stream(12, "a"), stream(11, "a", "b"), stream(11, "b", "a"), stream(11)]
    assert len({tuple(s.generate_state(4)) for s in given}) == len(given)


def test_streams_are_uncorrelated_within_monte_carlo_error():
    # Correlation of independent normals has standard error 1 / sqrt(n): 4 of them at n = 20,000.
    n = 20_000
    draws = np.stack([generator(11, str(name)).standard_normal(n) for name in range(6)])
    off_diagonal = np.corrcoef(draws)[np.triu_indices(6, 1)]
    assert np.abs(off_diagonal).max() < 4.0 / np.sqrt(n)


def test_a_plain_seed_fits_in_32_bits():
    assert 0 <= seed_number(11, "a") < 2**32
