"""Write requirements/run.txt, dev.txt, bench.txt anew: pinned, hashed, for every platform, without index addresses."""

import subprocess
import sys
from pathlib import Path

UV = Path(sys.executable).with_name("uv")
SAME = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links",
    "--no-header", "--no-annotate", "--quiet", *sys.argv[1:],
)  # fmt: skip
SOURCES = ("pyproject.toml", "requirements/build.in")


def main() -> None:
    """Lock what the program needs, what its developers need on top at the same versions, and what `make bench` adds."""
    compile_to("requirements/run.txt", *SOURCES)
    compile_to("requirements/dev.txt", *SOURCES, "--group", "dev", "--constraints", "requirements/run.txt")
    compile_to("requirements/bench.txt", "--group", "bench", "--no-deps")
    for name in ("run", "dev", "bench"):
        text = Path(f"requirements/{name}.txt").read_text(encoding="utf-8")
        sys.stdout.write(f"requirements/{name}.txt: {text.count('==')} packages\n")


def compile_to(file: str, *more: str) -> None:
    """Write one requirement file."""
    subprocess.run([UV, "pip", "compile", *more, *SAME, "--output-file", file], check=True)


if __name__ == "__main__":
    main()
