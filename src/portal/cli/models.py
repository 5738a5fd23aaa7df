"""`wenmai model`: the text embedding."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from catalog.errors import WenmaiError
from portal.cli.common import DEFAULT_DATA, AsJson, Data, messages, plainly, services_of, show

app = typer.Typer(help="Train and show the text embedding.", no_args_is_help=True)


@app.command()
@plainly
def train(
    pairs: Annotated[list[Path], typer.Argument(help="Files of {q, p} pairs: JSON lines, gzip or plain.")],
    out: Annotated[Path, typer.Option(help="Folder for the model.")],
    steps: Annotated[int, typer.Option(min=1)] = 1500,
    seed: int = 7,
    as_json: AsJson = False,
) -> None:
    """Train an embedding on pairs of texts that mean the same. Needs the extra `models`.

    Example: wenmai model train pairs/*.jsonl.gz --out my-model
    """
    try:
        from search.embedding.training import train as run
    except ImportError as error:
        raise WenmaiError("training needs the extra `models`: pip install 'wenmai[models]'") from error
    with Progress(console=messages, transient=True) as progress:
        task = progress.add_task("train", total=steps)
        run(
            pairs,
            out,
            steps=steps,
            seed=seed,
            progress=lambda step, loss: progress.update(task, completed=step),
        )
    show({"model": str(out), "steps": steps, "seed": seed}, as_json)


@app.command(name="show")
@plainly
def show_(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Show which embedding is in use.

    Example: wenmai model show
    """
    with services_of(data) as services:
        embedding = services.specification.embedding
    show({"dimension": embedding.dimension, "fingerprint": embedding.fingerprint}, as_json)
