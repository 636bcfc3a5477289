"""Edges as pixels, against what many samples in each pixel say."""

import functools

import numpy as np
import pytest

from playground.engine.raster import draw_edges

SAMPLES = 4  # a side, in each pixel
ORANGE, BLUE = 0xBA4F06, 0x1569B2
SOLID = 0xFF000000
NO_DASHES = (1.0, 0.0, 0.0, 1.0)
HEIGHT, WIDTH = 64, 56

# x0, y0, x1, y1
LINES = {
    "level": (6.0, 30.5, 50.0, 30.5),
    "level between rows": (6.0, 30.0, 50.0, 30.0),
    "rising": (5.3, 50.2, 50.6, 12.7),
    "falling": (5.3, 12.7, 50.6, 50.2),
    "steep": (10.0, 4.0, 40.0, 60.0),
    "in a narrow gap": (18.25, 56.5, 40.5, 8.5),
}


def draw(
    lines: list[tuple[float, ...]],
    widths: list[float],
    colours: list[int],
    shape: tuple[int, int] = (HEIGHT, WIDTH),
    dashes: tuple[float, ...] = NO_DASHES,
) -> np.ndarray:
    """The image of some edges on nothing: (rows, columns) uint32."""
    image = np.zeros(shape, np.uint32)
    draw_edges(
        image,
        np.array(lines, np.float32).reshape(-1, 4),
        np.array(widths, np.float32),
        np.array(colours, np.uint32),
        np.array(dashes, np.float32),
    )
    return image


def channels(image: np.ndarray) -> np.ndarray:
    """Alpha, red, green and blue: (…, 4) from 0 to 255."""
    return np.stack([image >> shift & 0xFF for shift in (24, 16, 8, 0)], axis=-1).astype(int)


