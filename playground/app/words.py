"""Words: every text a user sees goes through Qt's translation."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from playground.sentence import Sentence
from playground.shipped import ROOT

CONTEXT = "Playground"
TRANSLATIONS = QLibraryInfo.LibraryPath.TranslationsPath


def tr(text: str, /, **values: object) -> str:
    """The text in the user's language, with values put into its {places}.

    Of a `Sentence` the values are its own; sentences among them are translated too.
    """
    if isinstance(text, Sentence):
        text, values = text.template, text.values
    translated = QCoreApplication.translate(CONTEXT, text) if text else text
    said = {name: tr(each) if isinstance(each, Sentence) else each for name, each in values.items()}
    return translated.format(**said) if said else translated


def as_sentence(words: str) -> str:
    """Words that tell what is wrong, by themselves: with a capital and a full stop."""
    return f"{words[:1].upper()}{words[1:]}."


def named(name: str) -> str:
    """What something in the data is called: translated if the program named it, not if a user."""
    return tr(name) if isinstance(name, Sentence) else name


def install(app: QCoreApplication) -> None:
    """Speak the system's language, where resources/translations has it as playground_xx.qm."""
    own, of_qt = QTranslator(app), QTranslator(app)
    if own.load(QLocale(), "playground", "_", str(ROOT / "translations")):
        app.installTranslator(own)
        # Qt's part: its file dialogs, and the names of keys.
        if of_qt.load(QLocale(), "qtbase", "_", QLibraryInfo.path(TRANSLATIONS)):
            app.installTranslator(of_qt)
