"""Two versions of one project in which every kind of change happens once, for the tests of comparing."""

from tests.notebooks.builders import as_base64, code, display, error, markdown, notebook, pandas_table, png, stream
from tests.projects.worlds import DUE_1, DUE_2, World, minutes

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 3\n"
MODEL = ["import torch", "", "", "def train(steps):", *(f"    step_{number} = {number}" for number in range(5, 101))]
NEW_MODEL = [*MODEL[:49], "    step_50 = 5000", *MODEL[50:], "    return step_100"]
LOSSES = "".join(f"def loss_{number}(real, fake):\n    return real - fake * {number}\n" for number in range(20))


def cells(version: int) -> list[dict[str, object]]:
    """The cells of the notebook: unchanged, edited, moved, new, removed; outputs of every form."""
    is_new = version == 2
    long = "".join(f"weight_{number} = torch.zeros({number})\n" for number in range(40))
    table = pandas_table().replace("<td>1.5</td>", "<td>9.5</td>") if is_new else pandas_table()
    found = [
        markdown("# Attentive GAN", cell_id="title"),
        *(code(f"setting_{number} = {number}", count=number, cell_id=f"setting-{number}") for number in range(4)),
        markdown("We reach an FID of **42**." if not is_new else "We reach an FID of **17**.", cell_id="claim"),
        code(long.replace("weight_20 =", "weights_20 =") if is_new else long, cell_id="edited"),
        code("fit()", stream(f"epoch 1 took 0.{version} s\nloss 0.{version}\n"), cell_id="printed"),
        code("clock()", stream(f"<object at 0x7f{version}0aa>\n"), cell_id="noisy"),
        code("table", display({"text/html": table}), cell_id="table"),
        code("show()", display({"image/png": as_base64(png(60, 40, 40 * version))}), cell_id="figure"),
    ]
    moved = code("import everything_that_is_needed_here", cell_id="moved")
    found.insert(len(found) if is_new else 1, moved)
    extra = code("fresh = 1 < 2", error("KeyError", "k", ["KeyError: k"]), cell_id="fresh")
    found.insert(3, extra if is_new else code("stale = 1", stream("gone\n"), cell_id="stale"))
    return found


FIRST = {
    "AWGAN/model.py": "\n".join(MODEL) + "\n",
    "AWGAN/spaces.py": "if True:\n    x = 1\n    y = 2\n",
    "AWGAN/old losses.py": LOSSES,
    "AWGAN/same name.py": "same = 1\n",
    "AWGAN/gone.py": "gone = 1\n",
    "AWGAN/data.bin": b"\0\1\2",
    "AWGAN/figures/figure.png": png(6, 4, 1),
    "AWGAN/weights.pt": POINTER.format("a" * 64),
    "AWGAN/run.sh": "echo run\n",
    "AWGAN/broken.ipynb": notebook([code("x = 1")]),
    "AWGAN/main.ipynb": notebook(cells(1)),
}
SECOND = {
    "AWGAN/model.py": "\n".join(NEW_MODEL) + "\n",
    "AWGAN/spaces.py": "if True:\n        x = 1\n        y = 2\n",
    "AWGAN/old losses.py": None,
    "AWGAN/src/losses.py": LOSSES.replace("real - fake * 7", "fake - real * 7"),
    "AWGAN/same name.py": None,
    "AWGAN/src/other name.py": "same = 1\n",
    "AWGAN/gone.py": None,
    "AWGAN/new & <b>.py": "new = '<script>'\n",
    "AWGAN/data.bin": b"\0\1\2\3",
    "AWGAN/figures/figure.png": png(8, 4, 2),
    "AWGAN/weights.pt": POINTER.format("b" * 64),
    "AWGAN/broken.ipynb": '{"cells": [',
    "AWGAN/main.ipynb": notebook(cells(2)),
    "AWGAN/info.yaml": "title: x\n",
}


def freeze_both(world: World) -> World:
    """Push and freeze both versions."""
    world.confirm()
    for files, target, at in ((FIRST, "one.py", DUE_1), (SECOND, "two.py", DUE_2)):
        link = world.shared.clone / "AWGAN" / "link"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        world.shared.commit(files, at=at - minutes(9))
        sub = "1" if target == "one.py" else "2"
        world.shared.at_clone("update-index", "--add", "--cacheinfo", f"160000,{sub * 40},AWGAN/sub")
        if target == "two.py":
            world.shared.at_clone("update-index", "--chmod=+x", "AWGAN/run.sh")
        world.shared.at_clone("commit", "-qm", "more", at=at - minutes(8))
        world.shared.push(at=at - minutes(7))
        world.look_and_freeze(at + minutes(60))
    return world
