"""The wheel works away from the checkout: installed into a clean environment, it runs the demo's steps."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WENMAI_")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wenmai(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a clean environment that has the wheel and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    wheel = next(folder.glob("wenmai-*.whl"))
    run(
        folder / "venv/bin/python",
        "-m",
        "pip",
        "install",
        "-q",
        "-c",
        ROOT / "constraints.txt",
        wheel,
        cwd=folder,
    )
    return folder / "venv/bin/wenmai"


def test_the_installed_wheel_runs_the_steps_of_the_demo(wenmai: Path, tmp_path: Path) -> None:
    port = _free_port()
    environment = os.environ | {"WENMAI_DATA": str(tmp_path / "data")}
    with subprocess.Popen(
        [wenmai, "demo", "--port", str(port)], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
    ) as demo:
        try:
            answer = _ask(f"http://127.0.0.1:{port}/v1/search?q=%E6%95%A6%E7%85%8C", seconds=60)
            page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).read().decode()
            script = urllib.request.urlopen(
                f"http://127.0.0.1:{port}/widget/wenmai-search.js", timeout=10
            ).read()
        finally:
            demo.terminate()
    assert answer["total"] > 10
    assert "文脉" in page
    assert b"customElements" in script


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _ask(address: str, seconds: float) -> dict[str, int]:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                answer: dict[str, int] = json.load(response)
                return answer
        except OSError:
            assert time.monotonic() < deadline, f"{address} did not answer"
            time.sleep(0.2)
