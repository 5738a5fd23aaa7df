"""Taking records in: files become resources, with an exact complaint for each record that does not."""

from __future__ import annotations

from catalog.intake.batches import Batch
from catalog.intake.encoding import EncodingError
from catalog.intake.options import BatchReport, Complaint, ImportOptions
from catalog.intake.records import IntakeError, Limits
from catalog.intake.running import Intake
from catalog.intake.steps import MappingError
from catalog.intake.undoing import UndoReport

__all__ = [
    "Batch",
    "BatchReport",
    "Complaint",
    "EncodingError",
    "ImportOptions",
    "Intake",
    "IntakeError",
    "Limits",
    "MappingError",
    "UndoReport",
]
