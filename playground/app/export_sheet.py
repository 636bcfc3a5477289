"""The sheet that exports the trained model: which format, what for, and how it will look."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontDatabase, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from playground.app.controls.button import ENTER, Button, IconButton, Pressable
from playground.app.controls.text import label
from playground.app.overlay import Overlay
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import tr
from playground.export import ExportError, Model
from playground.export.format import Format

WIDTH = 860
LIST_WIDTH = 250
ROW = 44
PREVIEW_HEIGHT = 380
MOST_PARAMETERS = 20_000  # that are written out at once for a preview
MOST_CHARACTERS = 20_000
FIELD = """
QPlainTextEdit {{ background: {sunk}; color: {text}; border: none; border-radius: 8px;
                  padding: 8px; }}
"""


class Row(Pressable):
    """A format: its name and its ending."""

    def __init__(self, theme: Theme, row: Format) -> None:
        super().__init__(theme, f"{tr(row.label)}, {row.ending}")
        self._row = row
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setToolTip(tr(row.about))
        self.setFixedHeight(theme.scaled(ROW))

    def sizeHint(self) -> QSize:
        return QSize(self.theme.scaled(LIST_WIDTH), self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, theme = self.theme.tokens, self.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(tokens.accent_tint if self.isChecked() else tokens.sunk)
            painter.drawRoundedRect(self.rect(), 8, 8)
        body = QRectF(self.rect()).adjusted(12, 4, -12, -4)
        painter.setPen(tokens.text)
        painter.setFont(theme.font(13, 600 if self.isChecked() else 500))
        painter.drawText(body, Qt.AlignmentFlag.AlignTop, tr(self._row.label))
        painter.setPen(tokens.text3)
        painter.setFont(theme.font(11))
        painter.drawText(body, Qt.AlignmentFlag.AlignBottom, self._row.ending)


class ExportSheet(Overlay):
    """`chosen` tells the ending of the format in which the model is to be saved."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, session: Session, formats: Mapping[str, Format], window: QWidget
    ) -> None:
        super().__init__(theme, tr("Export model"), window, WIDTH)
        self._session = session
        self._formats = formats
        self._ending = next(iter(formats))
        self.rows = {ending: Row(theme, row) for ending, row in formats.items()}
        self.about = label(theme, "", 13, 400)
        self.about.setWordWrap(True)
        self.preview = QPlainTextEdit(readOnly=True)
        self.preview.setAccessibleName(tr("Preview"))
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        mono.setPixelSize(theme.font(12).pixelSize())
        self.preview.setFont(mono)
        tokens = theme.tokens
        self.preview.setStyleSheet(FIELD.format(sunk=tokens.sunk.name(), text=tokens.text.name()))
        self.copy = Button(theme, tr("Copy"))
        self.save = Button(theme, tr("Save…"), primary=True)
        self._lay_out()
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self.choose(self._ending)

    def choose(self, ending: str) -> None:
        """Show a format."""
        self._ending = ending
        row = self._formats[ending]
        self.rows[ending].setChecked(True)
        self.about.setText(f"{tr(row.about)}.")
        text = self._text(row)
        self.copy.setEnabled(text is not None)
        if text is None:
            shown = (
                tr("This format is not a text.") if not row.text else tr("Too long to be shown.")
            )
        else:
            more = len(text) > MOST_CHARACTERS
            shown = text[:MOST_CHARACTERS] + ("\n…" if more else "")
        self.preview.setPlainText(shown)

    def least_height(self) -> int:
        return self._theme.scaled(PREVIEW_HEIGHT + 160)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not event.isAutoRepeat():
            self.save.click()  # where nothing that has the focus took it
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        head, body, buttons = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        close = IconButton(self._theme, "close", tr("Close"))
        close.clicked.connect(self.close_)
        name = label(self._theme, tr("Export model"), 14, 600, self._theme.tokens.text)
        head.addWidget(name, 1)
        head.addWidget(close)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(2)
        for ending, row in self.rows.items():
            row.setFixedWidth(self._theme.scaled(LIST_WIDTH))
            row.clicked.connect(self._chooser(ending))
            left.addWidget(row)
        left.addStretch(1)
        right.addWidget(self.about)
        right.addWidget(self.preview, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.save)
        right.addLayout(buttons)
        body.setSpacing(20)
        body.addLayout(left)
        body.addLayout(right, 1)
        self.content.addLayout(head)
        self.content.addLayout(body, 1)

    def _chooser(self, ending: str) -> Callable[[], None]:
        return lambda: self.choose(ending)

    def _text(self, row: Format) -> str | None:
        """The file as it would be now; None where it is no text, or a very long one."""
        shown = self._session.snapshot
        if shown is None or not row.text:
            return None
        if sum(each.size for each in shown.parameters.values()) > MOST_PARAMETERS:
            return None
        try:
            model = Model.of(shown.experiment, shown.data, shown.parameters)
            return row.encode(model).decode()
        except ExportError as error:
            return tr(error.sentence)

    def _copy(self) -> None:
        text = self._text(self._formats[self._ending])
        if text is not None:
            QApplication.clipboard().setText(text)
            self._session.notice.emit("info", tr("Copied as text"))

    def _save(self) -> None:
        self.close_()
        self.chosen.emit(self._ending)
