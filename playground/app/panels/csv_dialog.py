"""The dialog that makes data of a table: looked at, roles chosen, and only then taken."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.app.background import Background
from playground.app.controls.button import ENTER, Button
from playground.app.controls.combo import Combo
from playground.app.controls.segmented import Segmented
from playground.app.controls.switch import Switch
from playground.app.controls.text import label, set_colour
from playground.app.files import Files
from playground.app.panels.csv_draft import Draft, Outcome
from playground.app.panels.csv_drop import DropZone
from playground.app.panels.csv_table import TablePreview
from playground.app.session import Session
from playground.app.theme import Theme
from playground.app.words import as_sentence, tr
from playground.data.csv_file import TableError
from playground.data.dialect import Dialect
from playground.data.origin import is_file
from playground.data.preview import Preview, preview, preview_text
from playground.data.table import Table
from playground.fields import ExperimentError
from playground.sentence import Sentence

SEPARATORS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar", " ": "Space"}
DECIMALS = {".": "1.5", ",": "1,5"}
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "latin-1": "Latin-1"}
MISSING = {"drop": "Leave the row out", "mean": "Fill with the mean"}
WIDTH, HEIGHT = 760, 560
MOST_NOTES = 5
BAR = 2


class Tables(QObject):
    """Opens the dialog: for nothing yet, for a file, or for pasted text."""

    def __init__(self, window: QWidget, theme: Theme, session: Session, files: Files) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._session, self._files = session, files

    def ask(self) -> None:
        """Let a table be chosen; that of the experiment, if it has one, is there already."""
        dialog = self._dialog()
        data = self._session.experiment.data
        if is_file(data):
            dialog.read(Path(data.source), table=data.table)

    def open(self, path: str) -> None:
        """Look into a file."""
        self._dialog().read(Path(path))

    def paste(self, text: str) -> None:
        """Look into a text."""
        self._dialog().read(text)

    def _dialog(self) -> "TableDialog":
        dialog = TableDialog(self._theme, self._session, self._files, self._window)
        dialog.open()
        return dialog


class TableDialog(QDialog):
    """A table with its format and the roles of its columns; nothing changes until it is used."""

    shown = Signal()  # what it would give, after each change

    def __init__(self, theme: Theme, session: Session, files: Files, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._session, self._files = theme, session, files
        self._given: Path | str | None = None
        self._draft: Draft | None = None
        self._outcome: Outcome | None = None
        self._background = Background(self)
        self._background.busy_changed.connect(self._show_busy)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Data from a table"))
        self.setAcceptDrops(True)
        wish = QSize(theme.scaled(WIDTH), theme.scaled(HEIGHT))
        self.resize(wish.boundedTo(self.screen().availableSize()))
        self._make_controls()
        self._lay_out()
        self._show()
        self.finished.connect(self._background.cancel)

    def _make_controls(self) -> None:
        theme = self._theme
        self.title = label(theme, "", 14, 600, theme.tokens.text)
        self.size_text = label(theme, "", 12, 400, theme.tokens.text3)
        self.separator = Combo(theme, tr("Separator"), _translated(SEPARATORS))
        self.decimal = Combo(theme, tr("Decimals"), _translated(DECIMALS))
        self.encoding = Combo(theme, tr("Encoding"), ENCODINGS)
        self.header = Switch(theme, tr("First row names columns"))
        for control in (self.separator, self.decimal, self.encoding, self.header):
            control.changed.connect(self._read_again)
        self.preview = TablePreview(theme)
        self.preview.role_chosen.connect(self._choose_role)
        self.drop = DropZone(theme)
        self.drop.asked.connect(self._ask_file)
        self.axes = tuple(Combo(theme, name, {"": ""}) for name in (tr("Across"), tr("Up")))
        for place, combo in enumerate(self.axes):
            combo.changed.connect(partial(self._choose_axis, place))
        self.missing = Segmented(theme, tr("Missing inputs"), _translated(MISSING))
        self.missing.changed.connect(self._choose_missing)
        self.notes = label(theme, "", 12, 400)
        self.notes.setWordWrap(True)
        self.notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.cancel = Button(theme, tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.use = Button(theme, tr("Use these data"), primary=True)
        self.use.clicked.connect(self._use)

    def _lay_out(self) -> None:
        head, buttons = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.size_text, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.use)
        self._format = self._row(
            (tr("Separator"), self.separator),
            (tr("Decimals"), self.decimal),
            (tr("Encoding"), self.encoding),
            ("", self.header),
        )
        self._choices = self._row(
            (tr("Across"), self.axes[0]),
            (tr("Up"), self.axes[1]),
            (tr("Missing inputs"), self.missing),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._format)
        column.addWidget(self.drop, 1)
        column.addWidget(self.preview, 1)
        column.addWidget(self._choices)
        column.addWidget(self.notes)
        column.addLayout(buttons)

    def _row(self, *controls: tuple[str, QWidget]) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for name, control in controls:
            if name:
                row.addWidget(label(self._theme, name))
            row.addWidget(control, 1 if isinstance(control, Combo) else 0)
            row.addSpacing(8)
        return held

    # What is looked into

    def read(
        self, given: Path | str, dialect: Dialect | None = None, table: Table | None = None
    ) -> None:
        """Look into a file, or a text; roles are as a table has them, or as the file lets guess."""
        self._given = given
        dialect = dialect or (table.dialect if table else None)
        self._background.begin(
            partial(_looked_into, given, dialect), partial(self._take, table=table)
        )
        self._show()

    def _read_again(self, _: object) -> None:
        if self._given is not None:
            header = bool(self.header.value)
            chosen = self.separator.value, self.decimal.value, self.encoding.value
            outcome = self._outcome
            table = outcome.table if outcome else None
            table = replace(table, dialect=Dialect(*chosen, header)) if table else None
            self.read(self._given, Dialect(*chosen, header), table)

    def _take(self, found: Preview | TableError, table: Table | None) -> None:
        if isinstance(found, TableError):
            self._draft, self._outcome = None, Outcome(None, error=found.sentence)
            self._show()
        else:
            dialect = found.dialect
            self.separator.set_value(dialect.separator)
            self.decimal.set_value(dialect.decimal)
            self.encoding.set_value(dialect.encoding)
            self.header.set_value(dialect.header)
            self._change(Draft.of(found, table))

    # What is chosen

    def _choose_role(self, name: str, role: str) -> None:
        if self._draft is not None:
            self._change(self._draft.with_role(name, role))

    def _choose_axis(self, place: int, name: str) -> None:
        if self._draft is not None:
            self._change(self._draft.with_axis(place, name))

    def _choose_missing(self, missing: str) -> None:
        if self._draft is not None:
            self._change(replace(self._draft, missing=missing))

    def _change(self, draft: Draft) -> None:
        self._draft, self._outcome = draft, None
        self._background.begin(draft.outcome, self._take_outcome)
        self._show()

    def _take_outcome(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._show()
        self.shown.emit()

    # What is shown

    def _show(self) -> None:
        given, draft = self._given, self._draft
        name = given.name if isinstance(given, Path) else tr("Pasted table")
        self.title.setText(name if given is not None else tr("Data from a table"))
        self.drop.setVisible(given is None)
        for part in (self._format, self.preview):
            part.setVisible(given is not None)
        self._choices.setVisible(draft is not None)
        self.encoding.setEnabled(not isinstance(given, str))
        self.preview.show_draft(draft)
        self.size_text.setText("")
        if draft is not None:
            columns = draft.preview.columns
            counts = {"rows": columns.rows, "columns": len(columns.columns)}
            self.size_text.setText(tr("{rows:,} rows, {columns:,} columns", **counts))
            self.missing.set_value(draft.missing)
            self._show_axes(draft)
        self._show_outcome()

    def _show_axes(self, draft: Draft) -> None:
        names = {name: name for name in draft.inputs}
        for place, combo in enumerate(self.axes):
            combo.setEnabled(place < len(names))
            combo.set_choices(names or {"": ""}, {})
            combo.set_value(draft.inputs[place] if place < len(names) else "")

    def _show_outcome(self) -> None:
        outcome, tokens = self._outcome, self._theme.tokens
        self.use.setEnabled(outcome is not None and outcome.table is not None)
        if self._given is None:
            self.notes.setText("")
        elif outcome is None:
            self.notes.setText(tr("Reading…"))
        elif outcome.error:
            self.notes.setText(_sentence(outcome.error))
        else:
            lines = [self._summary(outcome)]
            lines += map(_sentence, outcome.notes[:MOST_NOTES])
            if more := len(outcome.notes) - MOST_NOTES:
                lines += [tr("And {count} more such notes.", count=more)] if more > 0 else []
            self.notes.setText("\n".join(lines))
        wrong = outcome is not None and outcome.error
        set_colour(self.notes, tokens.error if wrong else tokens.text2)

    def _summary(self, outcome: Outcome) -> str:
        assert self._draft is not None
        assert outcome.table is not None
        kind = tr("class") if outcome.table.classes else tr("value")
        return tr(
            '{samples:,} of {rows:,} rows become samples; inputs: {inputs:,}, {kind}: "{target}".',
            samples=outcome.samples,
            rows=self._draft.preview.columns.rows,
            inputs=len(outcome.table.inputs),
            kind=kind,
            target=outcome.table.target,
        )

    def _show_busy(self, busy: bool) -> None:
        if busy:
            self.use.setEnabled(False)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.panel)
        if self._background.busy:
            painter.fillRect(0, 0, self.width(), BAR, self._theme.tokens.accent)

    # Files and text from elsewhere

    def _ask_file(self) -> None:
        filters = [f"{tr('Tables')} (*.csv *.tsv *.txt)", f"{tr('All files')} (*)"]
        dialog = self._files.dialog(tr("Open a table"), filters)
        dialog.setParent(self, dialog.windowFlags())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.read(Path(path)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._files.dropped(event.mimeData()) or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self._files.dropped(event.mimeData())
        self.read(path or event.mimeData().text())
        event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = QApplication.clipboard().text()
        if event.matches(QKeySequence.StandardKey.Paste) and text.strip():
            self.read(text)
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()
        elif event.key() in ENTER and not event.isAutoRepeat():
            self.use.click()  # where nothing that has the focus took it
        else:
            event.ignore()

    # What becomes of it

    def _use(self) -> None:
        if isinstance(self._given, str):
            self._ask_where()
        elif self._given is not None:
            self._adopt(self._given)

    def _ask_where(self) -> None:
        """Pasted text becomes a file of its own, that the experiment's data are in."""
        dialog = self._files.dialog(tr("Keep the pasted table as"), [f"{tr('Table')} (*.csv)"])
        dialog.setParent(self, dialog.windowFlags())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("pasted.csv")
        dialog.fileSelected.connect(self._keep)
        dialog.open()

    def _keep(self, path: str) -> None:
        from playground.export import ExportError, atomic

        assert isinstance(self._given, str)
        try:
            atomic.write(Path(path), self._given.encode(), lambda fresh: None)
        except ExportError as error:
            self._refuse(error.sentence)
        else:
            self._adopt(Path(path))

    def _adopt(self, path: Path) -> None:
        outcome = self._outcome
        if outcome is None or outcome.table is None:
            return
        try:
            source = str(path.absolute())
            changed = self._session.experiment.with_source(source, table=outcome.table).check()
        except ExperimentError as error:
            self._refuse(error.problems[0].message)
            return
        self._session.replace(changed, tr("Data from {name}", name=path.name))
        self._files.recent.add(path)
        self.accept()

    def _refuse(self, reason: Sentence) -> None:
        self._outcome = Outcome(None, error=reason)
        self._show_outcome()


def _looked_into(given: Path | str, dialect: Dialect | None) -> Preview | TableError:
    """What is in a file or a text, or why that cannot be read."""
    try:
        if isinstance(given, str):
            return preview_text(given, dialect)
        return preview(given, dialect)
    except TableError as error:
        return error


def _translated(words: dict[str, str]) -> dict[str, str]:
    return {key: tr(word) for key, word in words.items()}


def _sentence(said: Sentence) -> str:
    text = tr(said).rstrip(".")
    named_file = "." in text.partition(" ")[0]  # whose name stays as it is
    return f"{text}." if named_file else as_sentence(text)
