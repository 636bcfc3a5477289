"""The words of an SVG file as outlines: they look the same where the fonts are not installed."""

import re
from html import unescape
from xml.sax.saxutils import quoteattr

from PySide6.QtGui import QFont, QPainterPath

from playground.app.theme import inter, stix

TEXT = re.compile(r"<text ([^>]*)>([^<]*)</text>")
ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
KEPT = ("fill", "fill-opacity")
MOVE, LINE, CURVE = (
    QPainterPath.ElementType.MoveToElement,
    QPainterPath.ElementType.LineToElement,
    QPainterPath.ElementType.CurveToElement,
)
LETTERS = {MOVE: "M", LINE: "L", CURVE: "C"}  # of a path in SVG; what follows a curve has none


def outlined(svg: str) -> str:
    """The content of an SVG file, as Qt writes it, with a path in place of each text.

    Each path is labelled with its words, for screen readers.
    """
    return TEXT.sub(_path, svg)


def _path(found: re.Match[str]) -> str:
    said = dict(ATTRIBUTE.findall(found[1]))
    words = unescape(found[2])
    path = QPainterPath()
    path.addText(float(said["x"]), float(said["y"]), _font(said), words)
    kept = " ".join(f'{name}="{said[name]}"' for name in KEPT)
    label = quoteattr(words)
    return f'<path {kept} stroke="none" aria-label={label} d="{_drawn(path)}"/>'


def _font(said: dict[str, str]) -> QFont:
    """The font of the window that a text is in."""
    pixels = round(float(said["font-size"]))
    if said["font-family"] == "Inter":
        return inter(pixels, int(said["font-weight"]))
    return stix(pixels, said["font-style"] == "italic")


def _drawn(path: QPainterPath) -> str:
    elements = map(path.elementAt, range(path.elementCount()))
    return " ".join(
        f"{LETTERS.get(each.type, '')}{each.x:.2f} {each.y:.2f}"  # pyright: ignore[reportAttributeAccessIssue, reportCallIssue, reportArgumentType]
        for each in elements
    )
