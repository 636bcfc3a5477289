"""Every generator makes what it says: shapes, classes, limits, and the formulas people know."""

import numpy as np
import pytest

from playground.data import SOURCES
from playground.data.dataset import Dataset
from playground.data.generators import GENERATORS

each_generator = pytest.mark.parametrize("name", GENERATORS)
each_classifier = pytest.mark.parametrize(
    "name", [name for name, row in GENERATORS.items() if row.class_names]
)
each_regression = pytest.mark.parametrize(
    "name", [name for name, row in GENERATORS.items() if not row.class_names]
)


def make(name: str, samples: int = 500, noise: float = 0.0, seed: int = 0) -> Dataset:
    return GENERATORS[name].dataset(samples, noise, np.random.default_rng(seed))


def test_the_catalogue_is_the_one_people_know() -> None:
    known = ["circle", "xor", "gauss", "spiral", "moons", "blobs", "plane", "multi-gauss"]
    assert list(GENERATORS)[:8] == known
    assert all(name == row.name and row.label and row.about for name, row in SOURCES.items())


@each_generator
@pytest.mark.parametrize("samples", [10, 11, 500])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_samples_have_the_shapes_of_a_dataset(name: str, samples: int, noise: float) -> None:
    data = make(name, samples, noise)
    assert data.x.shape == (samples, len(GENERATORS[name].input_names))
    assert data.x.dtype == np.float64
    assert np.isfinite(data.x).all()
    if data.class_names:
        assert data.y.shape == (samples,)
        assert data.y.dtype == np.int64
        assert set(data.y) <= set(range(len(data.class_names)))
    else:
        assert data.y.shape == (samples, 1)
        assert data.y.dtype == np.float64
        assert np.isfinite(data.y).all()


@each_generator
def test_samples_cannot_be_changed(name: str) -> None:
    data = make(name)
    with pytest.raises(ValueError, match="read-only"):
        data.x[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        data.y[0] = 0


@each_generator
def test_the_same_seed_gives_the_same_samples_and_another_gives_others(name: str) -> None:
    first, again, other = make(name, noise=0.1), make(name, noise=0.1), make(name, 500, 0.1, 1)
    np.testing.assert_array_equal(first.x, again.x)
    np.testing.assert_array_equal(first.y, again.y)
    assert not np.array_equal(first.x, other.x)


@each_generator
def test_without_noise_all_samples_lie_on_the_plotted_square(name: str) -> None:
    data = make(name, 2000)
    plotted = data.x[:, :2] if data.x.shape[1] > 1 else np.hstack([data.x, data.y])
    for column, (low, high) in zip(plotted.T, data.limits, strict=True):
        assert low <= column.min()
        assert column.max() <= high
        assert np.ptp(column) > 0.4 * (high - low)


@each_generator
def test_noise_changes_the_samples_or_their_labels(name: str) -> None:
    calm, noisy = make(name), make(name, noise=0.5)
    assert not (np.array_equal(calm.x, noisy.x) and np.array_equal(calm.y, noisy.y))


@each_classifier
@pytest.mark.parametrize("samples", [10, 11, 500])
def test_classes_are_of_nearly_equal_size(name: str, samples: int) -> None:
    counts = np.bincount(make(name, samples).y)
    by_chance = name in ("xor", "checkerboard", "s-curve")  # where a sample lies, that is
    spread = 3 * np.sqrt(samples) if by_chance else 1
    assert np.ptp(counts) <= spread


def test_circle_is_a_disc_of_class_b_inside_a_ring() -> None:
    data = make("circle", 2000)
    radius = np.hypot(*data.x.T)
    assert radius[data.y == 1].max() <= 2.5
    assert radius[data.y == 0].min() >= 3.5
    assert radius.max() <= 5


def test_noise_on_the_circle_only_changes_labels_that_it_can_reach() -> None:
    calm, noisy = make("circle", 2000), make("circle", 2000, 0.1)
    np.testing.assert_array_equal(calm.x, noisy.x)
    changed = calm.y != noisy.y
    assert changed.any()
    assert np.abs(np.hypot(*calm.x[changed].T) - 2.5).max() <= 0.5 * np.sqrt(2)


def test_xor_gives_opposite_quarters_one_class_and_keeps_off_the_axes() -> None:
    data = make("xor", 2000)
    np.testing.assert_array_equal(data.y == 1, data.x[:, 0] * data.x[:, 1] >= 0)
    assert np.abs(data.x).min() >= 0.3
    assert np.abs(data.x).max() <= 5.3


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)])
def test_gauss_has_the_centres_and_the_variance_of_its_noise(noise: float, variance: float) -> None:
    data = make("gauss", 40_000, noise)
    for label, centre in ((0, -2), (1, 2)):
        cloud = data.x[data.y == label]
        np.testing.assert_allclose(cloud.mean(axis=0), centre, atol=0.06)
        np.testing.assert_allclose(cloud.var(axis=0), variance, rtol=0.05)


def test_spiral_follows_its_formula() -> None:
    data = make("spiral", 500)
    for label, start in ((0, np.pi), (1, 0)):
        i = np.arange(250)
        r, t = 5 * i / 250, 1.75 * 2 * np.pi * i / 250 + start
        arm = np.column_stack([r * np.sin(t), r * np.cos(t)])
        np.testing.assert_allclose(data.x[data.y == label], arm, atol=1e-12)


