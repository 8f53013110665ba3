"""Run every linter and contract, two at a time; show what failed in full and the rest in one line each."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = Path(sys.executable).parent
CHECKS = {
    "ruff check": ["ruff", "check", "--quiet", "."],
    "ruff format": ["ruff", "format", "--check", "--quiet", "."],
    "mypy": ["mypy", "--no-error-summary"],
    "import-linter": ["lint-imports"],
    "deptry": ["deptry", "--no-ansi", "reviewhub"],
    "djlint": ["djlint", "templates", "--lint", "--quiet"],
}


def main() -> int:
    """Return 1 where any check failed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        failed = [name for name, fine in zip(CHECKS, pool.map(check, CHECKS), strict=True) if not fine]
    sys.stdout.write(f"{', '.join(failed)} failed.\n" if failed else "All checks hold.\n")
    return int(bool(failed))


def check(name: str) -> bool:
    """Run one check and say how it went."""
    program, *arguments = CHECKS[name]
    began = time.monotonic()
    done = subprocess.run(
        [BIN / program, *arguments], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    seconds = time.monotonic() - began
    said = "" if done.returncode == 0 else f"\n{done.stdout}"
    sys.stdout.write(f"{'holds ' if done.returncode == 0 else 'failed'}  {name} ({seconds:.1f} s){said}\n")
    sys.stdout.flush()
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
