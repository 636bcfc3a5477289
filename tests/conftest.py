"""Tests run without a display; Qt reads this when it is first imported."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