@functools.cache
def samples(line: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Of each sample: its distance to the curve, as very many places of it say; and its x."""
    x0, y0, x1, y1 = line
    t = np.linspace(0, 1, 800)[:, None]
    middle = (x0 + x1) / 2
    controls = np.array([[x0, y0], [middle, y0], [middle, y1], [x1, y1]])
    curve = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3]) @ controls
    y = (np.arange(HEIGHT * SAMPLES) + 0.5) / SAMPLES
    x = (np.arange(WIDTH * SAMPLES) + 0.5) / SAMPLES
    across = (x[:, None] - curve[:, 0]) ** 2
    rows = [np.sqrt((across + (each - curve[:, 1]) ** 2).min(axis=1)) for each in y]
    return np.array(rows), x


def coverage(line: tuple[float, ...], width: float) -> np.ndarray:
    """The share of each pixel that is within half a width of the curve, and between its ends."""
    distances, x = samples(line)
    inside = np.clip((width / 2 - distances) * SAMPLES + 0.5, 0, 1)
    inside *= (x >= line[0]) & (x <= line[2])
    return inside.reshape(HEIGHT, SAMPLES, WIDTH, SAMPLES).mean(axis=(1, 3))


@pytest.mark.parametrize("width", [0.6, 1.0, 2.3, 4.4])
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_pixels_are_covered_as_many_samples_say(line: tuple[float, ...], width: float) -> None:
    expected = coverage(line, width)
    found = channels(draw([line], [width], [SOLID | ORANGE]))[..., 0] / 255
    error = np.abs(found - expected)
    touched = (expected > 0) | (found > 0)
    assert error[touched].mean() < 0.03
    assert error.max() < 0.12
    assert found.sum() == pytest.approx(expected.sum(), rel=0.02)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_an_edge_is_equally_opaque_all_along(line: tuple[float, ...]) -> None:
    image = draw([line], [5.0], [0x66000000 | ORANGE])
    inside = coverage(line, 3.2) == 1  # well within
    assert inside.sum() > 50
    assert set(channels(image)[..., 0][inside]) == {0x66}


def test_a_later_edge_lies_over_an_earlier_one() -> None:
    under, over = LINES["rising"], LINES["falling"]
    image = channels(draw([under, over], [4.0, 4.0], [0x80000000 | BLUE, 0xCC000000 | ORANGE]))
    crossing = tuple(np.argwhere((coverage(under, 3) == 1) & (coverage(over, 3) == 1))[0])
    blue, orange = channels(np.array([BLUE, ORANGE])) | [255, 0, 0, 0]
    expected = 0.8 * orange + 0.2 * (128 / 255) * blue
    assert image[crossing] == pytest.approx(expected, abs=2)


def test_a_solid_edge_has_exactly_its_colour() -> None:
    line = LINES["rising"]
    image = draw([line], [6.0], [SOLID | ORANGE])
    assert set(image[coverage(line, 4) == 1]) == {SOLID | ORANGE}


def test_colours_stay_multiplied_by_their_alpha() -> None:
    rng = np.random.default_rng(3)
    lines = [(4.0, y, 52.0, z) for y, z in rng.uniform(2, 62, (60, 2))]
    colours = [int(alpha) << 24 | ORANGE for alpha in rng.integers(0, 256, 60)]
    image = channels(draw(lines, list(rng.uniform(0.3, 5, 60)), colours))
    assert (image[..., 1:] <= image[..., :1]).all()
    assert image[..., 0].max() == 255


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
@pytest.mark.parametrize("scale", [1.5, 2.0])
def test_finer_pixels_show_the_same_edge(line: tuple[float, ...], scale: float) -> None:
    fine = (round(HEIGHT * scale), round(WIDTH * scale))
    finer = channels(draw([tuple(scale * x for x in line)], [2.5 * scale], [SOLID], fine))
    coarse = channels(draw([line], [2.5], [SOLID]))
    assert finer[..., 0].sum() == pytest.approx(scale * scale * coarse[..., 0].sum(), rel=0.01)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_what_lies_outside_the_image_is_left_out(line: tuple[float, ...]) -> None:
    whole = draw([line], [3.0], [SOLID])
    left, top, width, height = 17, 13, 21, 30
    moved = (line[0] - left, line[1] - top, line[2] - left, line[3] - top)
    part = draw([moved], [3.0], [SOLID], (height, width))
    seen = whole[top : top + height, left : left + width]
    assert np.abs(channels(part) - channels(seen)).max() <= 1


def test_edges_without_length_or_width_draw_nothing() -> None:
    lines = [(20.0, 10.0, 20.0, 40.0), (30.0, 10.0, 20.0, 40.0), LINES["rising"]]
    assert not draw(lines, [3.0, 3.0, 0.0], [SOLID] * 3).any()


# Dashes: gaps of 4 pixels, 12 apart


def along(line: tuple[float, ...], image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far along a line each place of it is, and how opaque the image is there."""
    x0, y0, x1, y1 = line
    t = np.linspace(0.02, 0.98, 2000)[:, None]
    middle = (x0 + x1) / 2
    controls = np.array([[x0, y0], [middle, y0], [middle, y1], [x1, y1]])
    curve = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3]) @ controls
    gone = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    x, y = np.floor(curve).astype(int).T
    return gone, channels(image)[y, x, 0]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_gaps_are_the_same_distance_apart_along_an_edge(line: tuple[float, ...]) -> None:
    gone, opacity = along(line, draw([line], [5.0], [SOLID], dashes=(12.0, 4.0, 0.0, 0.25)))
    inside = opacity < 160
    begins = gone[1:][inside[1:] & ~inside[:-1]]
    assert len(begins) >= 2
    assert np.diff(begins) == pytest.approx(12, abs=1.6)
    assert opacity.max() == 255
    assert opacity.min() == pytest.approx(64, abs=8)
    assert inside.mean() == pytest.approx(4 / 12, abs=0.09)


@pytest.mark.parametrize("moved", [0.0, 5.0, 1e6])
def test_gaps_move_towards_the_second_end(moved: float) -> None:
    line = LINES["level"]
    here = draw([line], [5.0], [SOLID], dashes=(12.0, 4.0, moved, 0.0))
    later = draw([line], [5.0], [SOLID], dashes=(12.0, 4.0, moved + 3, 0.0))
    row = channels(here)[30, :, 0], channels(later)[30, :, 0]
    assert row[1][12:48] == pytest.approx(row[0][9:45], abs=1)
    assert not np.array_equal(*row)


def test_an_edge_that_keeps_its_opacity_in_gaps_is_not_dashed() -> None:
    line = LINES["rising"]
    dashed = draw([line], [4.0], [SOLID | BLUE], dashes=(12.0, 4.0, 7.0, 1.0))
    assert np.array_equal(dashed, draw([line], [4.0], [SOLID | BLUE]))
