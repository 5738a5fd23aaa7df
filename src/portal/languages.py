"""The two languages that answers and pages come in."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]
