"""Digests: SHA-256 over names and values, equal for equal content and for nothing else that we can think of."""

import json

import numpy as np

from escc_bayes.foundation.record import Record, digest, seed_from_label, seed_label, versions


def test_digest_does_not_depend_on_the_order_of_names():
    assert digest({"a": 1, "b": [2.0]}) == digest({"b": [2.0], "a": 1})


def test_digest_sees_one_bit_of_one_number():
    times = np.array([1.0, 2.0, 3.0])
    moved = times.copy()
    moved[1] = np.nextafter(2.0, 3.0)
    assert digest({"t": times}) != digest({"t": moved})


def test_digest_sees_shape_and_does_not_see_memory_layout():
    square = np.arange(4.0).reshape(2, 2)
    assert digest({"x": square}) != digest({"x": square.ravel()})
    assert digest({"x": square}) == digest({"x": np.asfortranarray(square)})


def test_digest_reads_words_as_words():
    assert digest({"x": np.array(["a", None], dtype=object)}) != digest({"x": np.array(["a", "b"], dtype=object)})


def test_versions_come_from_the_installed_packages():
    # importlib.metadata against the modules' own words.
    found = dict(versions())
    assert found["numpy"] == np.__version__
    assert set(found) >= {"python", "escc-bayes", "pymc", "lifelines"}


def test_record_survives_json():
    record = Record("aa", "bb", 11, "simulated", "nuts", (("draws", 1000),), (("numpy", "2"),))
    back = json.loads(json.dumps(record.as_dict()))
    assert back["settings"] == {"draws": 1000}
    assert back["versions"] == {"numpy": "2"}
    assert back["seed"] == 11


def test_seed_label_of_a_sequence_is_enough_to_make_it_again():
    given = np.random.SeedSequence(7, spawn_key=(1, 2))
    assert seed_label(given) == "7/1/2"
    again = seed_from_label("7/1/2")
    assert list(again.generate_state(4)) == list(given.generate_state(4))
    assert seed_from_label(seed_label(11)) == 11
    assert seed_label(7) == 7
