"""Scrolling, for what may need more room than there is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget


def scrolled(widget: QWidget, parent: QWidget | None = None) -> QScrollArea:
    """A frameless area that holds the widget; what is behind it shows through."""
    area = QScrollArea(parent, widgetResizable=True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    for each in (area.viewport(), widget):
        each.setAutoFillBackground(False)
    return area
