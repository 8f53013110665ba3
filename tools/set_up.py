"""Make `.venv` and install the pinned, hashed requirements and the project into it: `set_up.py run|dev|bench`.

Standard library only: it runs before anything is installed. Called by tools/set_up.sh, through `make`.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path.cwd()
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
REDRAW_SECONDS = 0.25
PLAIN_SECONDS = 10.0


class Progress:
    """One line that tells what is going on and for how long; on a terminal it is redrawn in place."""

    def __init__(self, what: str, total: int = 0) -> None:
        self.what, self.total, self.count = what, total, 0
        self.began = time.monotonic()
        self.ended = threading.Event()
        self.on_terminal = sys.stdout.isatty()
        self.drawer = threading.Thread(target=self._draw, daemon=True)

    def __enter__(self) -> "Progress":  # noqa: PYI034 - Self is newer than some Pythons this must refuse politely
        self.drawer.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.ended.set()
        self.drawer.join()
        end = "" if fault[0] is None else " failed"
        sys.stdout.write(f"{self._start()}{self._line()}{end}\n")
        sys.stdout.flush()

    def _draw(self) -> None:
        while not self.ended.wait(REDRAW_SECONDS if self.on_terminal else PLAIN_SECONDS):
            sys.stdout.write(f"{self._start()}{self._line()}" + ("" if self.on_terminal else "\n"))
            sys.stdout.flush()

    def _start(self) -> str:
        return "\r\x1b[K" if self.on_terminal else ""

    def _line(self) -> str:
        counted = f" {min(self.count, self.total)}/{self.total}" if self.total else ""
        return f"{self.what}{counted} ({time.monotonic() - self.began:.0f} s)"


def main(kind: str) -> None:
    """Set up what `kind` needs: "run" the program alone, "dev" the tests and linters as well, "bench" peers on top."""
    requirements = HERE / "requirements" / f"{kind}.txt"
    stamp = VENV / f"ready-{kind}"
    make_venv()
    install(requirements)
    if kind == "bench":
        stamp.touch()
        return
    with Progress("Installing ReviewHub itself"):
        pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--no-compile", "--editable", ".")
    (VENV / "here").write_text(f"{HERE}\n", encoding="utf-8")
    if kind == "dev":
        (VENV / "ready-run").touch()
    stamp.touch()


def make_venv() -> None:
    """Make `.venv` afresh where there is none that runs here."""
    here = VENV / "here"
    works = PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode == 0
    if works and (not here.exists() or here.read_text(encoding="utf-8").strip() == str(HERE)):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    with Progress("Making .venv"):
        run([sys.executable, "-m", "venv", str(VENV)])


def install(requirements: Path) -> None:
    """Install every requirement at exactly its pinned version, and only if its hash is one of those written down."""
    wanted = re.findall(r"^[a-z0-9]", requirements.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE)
    command = [
        str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile", "--only-binary", ":all:",
        "--no-color", "--progress-bar", "off", "--requirement", str(requirements),
    ]  # fmt: skip
    lines: list[str] = []
    with Progress("Installing packages", total=len(wanted)) as progress:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in child.stdout or ():
            lines.append(line)
            progress.count += line.startswith(("Collecting ", "Requirement already", "Ignoring "))
        if child.wait() != 0:
            sys.stdout.write("".join(lines[-20:]))
            sys.exit("The packages could not be installed: see above; with the network back, run it again.")


def pip(*arguments: str) -> None:
    """Run pip of `.venv`."""
    run([str(PYTHON), "-m", "pip", *arguments])


def run(command: list[str]) -> None:
    """Run a command; where it fails, show what it said and stop."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ)
    if done.returncode != 0:
        sys.stdout.write(done.stdout + done.stderr)
        sys.exit(f"This failed: {' '.join(command)}")


if __name__ == "__main__":
    main(sys.argv[1])
