"""The theme: its colour tables, the fonts and icons that ship, and that texts can be read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QImage, QPainter

from playground.app.theme import (
    LIGHT,
    Theme,
    class_table,
    diverging_colour,
    diverging_table,
)
from playground.shipped import ROOT
from playground.snapshot import LEVELS_PER_CLASS

ICONS = sorted(path.stem for path in (ROOT / "icons").glob("*.svg"))
FONTS = sorted((ROOT / "fonts").glob("*.otf"))


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""

    def luminance(colour: QColor) -> float:
        parts = colour.redF(), colour.greenF(), colour.blueF()
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_whole_map_has_its_ends_its_zero_and_its_halves() -> None:
    table = [QColor(colour).name().upper() for colour in diverging_table(LIGHT)]
    assert len(table) == 256
    assert (table[0], table[128], table[255]) == ("#BA4F06", "#F8F6F3", "#1569B2")
    assert table[64] == "#F2AE72"


def test_a_part_of_the_map_stops_where_it_says() -> None:
    table = diverging_table(LIGHT, LIGHT.field_share)
    assert QColor(table[128]) == LIGHT.diverging[2]
    assert QColor(table[0]).name() == diverging_colour(LIGHT, -LIGHT.field_share).name()
    assert QColor(table[255]).name() == diverging_colour(LIGHT, LIGHT.field_share).name()


def test_values_beyond_the_map_take_its_ends() -> None:
    assert diverging_colour(LIGHT, 7.0) == LIGHT.diverging[-1]
    assert diverging_colour(LIGHT, -7.0) == LIGHT.diverging[0]


def test_the_field_of_a_class_goes_from_near_white_towards_its_colour() -> None:
    table = [QColor(colour) for colour in class_table(LIGHT)]
    assert len(table) == 256
    for index, colour in enumerate(LIGHT.classes):
        levels = table[LEVELS_PER_CLASS * index : LEVELS_PER_CLASS * (index + 1)]
        assert levels[0].name() == LIGHT.diverging[2].name()
        lightness = [level.lightness() for level in levels]
        assert lightness == sorted(lightness, reverse=True)
        assert contrast(colour, levels[-1]) > 1.4  # its points stay visible


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("text", "panel"),
        ("text2", "panel"),
        ("text3", "window"),
        ("text", "sunk"),
        ("accent", "panel"),
        ("accent", "accent_tint"),
        ("on_accent", "accent_fill"),
        ("ok", "ok_tint"),
        ("warn", "warn_tint"),
        ("error", "error_tint"),
        ("negative", "panel"),
        ("positive", "panel"),
    ],
)
def test_words_can_be_read_on_their_ground(ink: str, paper: str) -> None:
    assert contrast(getattr(LIGHT, ink), getattr(LIGHT, paper)) >= 4.5


def test_two_classes_take_the_colours_of_sign(theme: Theme) -> None:
    assert theme.class_colour(0, 2) == LIGHT.negative
    assert theme.class_colour(1, 2) == LIGHT.positive
    assert theme.class_colour(2, 3) == LIGHT.classes[2]


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.name)
def test_every_font_that_ships_can_be_loaded(theme: Theme, path: Path) -> None:
    number = QFontDatabase.addApplicationFont(str(path))
    family = QFontDatabase.applicationFontFamilies(number)[0]
    assert family in ("Inter", "STIXGeneral")


@pytest.mark.parametrize("licence", ["OFL-Inter.txt", "OFL-STIX.txt"])
def test_the_fonts_come_with_their_licence(licence: str) -> None:
    text = (ROOT / "fonts" / licence).read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "OTHER DEALINGS IN THE FONT SOFTWARE" in text


def test_figures_have_one_width(theme: Theme) -> None:
    for size, weight in ((12, 500), (13, 600), (22, 600)):
        metrics = QFontMetricsF(theme.font(size, weight))
        widths = [metrics.horizontalAdvance(digit * 10) for digit in "0123456789"]
        assert max(widths) - min(widths) < 0.5


@pytest.mark.parametrize(
    ("font", "family"),
    [
        (lambda theme: theme.font(13, 600), "Inter"),
        (lambda theme: theme.font(22, 600), "Inter"),
        (lambda theme: theme.formula_font(), "STIXGeneral"),
    ],
)
def test_a_font_is_the_one_asked_for(
    theme: Theme, font: Callable[[Theme], QFont], family: str
) -> None:
    assert QFontInfo(font(theme)).family() == family


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_something_in_its_colour(theme: Theme, name: str) -> None:
    image = QImage(32, 32, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    theme.draw_icon(painter, name, QColor("#102030"), QRect(0, 0, 32, 32))
    painter.end()
    inked = [
        image.pixelColor(x, y)
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    ]
    assert inked
    if name != "app":
        assert {colour.name() for colour in inked} == {"#102030"}


def test_the_application_icon_has_the_sizes_that_desktops_ask_for(theme: Theme) -> None:
    sizes = {size.width() for size in theme.application_icon().availableSizes()}
    assert sizes >= {16, 32, 48, 256}
