"""Have a Chromium for the browser tests: Debian's own, installed when this is root on Debian; else say how."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = os.environ.get("REVIEWHUB_TEST_CHROMIUM", "/usr/bin/chromium")


def main() -> None:
    """Install Debian's chromium where that is possible; the tests themselves skip (in CI: fail) without it."""
    if Path(CHROMIUM).exists():
        return
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.stdout.write(
            "There is no chromium: install it (Debian: apt-get install chromium) to run the browser tests.\n"
        )
        return
    sys.stdout.write("Installing chromium with apt-get, once; this takes a minute or two ...\n")
    sys.stdout.flush()
    # apt keeps its caches in the system's folders, and dpkg's scripts expect the system's own HOME.
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "HOME": "/root", "TMPDIR": "/tmp"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run([apt, "--quiet", "--quiet", *command], check=False, env=settings, stdout=subprocess.PIPE)
        if done.returncode != 0:
            sys.stdout.write(f"apt-get {command[0]} failed; the browser tests will say so.\n")
            return


if __name__ == "__main__":
    main()