def test_noise_moves_a_spiral_by_at_most_its_share() -> None:
    moved = make("spiral", 500, 0.3).x - make("spiral", 500).x
    assert 0.25 < np.abs(moved).max() <= 0.3


def test_moons_are_half_circles_that_reach_into_each_other() -> None:
    data = make("moons", 1000)
    for label, centre, above in ((0, (-0.5, -0.25), True), (1, (0.5, 0.25), False)):
        from_centre = data.x[data.y == label] * 0.3 - centre
        np.testing.assert_allclose(np.hypot(*from_centre.T), 1, atol=1e-12)
        assert np.all((from_centre[:, 1] >= -1e-12) if above else (from_centre[:, 1] <= 1e-12))


def test_blobs_stand_in_the_four_quarters() -> None:
    data = make("blobs", 4000)
    centres = [data.x[data.y == label].mean(axis=0) for label in range(4)]
    np.testing.assert_allclose(centres, [(-3, 3), (3, 3), (3, -3), (-3, -3)], atol=0.1)


def test_plane_rises_from_minus_to_plus_over_the_square() -> None:
    data = make("plane", 1000)
    np.testing.assert_allclose(data.y[:, 0], data.x.sum(axis=1) / 10, atol=1e-12)


def test_hills_have_their_heights_and_the_ground_between_is_flat() -> None:
    data = make("multi-gauss", 20_000)
    cones = [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]
    expected = np.zeros(len(data.x))
    for x1, x2, sign in cones:
        value = sign * np.maximum(0, 1 - np.hypot(data.x[:, 0] - x1, data.x[:, 1] - x2) / 2)
        expected = np.where(np.abs(value) > np.abs(expected), value, expected)
    np.testing.assert_allclose(data.y[:, 0], expected, atol=1e-12)
    assert data.y.min() < -0.95
    assert data.y.max() > 0.95


def test_a_checkerboard_has_sixteen_fields() -> None:
    data = make("checkerboard", 5000)
    column, row = ((data.x + 6) // 3).T.astype(int)
    assert (column.min(), column.max(), row.min(), row.max()) == (0, 3, 0, 3)
    np.testing.assert_array_equal(data.y, (column + row) % 2)


def test_rings_lie_in_one_another_by_turns() -> None:
    data = make("rings", 1000)
    radius = np.hypot(*data.x.T)
    np.testing.assert_allclose(np.unique(np.round(radius[data.y == 0], 9)), [1.25, 3.75])
    np.testing.assert_allclose(np.unique(np.round(radius[data.y == 1], 9)), [2.5, 5])


def test_three_spirals_are_one_turned_by_a_third() -> None:
    data = make("three-spirals", 300)
    first = data.x[data.y == 0] @ np.array([1, 1j])
    assert abs(first[0]) == 0
    np.testing.assert_allclose(np.abs(first), 5 * np.arange(100) / 100, atol=1e-12)
    for label in (1, 2):
        turned = first * np.exp(-2j * np.pi / 3 * label)  # sin, cos: with the clock
        np.testing.assert_allclose(data.x[data.y == label] @ np.array([1, 1j]), turned, atol=1e-12)


def test_the_s_curve_parts_the_square_along_a_wave() -> None:
    data = make("s-curve", 3000)
    x1, x2 = data.x.T
    np.testing.assert_array_equal(data.y == 1, x1 > 4 * np.sin(np.pi * x2 / 6))


@pytest.mark.parametrize(
    ("name", "formula"),
    [("sine", np.sin), ("polynomial", np.polynomial.Polynomial([0, -25 / 60, 0, 1 / 60]))],
)
def test_a_curve_is_its_formula_and_noise_is_normal(name: str, formula: np.ufunc) -> None:
    calm, noisy = make(name, 5000), make(name, 5000, 0.2)
    np.testing.assert_allclose(calm.y, formula(calm.x), atol=1e-12)
    np.testing.assert_allclose((noisy.y - calm.y).std(), 0.2, rtol=0.05)


def test_a_time_series_is_seen_through_windows() -> None:
    data = make("time-series", 300)
    np.testing.assert_array_equal(data.x[1:, -1], data.y[:-1, 0])
    np.testing.assert_array_equal(data.x[1:, :-1], data.x[:-1, 1:])
    t = np.arange(8, 308)
    waves = 0.6 * np.sin(2 * np.pi * t / 25) + 0.3 * np.sin(2 * np.pi * t / 9)
    np.testing.assert_allclose(data.y[:, 0], waves + (t / 308 - 0.5) / 2, atol=1e-12)


@each_regression
def test_noise_on_a_value_leaves_the_inputs_where_they_are(name: str) -> None:
    calm, noisy = make(name, 2000), make(name, 2000, 0.2)
    if name != "time-series":  # whose inputs are values too
        np.testing.assert_array_equal(calm.x, noisy.x)
    assert np.abs(calm.y - noisy.y).max() > 0.1
    assert np.abs(calm.y - noisy.y).mean() < 0.4
