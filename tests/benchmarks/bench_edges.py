"""How long the edges of the network diagram take: the kernel beside Qt's own painter, in one run.

python tests/benchmarks/bench_edges.py
"""

import os
from collections.abc import Callable
from statistics import median
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPainterPath, QPen

from playground.app.views.network_layout import lay_out
from playground.engine.raster import draw_edges

NETWORKS = (2, 8, 8, 8, 1), (7, 8, 8, 8, 8, 8, 8, 1)
RATIOS = 1, 2  # device pixels to a point
SIZE = 724, 424
RUNS = 21
SOLID = np.array([1, 0, 0, 1], np.float32)
DASHED = np.array([14, 3, 5, 0.4], np.float32)

Edges = tuple[np.ndarray, np.ndarray, np.ndarray]


def edges(network: tuple[int, ...], ratio: int) -> Edges:
    """Ends, widths and colours of a network with random weights."""
    places = lay_out(network, *SIZE)
    lines = np.concatenate([places.lines(c).reshape(-1, 4) for c in range(1, len(network))])
    weights = np.random.default_rng(0).uniform(-1, 1, len(lines))
    sizes = abs(weights)
    alphas = (255 * (0.12 + 0.76 * sizes)).astype(np.uint32)
    colours = np.where(weights < 0, np.uint32(0xBA4F06), np.uint32(0x1569B2)) | alphas << 24
    return lines * ratio, (ratio * (0.6 + 3.8 * sizes)).astype(np.float32), colours


def kernel(image: np.ndarray, drawn: Edges, dashes: np.ndarray) -> None:
    image.fill(0)
    draw_edges(image, *drawn, dashes)


def painter(image: QImage, drawn: Edges) -> None:
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for (x0, y0, x1, y1), width, colour in zip(*map(np.ndarray.tolist, drawn), strict=True):
        path = QPainterPath()
        path.moveTo(x0, y0)
        path.cubicTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1)
        pen = QPen(QColor.fromRgba(colour), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.strokePath(path, pen)
    painter.end()


def milliseconds(draw: Callable[[], None]) -> float:
    times = []
    for _ in range(RUNS):
        begun = perf_counter()
        draw()
        times.append(perf_counter() - begun)
    return 1000 * median(times)


def main() -> None:
    _ = QGuiApplication([])
    print(
        "network           edges  pixels per point  kernel     dashed     QPainter   times faster"
    )
    for network in NETWORKS:
        for ratio in RATIOS:
            drawn = edges(network, ratio)
            width, height = SIZE[0] * ratio, SIZE[1] * ratio
            pixels = np.zeros((height, width), np.uint32)
            image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
            ours = milliseconds(lambda: kernel(pixels, drawn, SOLID))  # noqa: B023
            dashed = milliseconds(lambda: kernel(pixels, drawn, DASHED))  # noqa: B023
            theirs = milliseconds(lambda: painter(image, drawn))  # noqa: B023
            name = "-".join(map(str, network))
            print(
                f"{name:<17} {len(drawn[0]):5}  {ratio:16}  {ours:7.2f} ms  {dashed:7.2f} ms"
                f"  {theirs:6.2f} ms  {theirs / ours:12.1f}"
            )


if __name__ == "__main__":
    main()
