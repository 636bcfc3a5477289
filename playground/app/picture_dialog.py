"""Asks what a picture is of and how large it is, and then where to save it."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from playground.app.controls.button import ENTER, Button
from playground.app.controls.combo import Combo
from playground.app.controls.entry import Entry
from playground.app.controls.segmented import Segmented
from playground.app.controls.text import label, title
from playground.app.files import Files
from playground.app.render import ENDINGS, FILM_ENDING, MOST_SIDE, PARTS, Film, save
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import tr

SCALES = {"1": "1×", "2": "2×", "4": "4×"}
LEAST_SIDE = 200
PADDING = 20


class PictureDialog(QDialog):
    """What the picture is of, its size, and for pixels how many of them stand for one."""

    def __init__(self, theme: Theme, session: Session, files: Files, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._session = session
        self._files = files
        self._film: Film | None = None  # while it is made
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Save a picture"))
        self.part = Combo(
            theme, tr("Picture of"), {key: tr(name) for key, (name, _) in PARTS.items()}
        )
        self.across = Entry(theme, tr("Width"), integer=True)
        self.down = Entry(theme, tr("Height"), integer=True)
        self.scale = Segmented(theme, tr("Sharpness"), SCALES)
        self.scale.set_value("2")
        self.save = Button(theme, tr("Save…"), primary=True)
        self.cancel = Button(theme, tr("Cancel"))
        self._lay_out()
        self.part.changed.connect(self._offer_size)
        for entry in (self.across, self.down):
            entry.changed.connect(self._keep_within)
        self.save.clicked.connect(self.ask_file)
        self.cancel.clicked.connect(self.reject)
        self._offer_size(next(iter(PARTS)))

    def _lay_out(self) -> None:
        theme, grid = self._theme, QGridLayout()
        grid.setVerticalSpacing(10)
        for row, (name, control) in enumerate(
            ((tr("Picture of"), self.part), (tr("Sharpness"), self.scale))
        ):
            grid.addWidget(label(theme, name), row, 0)
            grid.addWidget(control, row, 1)
        grid.setColumnMinimumWidth(1, theme.scaled(200))
        hint = tr("Always in light colours. A GIF shows the epochs so far as a film.")
        self.about = label(theme, hint, colour=theme.tokens.text3)
        self.about.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[PADDING] * 4)
        column.setSpacing(14)
        column.addWidget(title(theme, tr("Save a picture")))
        column.addLayout(grid)
        column.addWidget(self.across)
        column.addWidget(self.down)
        column.addWidget(self.about)
        column.addLayout(buttons)

    def _offer_size(self, part: str) -> None:
        size = PARTS[part][1]
        self.across.set_value(size.width())
        self.down.set_value(size.height())

    def _keep_within(self) -> None:
        for entry in (self.across, self.down):
            asked = entry.value or LEAST_SIDE
            entry.set_value(min(max(asked, LEAST_SIDE), MOST_SIDE))

    def ask_file(self) -> None:
        """Ask where to save it; the ending chooses the format."""
        filters = {tr("Picture"): ENDINGS[:1], tr("Drawing"): ENDINGS[1:2]}
        filters |= {tr("Document"): ENDINGS[2:], tr("Film of the training"): (FILM_ENDING,)}
        rows = {f"{name} (*{ending})": ending for name, (ending,) in filters.items()}
        dialog = self._files.dialog(tr("Save a picture"), list(rows))
        dialog.setParent(self, dialog.windowFlags())
        self._files.let_save(dialog, ENDINGS[0])
        dialog.filterSelected.connect(lambda chosen: _take_ending(dialog, rows[chosen]))
        dialog.fileSelected.connect(self._save)
        dialog.open()

    def _save(self, name: str) -> None:
        path = Path(name)
        ending = path.suffix.lower()
        if ending not in (*ENDINGS, FILM_ENDING):
            known = ", ".join((*ENDINGS, FILM_ENDING))
            sentence = tr("{name} has none of the endings {known}", name=path.name, known=known)
            self._session.notice.emit("error", sentence)
            return
        size = QSize(self.across.value, self.down.value)
        scale = float(self.scale.value)
        scale = min(scale, MOST_SIDE / max(size.width(), size.height()))
        if ending == FILM_ENDING:
            self._session.pause()
            scale = 1.0  # films are large
        self.save.setEnabled(False)
        part = self.part.value
        work = save(self._session, self._theme, part, path, size, scale, self.accept)
        if isinstance(work, Film):
            self._film = work
            work.progressed.connect(self._show_progress)
            self._show_progress(0)

    def _show_progress(self, share: float) -> None:
        """How far the film is."""
        words = tr("Making the film: {share:.0%}", share=share)
        self.about.setText(words if share < 1 else tr("Writing the film…"))

    def reject(self) -> None:
        """Close it; a film that is being made comes to its end."""
        if self._film is not None:
            self._film.cancel()  # which closes this
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not event.isAutoRepeat():
            self.save.click()  # where nothing that has the focus took it
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.tokens.panel)


def _take_ending(dialog: QFileDialog, ending: str) -> None:
    """Have a dialog offer its name with another ending."""
    dialog.setDefaultSuffix(ending.lstrip("."))
    for name in dialog.selectedFiles():
        dialog.selectFile(Path(name).with_suffix(ending).name)
