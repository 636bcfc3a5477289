"""Files and the clipboard: what is opened, saved, dropped on the window, copied and pasted."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget

from playground.app.recent import RecentFiles
from playground.app.session import Session
from playground.app.words import tr
from playground.experiment import SUFFIX, Experiment
from playground.fields import ExperimentError
from playground.sentence import reason_of

TABLES = (".csv", ".tsv", ".txt")
NOT_OPENED = '"{name}" cannot be opened: {why}'

Table = Callable[[str], object]


class Files(QObject):
    """Asks which file, opens and saves it.

    `open_table` and `paste_table` take the path and the text of a table of data.
    """

    def __init__(self, window: QWidget, session: Session, recent: RecentFiles) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self.folder = Path.cwd()
        self.recent = recent
        self.open_table: Table | None = None
        self.paste_table: Table | None = None

    # Dialogs

    def ask_open(self) -> None:
        """Ask which file to open, and open it."""
        from playground.export import FORMATS  # not needed for the first picture

        models = [f"*{row.ending}" for row in FORMATS.values() if row.read]
        tables = [f"*{ending}" for ending in TABLES] if self.open_table else []
        endings = " ".join(("*.json", *models, *tables))
        filters = [f"{tr('Experiments and models')} ({endings})", f"{tr('All files')} (*)"]
        dialog = self.dialog(tr("Open"), filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open)
        dialog.open()

    def ask_save(self) -> None:
        """Ask where to save the experiment, and save it."""
        dialog = self.dialog(tr("Save experiment"), [f"{tr('Experiment')} (*{SUFFIX})"])
        self.let_save(dialog, SUFFIX)
        dialog.fileSelected.connect(self._save_as)
        dialog.open()

    def ask_export(self, ending: str) -> None:
        """Ask where to save the trained model in a format, and save it."""
        from playground.export import FORMATS  # not needed for the first picture

        dialog = self.dialog(tr("Export model"), [f"{tr(FORMATS[ending].label)} (*{ending})"])
        self.let_save(dialog, ending)
        dialog.fileSelected.connect(self._session.save_model)
        if FORMATS[ending].read:  # it can be opened again
            dialog.fileSelected.connect(self._remember)
        dialog.open()

    def ask_curves(self) -> None:
        """Ask where to save the curves as a table, and save it."""
        dialog = self.dialog(tr("Save curves"), [f"{tr('Table')} (*.csv)"])
        self.let_save(dialog, ".csv")
        dialog.fileSelected.connect(self.save_curves)
        dialog.open()

    def dialog(self, title: str, filters: list[str]) -> QFileDialog:
        """A file dialog in the folder that was used last."""
        dialog = QFileDialog(self._window, title, str(self.folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters(filters)
        dialog.fileSelected.connect(self._remember_folder)
        return dialog

    def let_save(self, dialog: QFileDialog, ending: str) -> None:
        """Have a dialog ask for a file to write, and offer a name with an ending."""
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending.lstrip("."))
        dialog.selectFile(self._file_name + ending)

    @property
    def _file_name(self) -> str:
        """The name of the experiment, as that of a file."""
        plain = "".join(c if c.isalnum() else "-" for c in self._session.experiment.name.lower())
        return plain.strip("-") or "model"

    def _remember(self, path: str) -> None:
        self.recent.add(path)

    def _remember_folder(self, path: str) -> None:
        self.folder = Path(path).parent

    # Opening and saving

    def open(self, path: str | Path) -> None:
        """Open an experiment, a model with its weights, or a table of data."""
        path = Path(path)
        if path.suffix.lower() in TABLES and self.open_table is not None:
            self.open_table(str(path))
            return
        # Not needed for the first picture, hence imported here.
        from playground.export import ModelError, holds_model, load_model

        session = self._session
        try:
            if holds_model(path):
                session.load(load_model(path, session.experiment))
            else:
                session.begin(Experiment.load(path))
            self._remember(str(path))
        except ModelError as error:
            self._refuse(tr(error.sentence))
        except ExperimentError as error:
            why, more = tr(str(error.problems[0])), len(error.problems) - 1
            if more:
                why = tr("{reason} (and {more} more)", reason=why, more=more)
            self._refuse(tr(NOT_OPENED, name=path.name, why=why))
        except OSError as error:
            self._refuse(tr(NOT_OPENED, name=path.name, why=reason_of(error)))

    def _save_as(self, path: str) -> None:
        """Write the experiment, which takes the name that was given to the file."""
        name = Path(path).name.removesuffix(".json").removesuffix(".playground")
        if name != self._file_name:
            self._session.edit("name", name)
        self.save(path)

    def save(self, path: str | Path) -> None:
        """Write the experiment as a file."""
        from playground.export import ExportError

        path = Path(path)
        if not path.name.endswith(".json"):
            path = path.with_name(path.name + SUFFIX)
        try:
            self._session.experiment.save(path)
        except ExportError as error:
            self._refuse(tr(error.sentence))
            return
        self._session.mark_saved()
        self._session.notice.emit("info", tr("{name} saved", name=path.name))
        self._remember(str(path))

    def save_curves(self, path: str | Path) -> None:
        """Write loss and accuracy by epoch as CSV."""
        from playground.export import ExportError, atomic
        from playground.export.history import history_csv

        path = Path(path)
        snapshot = self._session.snapshot
        try:
            atomic.write(path, history_csv(snapshot.history if snapshot else {}), lambda path: None)
        except ExportError as error:
            self._refuse(tr(error.sentence))
        else:
            self._session.notice.emit("info", tr("{name} saved", name=path.name))

    # The files used last, dropping, copying and pasting

    def fill_recent(self, menu: QMenu) -> None:
        """Make a menu's entries those of the files used last."""
        menu.clear()
        for path in self.recent.paths:
            action = menu.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self.open(path))
        if menu.isEmpty():
            menu.addAction(tr("No files yet")).setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction(tr("Forget these")).triggered.connect(self.recent.clear)

    @staticmethod
    def dropped(data: QMimeData) -> Path | None:
        """The file that is being dropped; None where it is none, or several."""
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        return paths[0] if len(paths) == 1 else None

    def copy(self) -> None:
        """Put the experiment on the clipboard, as text."""
        QApplication.clipboard().setText(self._session.experiment.portable().to_json())
        self._session.notice.emit("info", tr("Experiment copied as text"))

    def paste(self) -> None:
        """Begin with the experiment on the clipboard, or take the table there as data."""
        text = QApplication.clipboard().text()
        if not text.strip():
            self._refuse(tr("There is no text on the clipboard"))
        elif text.lstrip().startswith("{"):
            self._paste_experiment(text)
        elif self.paste_table is not None:
            self.paste_table(text)
        else:
            self._refuse(tr("The text on the clipboard is not an experiment"))

    def _paste_experiment(self, text: str) -> None:
        try:
            experiment = Experiment.from_json(text)
        except ExperimentError as error:
            message = "The text on the clipboard is not an experiment: {why}"
            self._refuse(tr(message, why=str(error.problems[0])))
        else:
            self._session.begin(experiment)

    def _refuse(self, sentence: str) -> None:
        self._session.notice.emit("error", sentence)
