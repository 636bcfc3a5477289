"""The look: colours, fonts and icons, in one place.

A `Theme` is made once at start, after the QApplication, and is the first argument of every widget's
constructor. Colour belongs to the data: orange and blue mean sign or class only, violet is the one
accent of the interface, everything else is neutral.
"""

import copy
import sys
from dataclasses import dataclass, fields, replace

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from playground.shipped import ROOT
from playground.snapshot import LEVELS_PER_CLASS

TILE_SHARE = 0.8
LARGE = 20  # from here on letters stand closer; Inter Display's figures are not of one width
LARGE_SPACING = -0.018  # of the size
ICON_SIZE = 16
MOST_SCALE = 1.5
# What a platform's own font measures in pixels as it is delivered: 13 points of 1/72 inch, 9 and 11
# of 1/96. Some Linux desktops begin with fewer points, none that is widespread with more.
USUAL_PIXELS = {"darwin": 13, "win32": 12}
USUAL_PIXELS_ELSEWHERE = 15


@dataclass(frozen=True)
class Tokens:
    """Every colour of the interface, by what it is for.

    `diverging` are the colours of -1, -½, 0, +½ and +1. `classes` are for data of more than two
    classes; two take `negative` and `positive`, which come first there too, so that a class keeps
    its colour when another one is drawn. `runs` are for the lines of compared runs, `layers` for
    those of layers, first to last. `field_share` is how much of the diverging map the field of the
    output takes, so that points stay visible on their own class. Cards stand on the window by a
    `shadow`, or by a line where there is none.
    """

    window: QColor
    panel: QColor
    sunk: QColor  # the fill of controls
    raised: QColor  # what stands on a sunk fill
    line: QColor
    ctl: QColor  # icons, dashes and what is disabled
    text: QColor
    text2: QColor
    text3: QColor
    accent: QColor
    accent_fill: QColor
    on_accent: QColor
    accent_tint: QColor
    ok: QColor
    ok_tint: QColor
    warn: QColor
    warn_tint: QColor
    error: QColor
    error_tint: QColor
    negative: QColor
    positive: QColor
    diverging: tuple[QColor, ...]
    classes: tuple[QColor, ...]
    runs: tuple[QColor, ...]
    layers: tuple[QColor, ...]
    field_share: float = 0.38
    shadow: bool = True
    least_text: int = 11  # px


def _colours(text: str) -> tuple[QColor, ...]:
    return tuple(map(QColor, text.split()))


LIGHT = Tokens(
    window=QColor("#F3F3F6"),
    panel=QColor("#FFFFFF"),
    sunk=QColor("#ECEDF1"),
    raised=QColor("#FFFFFF"),
    line=QColor("#E2E3E9"),
    ctl=QColor("#7C8190"),
    text=QColor("#17181C"),
    text2=QColor("#50545F"),
    text3=QColor("#656A77"),
    accent=QColor("#6746D9"),
    accent_fill=QColor("#6746D9"),
    on_accent=QColor("#FFFFFF"),
    accent_tint=QColor("#EEEAFB"),
    ok=QColor("#0B7A5B"),
    ok_tint=QColor("#E2F3ED"),
    warn=QColor("#8A5A00"),
    warn_tint=QColor("#FBF0DC"),
    error=QColor("#B4233C"),
    error_tint=QColor("#FBE7EA"),
    negative=QColor("#BA4F06"),
    positive=QColor("#1569B2"),
    diverging=_colours("#BA4F06 #F2AE72 #F8F6F3 #8BBDE6 #1569B2"),
    classes=_colours("#BA4F06 #1569B2 #29A37B #6B134B #8F82F3 #123808"),
    runs=_colours("#9A86EA #A3207F #1BA37E #17181C"),
    layers=_colours("#9A86EA #7A5CE0 #5533BF #2C1875"),
)

DARK = Tokens(
    window=QColor("#111216"),
    panel=QColor("#1A1B21"),
    sunk=QColor("#26282F"),
    raised=QColor("#3A3D48"),
    line=QColor("#2B2D36"),
    ctl=QColor("#737889"),
    text=QColor("#F1F2F5"),
    text2=QColor("#BBC0CC"),
    text3=QColor("#9297A6"),
    accent=QColor("#A993FF"),
    accent_fill=QColor("#7657EA"),
    on_accent=QColor("#FFFFFF"),
    accent_tint=QColor("#2A2547"),
    ok=QColor("#56D3A9"),
    ok_tint=QColor("#17332B"),
    warn=QColor("#EDBE62"),
    warn_tint=QColor("#372C15"),
    error=QColor("#FF8494"),
    error_tint=QColor("#3B1C23"),
    negative=QColor("#FF9F4A"),
    positive=QColor("#62B4FF"),
    diverging=_colours("#FF9F4A #95592A #262830 #2F6392 #62B4FF"),
    classes=_colours("#FF9F4A #62B4FF #B2F1C1 #C75C9F #8C8C3E #3D7DE0"),
    runs=_colours("#A993FF #C2408F #3CCFA4 #F1F2F5"),
    layers=_colours("#7A63DA #9B86F2 #C3B5FF #F1EDFF"),
    field_share=0.40,
    shadow=False,
)

