"""Words: every text a user sees goes through Qt's translation."""

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from playground.shipped import ROOT

CONTEXT = "Playground"


def tr(text: str, **values: object) -> str:
    """The text in the user's language, with values put into its {places}."""
    translated = QCoreApplication.translate(CONTEXT, text) if text else text
    return translated.format(**values) if values else translated


def install(app: QCoreApplication) -> None:
    """Speak the system's language, where resources/translations has it as playground_xx.qm."""
    translator = QTranslator(app)
    if translator.load(QLocale(), "playground", "_", str(ROOT / "translations")):
        app.installTranslator(translator)
