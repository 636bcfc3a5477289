"""The three columns of the window, and how the cards stand in them."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.app.controls.card import PADDING, SHADOW, TOP
from playground.app.controls.segmented import Segmented
from playground.app.panels.layer import LayerCard
from playground.app.panels.training import TrainingCard
from playground.app.rail import WIDTH as RAIL
from playground.app.rail import Flyout, Rail
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.views.drawer import Drawer
from playground.app.views.network import NetworkView
from playground.app.words import tr

# A card is larger than its panel by the shadow around it, and so the gaps are smaller.
GUTTER = 12 - 2 * SHADOW
GAPS = (8, GUTTER)
# All that follows is larger where text is. Smallest, first and widest.
LEFT = (252, 252, 316)  # with room for a scroll bar
RIGHT = (320 + 2 * SHADOW, 404 + 2 * SHADOW, 520 + 2 * SHADOW)
NETWORK_HEIGHT = 432 + 2 * SHADOW
LOW_NETWORK = 320 + 2 * SHADOW  # with less, the drawer opens over it
LOWEST_RIGHT = 480  # with less, the window scrolls
DRAWER_SHARE = 0.4  # of the extra height
LAYER_WIDTH = 248 + 2 * SHADOW
TRAINING_WIDTH = 440 + 2 * SHADOW  # at least, beside the layer's card
CENTRE_WISH = LAYER_WIDTH + GUTTER + TRAINING_WIDTH
SETTINGS_HEIGHT = 156 + 2 * SHADOW
LOW_CURVES = 226  # height of the curves' card, at least
BOUNDARY_EXTRA = 62  # of a boundary card's height, over its width
NO_LIMIT = 2**24 - 1  # Qt's QWIDGETSIZE_MAX
LAYER, TRAINING = "Layer", "Training"
NARROW = 1200 - 16  # without the margin of the window; the right column is at its smallest
GRIP = 12
FLYOUT_EXTRA = 24


class Columns(QWidget):
    """Left and right keep a width within their limits; the centre takes what is left.

    Where that is too narrow for the centre, the right column gives first, then the left one: for
    the centre's size hint, or, once the user has drawn a grip, for its minimum only. The grips lie
    over the gaps between the columns, and are seen only under the pointer. In a narrow window the
    left column is a rail, out of which it flies.
    """

    def __init__(
        self,
        theme: Theme,
        left: QWidget,
        centre: QWidget,
        right: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.flyout = Flyout(theme, left, self)
        self.rail = Rail(theme, self)
        self.rail.hide()
        self._columns = (self.flyout, centre, right)
        self._drawn = False
        self._scaled = theme.scaled
        self._limits = tuple(tuple(map(theme.scaled, widths)) for widths in (LEFT, RIGHT))
        self._widths = [first for _, first, _ in self._limits]
        for column in (centre, right):
            column.setParent(self)
        self.flyout.raise_()
        self.grips = Grip(theme, self), Grip(theme, self)
        self.grips[0].moved.connect(lambda by: self._widen(0, by))
        self.grips[1].moved.connect(lambda by: self._widen(1, -by))

    @property
    def has_rail(self) -> bool:
        """Whether the left column is a rail."""
        return self.rail.isVisibleTo(self)

    def set_rail(self, rail: bool) -> None:
        """Have a rail in place of the left column, or the column."""
        if rail != self.has_rail:
            self.rail.setVisible(rail)
            self.rail.data.setChecked(False)
            self.flyout.fly(self.rail.data if rail else None)
            self.grips[0].setVisible(not rail)
            self._place()

    def minimumSizeHint(self) -> QSize:
        """What the columns need where one is a rail; with less, the window scrolls."""
        needs = [column.minimumSizeHint() for column in self._columns[1:]]
        width = RAIL + sum(GAPS) + sum(each.width() for each in needs)
        return QSize(width, max(each.height() for each in needs))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def _widen(self, side: int, by: int) -> None:
        smallest, _, widest = self._limits[side]
        self._drawn = True
        self._widths = [self._columns[0].width(), self._columns[2].width()]
        self._widths[side] = min(max(self._widths[side] + by, smallest), widest)
        self._place()

    def _place(self) -> None:
        (left, right), (gap, other_gap) = self._shown_widths(), GAPS
        width, height = self.width(), self.height()
        centre = width - left - gap - other_gap - right
        self.rail.setGeometry(0, 0, RAIL, height)
        flown = self._limits[0][1] + FLYOUT_EXTRA
        self.flyout.setGeometry(RAIL if self.has_rail else 0, 0, flown, height)
        if not self.has_rail:
            self.flyout.resize(left, height)
        self._columns[1].setGeometry(left + gap, 0, centre, height)
        self._columns[2].setGeometry(width - right, 0, right, height)
        self.grips[0].setGeometry(left + (gap - GRIP) // 2, 0, GRIP, height)
        self.grips[1].setGeometry(width - right - (other_gap + GRIP) // 2, 0, GRIP, height)

    def _shown_widths(self) -> list[int]:
        shown = list(self._widths)
        if self.has_rail:
            shown[0] = RAIL
            if not self._drawn and self.width() < self._scaled(NARROW):
                shown[1] = self._limits[1][0]
        centre = self._columns[1]
        wish = centre.minimumSizeHint() if self._drawn else centre.sizeHint()
        lacking = sum(shown) + sum(GAPS) + wish.width() - self.width()
        for side in (1,) if self.has_rail else (1, 0):
            given = min(max(lacking, 0), shown[side] - self._limits[side][0])
            shown[side] -= given
            lacking -= given
        # Rather than let the window scroll sideways, large text has a narrower right column.
        lacking = sum(shown) + sum(GAPS) + centre.minimumSizeHint().width() - self.width()
        shown[1] -= min(max(lacking, 0), shown[1] - self._columns[2].minimumSizeHint().width())
        return shown


class Grip(QWidget):
    """Tells how far it is drawn."""

    moved = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._grabbed = 0.0
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grabbed = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        # The grip moves along, so that the distance is what is left to go.
        self.moved.emit(round(event.position().x() - self._grabbed))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.underMouse():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.ctl)
        bar = QRectF(self.width() / 2 - 1.5, self.height() / 2 - 20, 3, 40)
        painter.drawRoundedRect(bar, 1.5, 1.5)


class Settings(QWidget):
    """The layer's and the training's card, side by side; where there is no room, one at a time
    with tabs for a title.
    """

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scaled = theme.scaled
        self.layer = LayerCard(theme, session)
        self.training = TrainingCard(theme, session)
        for card in (self.layer, self.training):
            card.setFixedHeight(theme.scaled(SETTINGS_HEIGHT))
        self._both = True
        self.choice = Segmented(theme, tr("Settings of"), {"layer": LAYER, "training": TRAINING})
        self.choice.changed.connect(self._show)
        cards = QHBoxLayout(self)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(GUTTER)
        cards.addWidget(self.layer, 1)
        cards.addWidget(self.training, 1)
        self.choice.setParent(self)
        self.choice.move(SHADOW + PADDING - 2, SHADOW + TOP)
        for card in (self.layer, self.training):
            kept = card.title.sizePolicy()
            kept.setRetainSizeWhenHidden(True)
            card.title.setSizePolicy(kept)
        session.selection_changed.connect(self._show_layer)
        session.experiment_changed.connect(self._name_layer)
        self._show()

    def minimumSizeHint(self) -> QSize:
        needs = [card.minimumSizeHint().width() for card in (self.layer, self.training)]
        return QSize(max(needs), self._scaled(SETTINGS_HEIGHT))

    def fit(self, width: int) -> None:
        """Take a width, and the height that follows from it."""
        self._both = width >= self._scaled(CENTRE_WISH)
        self._show()
        self.resize(width, self._scaled(SETTINGS_HEIGHT))

    def choose(self, card: str) -> None:
        """Show the card of the "layer" or of the "training", where there is no room for both."""
        self.choice.set_value(card)
        self._show()

    def _show_layer(self) -> None:
        self.choose("layer")

    def _show(self) -> None:
        both = self._both
        self.choice.setVisible(not both)
        self.choice.raise_()
        self.layer.setMaximumWidth(self._scaled(LAYER_WIDTH) if both else NO_LIMIT)
        self.layer.setVisible(both or self.choice.value == "layer")
        self.training.setVisible(both or self.choice.value == "training")
        for card in (self.layer, self.training):
            card.title.setVisible(both)
        self._name_layer()

    def _name_layer(self) -> None:
        """The tab is named as the card, whose title it takes the place of."""
        tab = self.choice.segment("layer")
        if tab.text() != self.layer.title.text():
            tab.setText(self.layer.title.text())
            tab.updateGeometry()
        self.choice.adjustSize()


class Centre(QWidget):
    """The network over the settings over the drawer; the network takes most of the extra height.

    Where there is no room for an open drawer, it is folded at first and opens over the others. The
    network may also fill the whole of it.
    """

    def __init__(
        self, theme: Theme, network: NetworkView, settings: Settings, drawer: Drawer
    ) -> None:
        super().__init__()
        self._scaled = theme.scaled
        self._filled = False  # by the network alone
        network.fill_asked.connect(self._fill)
        self._network = network
        self._settings = settings
        self._drawer = drawer
        for each in (network, settings, drawer):
            each.setParent(self)
        self._low = False
        drawer.opened.connect(self._arrange)

    def sizeHint(self) -> QSize:
        return QSize(self._scaled(CENTRE_WISH), 0)

    def minimumSizeHint(self) -> QSize:
        parts = self._network, self._settings, self._drawer
        needs = [part.minimumSizeHint() for part in parts]
        height = sum(each.height() for each in needs) + 2 * GUTTER
        return QSize(max(each.width() for each in needs), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _fill(self, on: bool) -> None:
        self._filled = on
        self._settings.setVisible(not on)
        self._drawer.setVisible(not on)
        self._arrange()

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        if self._filled:
            self._network.setGeometry(0, 0, width, height)
            return
        self._settings.fit(width)
        taken = self._settings.height() + 2 * GUTTER
        least, closed = self._drawer.open_height, self._drawer.closed_height
        extra = height - taken - self._scaled(NETWORK_HEIGHT) - least
        drawer = least + max(round(DRAWER_SHARE * extra), 0)
        low = height - taken - drawer < self._scaled(LOW_NETWORK)
        if low != self._low:
            self._low = low
            self._drawer.fold(low)
        beside = self._drawer.is_open and not low
        kept = drawer if beside else closed
        bottom = height - kept - GUTTER
        top = bottom - self._settings.height()
        self._network.setGeometry(0, 0, width, top - GUTTER)
        self._settings.move(0, top)
        shown = drawer if self._drawer.is_open else closed
        self._drawer.setGeometry(0, height - shown, width, shown)
        self._drawer.raise_()


class RightColumn(QWidget):
    """The boundary, as high as its square plot is wide where there is room, over the curves."""

    def __init__(self, theme: Theme, boundary: QWidget, curves: QWidget) -> None:
        super().__init__()
        self._extra, self._least = theme.scaled(BOUNDARY_EXTRA), theme.scaled(LOW_CURVES)
        self._lowest = theme.scaled(LOWEST_RIGHT)
        self._narrowest = theme.scaled(RIGHT[0])
        self._boundary = boundary
        self._curves = curves
        boundary.setParent(self)
        curves.setParent(self)

    def minimumSizeHint(self) -> QSize:
        needs = self._boundary.minimumSizeHint(), self._curves.minimumSizeHint()
        width = min(max(each.width() for each in needs), self._narrowest)
        return QSize(width, max(sum(each.height() for each in needs) + GUTTER, self._lowest))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a card needs less now, or more
            self._arrange()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        boundary = min(width + self._extra, height - GUTTER - self._least)
        self._boundary.setGeometry(0, 0, width, boundary)
        self._curves.setGeometry(0, boundary + GUTTER, width, height - boundary - GUTTER)
