"""Runs commands as a user does, and reads what they print."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from portal.cli import app


@dataclass(frozen=True, slots=True)
class Terminal:
    """Runs commands on one data directory, with the model that ships or another one."""

    data: Path
    model: Path | None = None

    def run(self, *words: str) -> Result:
        """What a command did."""
        environment = {"WENMAI_DATA": str(self.data), "COLUMNS": "200"}
        if self.model is not None:
            environment["WENMAI_MODEL"] = str(self.model)
        return CliRunner().invoke(app, words, env=environment)

    def json(self, *words: str) -> Any:
        """The one document that the command prints."""
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def refused(self, *words: str, status: int = 1) -> str:
        """What the command says as it refuses."""
        done = self.run(*words)
        assert done.exit_code == status, done.output
        assert isinstance(done.exception, SystemExit), done.exception
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        return done.stderr
