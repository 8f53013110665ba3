"""The wheel holds everything the program needs when it is installed without its repository."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_ships_templates_static_files_migrations_and_course_files(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("reviewhub-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())

    shipped = [
        *((ROOT / "templates").rglob("*.html")),
        *((ROOT / "reviewhub" / "web" / "static").rglob("*.*")),
        *((ROOT / "reviewhub" / "storage" / "migrations").rglob("*.py")),
        *((ROOT / "reviewhub" / "storage" / "migrations").rglob("*.mako")),
        *((ROOT / "reviewhub" / "courses" / "files").glob("*.toml")),
        *(file for file in (ROOT / "reviewhub" / "demonstration" / "papers").rglob("*") if file.is_file()),
    ]
    wanted = {
        str(
            Path("reviewhub", file.relative_to(ROOT))
            if file.parts[len(ROOT.parts)] == "templates"
            else file.relative_to(ROOT)
        )
        for file in shipped
        if "__pycache__" not in file.parts
    }
    assert sorted(wanted - names) == []
    assert [name for name in names if name.startswith(("tests/", "bench/", "tools/"))] == []
