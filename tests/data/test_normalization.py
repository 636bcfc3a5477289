"""Normalisation does what its name says, and is not thrown by a constant feature."""

import numpy as np
import pytest

from playground.data.normalization import NORMALIZATIONS, fit

FEATURES = np.random.default_rng(0).normal((5, -300), (0.01, 70), (200, 2))


def test_standard_gives_mean_0_and_deviation_1() -> None:
    scaled = fit("standard", FEATURES).apply(FEATURES)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(scaled.std(axis=0), 1)


def test_minmax_gives_0_to_1() -> None:
    scaled = fit("minmax", FEATURES).apply(FEATURES)
    np.testing.assert_array_equal(scaled.min(axis=0), 0)
    np.testing.assert_array_equal(scaled.max(axis=0), 1)


def test_none_leaves_every_number_as_it_is() -> None:
    np.testing.assert_array_equal(fit("none", FEATURES).apply(FEATURES), FEATURES)


@pytest.mark.parametrize("kind", NORMALIZATIONS)
def test_a_constant_feature_stays_finite(kind: str) -> None:
    constant = np.full((7, 1), 0.1)
    normalization = fit(kind, constant)
    assert normalization.scale[0] == 1
    assert np.abs(normalization.apply(constant)).max() <= 0.1


@pytest.mark.parametrize("kind", NORMALIZATIONS)
def test_one_sample_is_enough(kind: str) -> None:
    assert np.isfinite(fit(kind, FEATURES[:1]).apply(FEATURES)).all()