PROJECTOR = replace(
    LIGHT,
    window=QColor("#FFFFFF"),
    sunk=QColor("#E9EAEF"),
    line=QColor("#C9CBD4"),
    text=QColor("#000000"),
    text2=QColor("#2B2D34"),
    text3=QColor("#43464F"),
    accent=QColor("#4F2FC4"),
    accent_fill=QColor("#4F2FC4"),
    negative=QColor("#B04A00"),
    positive=QColor("#0F5A9E"),
    diverging=_colours("#B04A00 #F0A05C #FFFFFF #78B2E4 #0F5A9E"),
    shadow=False,
    least_text=16,
)


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """The colour `share` (0 … 1) of the way from the first to the second, linear in sRGB."""
    return QColor.fromRgbF(
        first.redF() + (second.redF() - first.redF()) * share,
        first.greenF() + (second.greenF() - first.greenF()) * share,
        first.blueF() + (second.blueF() - first.blueF()) * share,
    )


def faded(colour: QColor, alpha: float) -> QColor:
    """The colour with another opacity (0 … 1)."""
    changed = QColor(colour)
    changed.setAlphaF(alpha)
    return changed


def diverging_colour(tokens: Tokens, value: float) -> QColor:
    """The colour of a value in -1 … 1."""
    place = (min(max(value, -1.0), 1.0) + 1.0) * 2.0
    below = min(int(place), 3)
    return mix(tokens.diverging[below], tokens.diverging[below + 1], place - below)


def diverging_table(tokens: Tokens, share: float = 1.0) -> list[int]:
    """256 colours for `QImage.Format_Indexed8`: 0 is -share of the map, 128 zero, 255 +share."""
    below = [diverging_colour(tokens, share * (index - 128) / 128) for index in range(128)]
    above = [diverging_colour(tokens, share * index / 127) for index in range(128)]
    return [colour.rgb() for colour in below + above]


def class_table(tokens: Tokens) -> list[int]:
    """256 colours for the field of several classes: `LEVELS_PER_CLASS * class + level`.

    Level 0 is near the map's zero, the last is `field_share` of the way to the colour of the class.
    """
    zero = tokens.diverging[2]
    last = LEVELS_PER_CLASS - 1
    table = [
        mix(zero, colour, tokens.field_share * level / last).rgb()
        for colour in tokens.classes
        for level in range(LEVELS_PER_CLASS)
    ]
    return table + [zero.rgb()] * (256 - len(table))


