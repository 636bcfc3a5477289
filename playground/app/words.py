"""Words: every text a user sees goes through Qt's translation."""

from PySide6.QtCore import QCoreApplication


def tr(text: str, **values: object) -> str:
    """The text in the user's language, with values put into its {places}."""
    translated = QCoreApplication.translate("Playground", text)
    return translated.format(**values) if values else translated
