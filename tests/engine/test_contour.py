"""Boundaries, against shapes whose boundary is known."""

from collections import Counter

import numpy as np
import pytest

from playground.engine.contour import class_boundaries, contour

LIMITS = ((-6.0, 6.0), (-6.0, 6.0))


def grid(cells: int = 150, limits: tuple = LIMITS) -> tuple[np.ndarray, np.ndarray]:
    """x and y at the centres of the cells, row 0 at the top."""
    (left, right), (bottom, top) = limits
    centres = (np.arange(cells) + 0.5) / cells
    return np.meshgrid(left + (right - left) * centres, top + (bottom - top) * centres)


def lengths(segments: np.ndarray) -> np.ndarray:
    return np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])


def ends(segments: np.ndarray) -> Counter[tuple[float, float]]:
    """How many segments end at each place."""
    return Counter(map(tuple, segments.reshape(-1, 2).tolist()))


def test_a_circle_is_found_where_it_is() -> None:
    x, y = grid()
    segments = contour(np.hypot(x - 1, y + 2), 2.5, LIMITS)
    radii = np.hypot(segments[:, ::2] - 1, segments[:, 1::2] + 2)
    assert segments.dtype == np.float32
    assert radii == pytest.approx(2.5, abs=1e-3)
    assert lengths(segments).sum() == pytest.approx(2 * np.pi * 2.5, rel=1e-3)


def test_the_segments_of_a_closed_line_join_up() -> None:
    x, y = grid()
    segments = contour(np.hypot(x, y), 3.0, LIMITS)
    assert set(ends(segments).values()) == {2}


def test_a_line_is_exact_and_runs_from_edge_to_edge() -> None:
    limits = ((4.0, 8.2), (1.8, 4.6))
    x, _ = grid(40, limits)
    segments = contour(x, 5.3, limits)
    assert segments[:, ::2] == pytest.approx(5.3, abs=1e-5)
    assert segments[:, 1::2].min() == pytest.approx(1.8)
    assert segments[:, 1::2].max() == pytest.approx(4.6)
    assert lengths(segments).sum() == pytest.approx(2.8, rel=1e-5)


def test_row_0_is_at_the_top() -> None:
    values = np.zeros((10, 10), np.float32)
    values[:3] = 1
    segments = contour(values, 0.5, LIMITS)
    assert segments[:, 1::2] == pytest.approx(6 - 3 * 1.2, abs=1e-5)


@pytest.mark.parametrize(("lift", "joined"), [(0.2, True), (-0.2, False)])
def test_a_saddle_is_resolved_by_its_centre(lift: float, joined: bool) -> None:
    """Two hills at opposite corners are one region where the middle is high, else two."""
    values = np.array([[1.0, -1.0], [-1.0, 1.0]]) + lift
    segments = contour(values, 0.0, ((0, 2), (0, 2)))
    inside = segments[((segments > 0.5 - 1e-6) & (segments < 1.5 + 1e-6)).all(axis=1)]
    assert len(inside) == 2
    # The hills are top left and bottom right: between them, or around each, the lines fall or rise.
    middles = (inside[:, :2] + inside[:, 2:]) / 2
    high_corners = np.array([[0.5, 1.5], [1.5, 0.5]])
    low_corners = np.array([[0.5, 0.5], [1.5, 1.5]])
    to_high, to_low = (
        np.linalg.norm(middles[:, None] - corners, axis=2).min(axis=1)
        for corners in (high_corners, low_corners)
    )
    assert (to_low < to_high).all() == joined
    assert (to_low > to_high).all() != joined


def test_nothing_is_drawn_beside_what_is_not_finite() -> None:
    x, y = grid(60)
    values = np.hypot(x, y)
    whole = contour(values, 3.0, LIMITS)
    values[x > 0] = np.nan
    values[y > 4] = np.inf
    part = contour(values, 3.0, LIMITS)
    assert np.isfinite(part).all()
    assert part[:, ::2].max() <= 0
    assert len(part) == pytest.approx(len(whole) / 2, abs=3)


@pytest.mark.parametrize("fill", [0.0, 0.5, 1.0, np.nan])
def test_a_constant_picture_has_no_boundary(fill: float) -> None:
    assert contour(np.full((20, 30), fill), 0.5).shape == (0, 4)


def test_a_picture_of_noise_fits() -> None:
    noise = np.random.default_rng(0).normal(size=(40, 70))
    segments = contour(noise, 0.0)
    assert len(segments) > 1000
    assert segments.min() >= 0
    assert segments.max() <= 1


def test_three_classes_meet_in_one_place() -> None:
    x, y = grid()
    angles = np.radians([90, 210, 330])
    scores = np.stack([x * np.cos(angle) + y * np.sin(angle) for angle in angles])
    segments = class_boundaries(scores, LIMITS)
    meeting = [place for place, count in ends(segments).items() if count == 3]
    assert len(meeting) == 1
    assert np.hypot(*meeting[0]) < 12 / 150
    # Each boundary once: a ray down, and two to the sides that end at x = ±6.
    rays = 6 + 2 * 6 / np.cos(np.radians(30))
    assert lengths(segments).sum() == pytest.approx(rays, rel=5e-3)
    bearings = np.degrees(np.arctan2(segments[:, 1::2], segments[:, ::2])) % 360
    far = np.hypot(segments[:, ::2], segments[:, 1::2]) > 1
    off = np.abs(bearings[far][:, None] - [30, 150, 270]).min(axis=1)
    assert off.max() < 0.2  # in degrees; beyond the outermost centres lines run straight out


def test_two_classes_have_the_boundary_of_their_difference() -> None:
    x, y = grid(50)
    first, second = np.sin(x) + y, np.cos(y) - x
    both = class_boundaries(np.stack([first, second]), LIMITS)
    assert both == pytest.approx(contour(first - second, 0.0, LIMITS), abs=1e-4)