def inter(pixels: int, weight: int) -> QFont:
    """Inter, with figures of one width and letters closer where they are large."""
    font = QFont("Inter")
    font.setPixelSize(pixels)
    if pixels >= LARGE:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, LARGE_SPACING * pixels)
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def stix(pixels: int, italic: bool) -> QFont:
    """STIX, for what is mathematics."""
    font = QFont("STIXGeneral")
    font.setPixelSize(pixels)
    font.setItalic(italic)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def system_text_scale() -> float:
    """How much larger than usual the system's own text is set, from 1 to `MOST_SCALE`."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    usual = USUAL_PIXELS.get(sys.platform, USUAL_PIXELS_ELSEWHERE)
    return min(max(QFontInfo(font).pixelSize() / usual, 1.0), MOST_SCALE)


class Theme:
    """Colours, fonts and icons for the widgets.

    Text is `text_scale` times as large as it is written in the code, and with it what holds text:
    heights and widths that depend on it are asked of `scaled`. Pictures and gaps stay as they are.

    Loads the fonts that ship with the program; raises `FileNotFoundError` when one cannot be read.
    """

    def __init__(self, tokens: Tokens = LIGHT) -> None:
        self.tokens = tokens
        self.text_scale = 1.0
        self.motion = True  # off for those whom moving things disturb
        self._icons: dict[tuple[str, str], QSvgRenderer] = {}
        for path in sorted((ROOT / "fonts").glob("*.otf")):
            if QFontDatabase.addApplicationFont(str(path)) < 0:
                raise FileNotFoundError(f"The font {path.name} cannot be read.")

    def use(self, tokens: Tokens) -> None:
        """Take other colours; widgets made from now on have them."""
        self.tokens = tokens

    def with_tokens(self, tokens: Tokens, text_scale: float) -> "Theme":
        """The same fonts and icons in other colours, and text of another size."""
        other = copy.copy(self)
        other.use(tokens)
        other.text_scale = text_scale
        return other

    def scaled(self, pixels: float) -> int:
        """A length that holds text, in whole pixels; what it is without scaling is given."""
        return round(pixels * self.text_scale)

    def font(self, size: float = 13, weight: int = 400) -> QFont:
        """Inter at a size in pixels, before scaling, and a weight of 400, 500 or 600.

        Figures all have one width.
        """
        return inter(max(self.scaled(size), self.tokens.least_text), weight)

    def formula_font(self, size: int = 14, italic: bool = True) -> QFont:
        """STIX, for what is mathematics."""
        return stix(max(self.scaled(size), self.tokens.least_text), italic)

    def class_colour(self, index: int, classes: int) -> QColor:
        """The colour of a class; of two, the first is `negative` and the second `positive`."""
        if classes == 2:
            return self.tokens.positive if index else self.tokens.negative
        return self.tokens.classes[index % len(self.tokens.classes)]

    def draw_icon(self, painter: QPainter, name: str, colour: QColor, rect: QRect | QRectF) -> None:
        """Paint an icon of resources/icons into `rect`, sharp at any scale."""
        key = (name, colour.name())
        if key not in self._icons:
            text = (ROOT / "icons" / f"{name}.svg").read_text("utf-8")
            tinted = text.replace("currentColor", colour.name())
            self._icons[key] = QSvgRenderer(tinted.encode())
        painter.save()
        painter.setOpacity(painter.opacity() * colour.alphaF())
        self._icons[key].render(painter, QRectF(rect))
        painter.restore()

    def icon(self, name: str, colour: QColor | None = None, size: int = ICON_SIZE) -> QIcon:
        """An icon for menus and actions, sharp on screens of scale 1, 2 and 3."""
        icon = QIcon()
        for ratio in (1, 2, 3):
            pixmap = QPixmap(QSize(size, size) * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            self.draw_icon(painter, name, colour or self.tokens.text2, QRect(0, 0, size, size))
            painter.end()
            icon.addPixmap(pixmap)
        return icon

    def application_icon(self) -> QIcon:
        """The program's own icon, in the sizes that desktops ask for."""
        icon = QIcon()
        for size in (16, 24, 32, 48, 64, 128, 256):
            icon.addPixmap(self.icon("app", size=size).pixmap(QSize(size, size), 1.0))
        return icon

    def apply(self, app: QApplication) -> None:
        """Set the application's font, palette, icon and the look of menus and tooltips."""
        app.setStyle("Fusion")
        app.setFont(self.font())
        app.setPalette(self._palette())
        app.setStyleSheet(self._style_sheet())
        app.setWindowIcon(self.application_icon())

    def _palette(self) -> QPalette:
        tokens, role = self.tokens, QPalette.ColorRole
        palette = QPalette(tokens.window)
        for each, colour in (
            (role.Window, tokens.window),
            (role.WindowText, tokens.text),
            (role.Base, tokens.panel),
            (role.AlternateBase, tokens.window),
            (role.Text, tokens.text),
            (role.PlaceholderText, tokens.text3),
            (role.Button, tokens.sunk),
            (role.ButtonText, tokens.text),
            (role.Highlight, tokens.accent_fill),
            (role.HighlightedText, tokens.on_accent),
            (role.Accent, tokens.accent),
            (role.Link, tokens.accent),
        ):
            palette.setColor(each, colour)
        for each in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, each, tokens.ctl)
        return palette

    def _style_sheet(self) -> str:
        tokens = self.tokens
        names = {
            each.name: value.name()
            for each in fields(Tokens)
            if isinstance(value := getattr(tokens, each.name), QColor)
        }
        return STYLE_SHEET.format(**names)


STYLE_SHEET = """
QToolTip {{ color: {text}; background: {panel}; border: 1px solid {line}; padding: 4px 6px; }}
QMenu {{ background: {panel}; border: 1px solid {line}; border-radius: 8px; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 6px; color: {text}; }}
QMenu::item:selected {{ background: {sunk}; }}
QMenu::item:disabled {{ color: {ctl}; }}
QScrollBar:vertical {{ width: 8px; background: transparent; }}
QScrollBar:horizontal {{ height: 8px; background: transparent; }}
QScrollBar::handle {{ background: {ctl}; border-radius: 2px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
"""
