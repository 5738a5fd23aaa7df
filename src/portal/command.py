"""The program `wenmai`: what its commands need takes a while to import, and Ctrl-C ends that quietly, too."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that the arguments name."""
    try:
        from portal.cli import app
    except KeyboardInterrupt:
        sys.exit(130)
    app()
