"""Noise of a run is masked and nothing else: a table of examples both ways, and signatures of real-shaped outputs."""

import pytest

from reviewhub.notebooks import Output, read_notebook
from reviewhub.notebooks.signatures import masked, printed_text, signature
from tests.notebooks.builders import (
    as_base64,
    code,
    display,
    error,
    notebook,
    pandas_table,
    png,
    result,
    stream,
)

NOISE = [
    ("<__main__.Net object at 0x7f3a1c2b4d30>", "<__main__.Net object at 0x7fbb00112233>"),
    ("<function f at 0x104a>", "<function f at 0x10ff>"),
    ("[<matplotlib.lines.Line2D at 0x7f1234567890>]", "[<matplotlib.lines.Line2D at 0x7f0987654321>]"),
    ("140234567890123", "139876543210987"),
    ("<Figure size 640x480 with 1 Axes>", "<Figure size 432x288 with 2 Axes>"),
    ("100%|██████████| 391/391 [00:12<00:00, 31.25it/s]", "100%|█████| 391/391 [00:14<00:00, 27.9it/s]"),
    ("Epoch 1: 100%|███| 5/5 [1:02:03<00:00, 1.23s/it]", "Epoch 1: 100%|███| 5/5 [58:59<00:00,  1.10s/it]"),
    (
        " 50%|█████     | 5/10 [00:01<00:01]\n100%|██████████| 10/10 [00:02<00:00]",
        "100%|██████████| 10/10 [00:03<00:00]",
    ),
    (
        "391/391 [==============================] - 12s 31ms/step",
        "391/391 [==============================] - 9s 24ms/step",
    ),
    ("391/391 ━━━━━━━━━━━━━━━━━━━━ 12s 31ms/step", "391/391 ━━━━━━━━━━━━━━━━━━━━ 8s 20ms/step"),
    (
        "CPU times: user 1.2 s, sys: 3 ms, total: 1.2 s\nWall time: 1.4 s",
        "CPU times: user 2 s, sys: 30 ms, total: 2 s\nWall time: 2 s",
    ),
    (
        "3.21 µs ± 12.3 ns per loop (mean ± std. dev. of 7 runs, 100000 loops each)",
        "2.9 ms ± 1.1 µs per loop (mean ± std. dev. of 7 runs, 100 loops each)",
    ),
    ("Downloading 170M at 12.3MB/s", "Downloading 170M at 45.6MB/s"),
    ("1034 samples/sec", "998 samples/sec"),
    ("Training took 12.3 s", "Training took 14 minutes"),
    ("Epoch 1, Loss: 0.5, Time: 12.34", "Epoch 1, Loss: 0.5, Time: 13.90"),
    ("Time elapsed: 0:01:02.345678", "Time elapsed: 0:02:02.123"),
    ("Training complete in 2m 31s", "Training complete in 12m 3s"),
    ("epoch 3 (35.2s)", "epoch 3 (36.8s)"),
    ("2024-05-01 12:34:56,789 INFO start", "2024-06-02 01:02:03,004 INFO start"),
    ("--2024-05-01 12:34:56--  https://example.org/a.zip", "--2024-06-02 01:02:03--  https://example.org/a.zip"),
    ("Wed May  1 12:34:56 2024", "Thu Jun 13 01:02:03 2024"),
    ("Date: 2024-05-01", "Date: 2024-06-02"),
    ("runs/20240501-123456/events", "runs/20240602-010203/events"),
    ("W0501 12:34:56.789012 1234 graph.py:10] slow", "W0602 01:02:03.000001 99 graph.py:10] slow"),
    ("/tmp/ipykernel_1234/567890.py:3: UserWarning: x", "/tmp/ipykernel_99/1.py:3: UserWarning: x"),
    ("File <ipython-input-12-a1b2c3d4e5f6> in <module>", "File <ipython-input-3-ffeeddccbbaa> in <module>"),
    ("Cell In[12], line 3", "Cell In[7], line 3"),
    ("saved to /tmp/tmpab12cd34/model.pt", "saved to /tmp/tmpzz99yy88/model.pt"),
    ("/var/folders/ab/abcdefgh/T/tmpx1", "/var/folders/cd/12345678/T/tmpy2"),
    ("job 123e4567-e89b-12d3-a456-426614174000 queued", "job 00000000-1111-2222-3333-444444444444 queued"),
    ("wandb: run-20240501_123456-ab12cd34", "wandb: run-20240602_010203-zz99yy88"),
    ("Reusing TensorBoard on port 6006 (pid 1234)", "Reusing TensorBoard on port 6006 (pid 77)"),
]

NO_NOISE = [
    ("loss: 0.6931", "loss: 0.7012"),
    ("FID 12.3", "FID 14.9"),
    ("Epoch 3 loss=0.5 acc=0.91", "Epoch 3 loss=0.5 acc=0.92"),
    ("accuracy: 91 %", "accuracy: 92 %"),
    ("100%|███| 391/391 [00:12<00:00, 31.25it/s, loss=0.69]", "100%|███| 391/391 [00:12<00:00, 31.25it/s, loss=0.71]"),
    (" 40%|████      | 4/10 [00:12<00:18]", "100%|██████████| 10/10 [00:30<00:00]"),
    ("391/391 [====] - 12s 31ms/step - loss: 0.5", "391/391 [====] - 12s 31ms/step - loss: 0.6"),
    ("IS: 7.31 ± 0.12", "IS: 7.31 ± 0.20"),
    ("torch.Size([64, 3, 32, 32])", "torch.Size([64, 3, 64, 64])"),
    ("1.2M parameters", "1.3M parameters"),
    ("seed 1234", "seed 4321"),
    ("learning rate 2e-4", "learning rate 1e-4"),
    ("tensor(1.4023)", "tensor(1.3987)"),
    ("0x1F600", "0x1F601"),
    ("#ff00aa", "#ff00ab"),
    ("epoch 12", "epoch 13"),
    ("10 s", "20 s"),
    ("window of 5 minutes", "window of 10 minutes"),
    ("mse at t=0.5: 3.0", "mse at t=0.5: 4.0"),
    ("step 100/200", "step 150/200"),
    ("PSNR 31.2 dB", "PSNR 32.4 dB"),
    ("v1.2.3", "v1.2.4"),
    ("ratio 3:2", "ratio 4:2"),
    ("2014-05-01  12.5", "2015-05-01  12.5"),
    ("data/run1/model.pt", "data/run2/model.pt"),
    ("/tmp/data/mnist", "/tmp/data/cifar"),
    ("commit 1a2b3c4", "commit 4d5e6f7"),
    ("NLL (bits/dim): 3.21", "NLL (bits/dim): 3.05"),
    ("timesteps: 1000", "timesteps: 500"),
    ("time steps 12.5", "time steps 13.5"),
    ("in 12 blocks", "in 13 blocks"),
    ("sigma 138.5", "sigma 139.5"),
    ("140234567890123.5", "139876543210987.5"),
]


@pytest.mark.parametrize(("first", "second"), NOISE)
def test_noise_of_a_run_is_masked(first: str, second: str) -> None:
    assert masked(first) == masked(second)


@pytest.mark.parametrize(("first", "second"), NO_NOISE)
def test_result_is_never_masked(first: str, second: str) -> None:
    assert masked(first) != masked(second)


def test_masks_leave_everything_around_them() -> None:
    text = "epoch 3: loss 0.52 at 0x7f3a1c2b4d30, 31.2it/s, took 3.1 s; FID 12.1"

    assert masked(text) == "epoch 3: loss 0.52 at ‹address›, ‹speed›, ‹time›; FID 12.1"


@pytest.mark.parametrize(
    "text",
    [
        "loss 1.25\n" * 20_000,
        "=" * 200_000,
        "1" * 200_000,
        "a:" * 100_000,
        "1:" * 100_000,
        "%|" * 100_000,
        " " * 200_000,
        "[" * 200_000,
        "1 h " * 50_000,
        "-a1" * 70_000,
    ],
)
def test_masking_takes_time_linear_in_the_text(text: str) -> None:
    assert len(masked(text)) <= 2 * len(text)


def outputs_of(*saved: dict[str, object]) -> tuple[Output, ...]:
    return read_notebook(notebook([code("x", *saved)])).cells[0].outputs


def only(saved: dict[str, object]) -> Output:
    return outputs_of(saved)[0]


def test_printed_text_is_what_a_terminal_left() -> None:
    assert printed_text(only(stream("10%\r100%\n\x1b[31mred\x1b[0m"))) == "100%\nred"


def test_printed_text_of_an_error_has_no_colours() -> None:
    assert printed_text(only(error("E", "v", ["\x1b[0;31mE\x1b[0m: v"]))) == "E: v"


def test_printed_text_of_a_table_is_its_rows() -> None:
    table = "<style>td {color: red}</style><table><tr><th></th><th>FID &amp; more</th></tr>\n  <tr><th>ours</th><td>12.1</td></tr></table>"

    assert printed_text(only(result({"text/html": table, "text/plain": "cut …"}))) == "| FID & more\nours | 12.1"


def test_printed_text_of_preformatted_html_keeps_its_lines() -> None:
    assert printed_text(only(display({"text/html": "<pre>a\nb < c</pre>"}))) == "a\nb < c"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (stream("loss 0.5 took 3.1s\n"), stream("loss 0.5 took 4.0s\n")),
        (stream("a\nb  \n"), stream("a\nb\n\n")),
        (
            display({"image/png": as_base64(png(seed=1)), "text/plain": "<Figure size 640x480 with 1 Axes>"}),
            display({"image/png": as_base64(png(seed=1)) + "\n", "text/plain": "<Figure size 432x288 with 1 Axes>"}),
        ),
        (
            result({"text/html": pandas_table(3), "text/plain": "wide"}, count=1),
            result(
                {"text/html": pandas_table(3).replace("<table", '<table id="T_a1b2c"'), "text/plain": "narrow"}, count=9
            ),
        ),
        (
            display({"application/vnd.jupyter.widget-view+json": {"model_id": "aa"}, "text/plain": "HBox()"}),
            display({"application/vnd.jupyter.widget-view+json": {"model_id": "bb"}, "text/plain": "HBox()"}),
        ),
        (
            display(
                {"text/html": '<div id="123e4567-e89b-12d3-a456-426614174000"></div><script>plot([1, 2])</script>'}
            ),
            display(
                {"text/html": '<div id="00000000-1111-2222-3333-444444444444"></div><script>plot([1, 2])</script>'}
            ),
        ),
        (
            display({"application/json": {"a": 1, "b": 2}}),
            display({"application/json": {"b": 2, "a": 1}}),
        ),
    ],
)
def test_signatures_are_equal_where_only_noise_differs(first: dict[str, object], second: dict[str, object]) -> None:
    assert signature(only(first)) == signature(only(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (stream("loss 0.5"), stream("loss 0.6")),
        (stream("a"), error("a", "")),
        (display({"image/png": as_base64(png(seed=1))}), display({"image/png": as_base64(png(seed=2))})),
        (
            display({"image/svg+xml": "<svg><path d='M0 0'/></svg>"}),
            display({"image/svg+xml": "<svg><path d='M0 9'/></svg>"}),
        ),
        (
            result({"text/html": "<table><tr><td>1</td></tr></table>"}),
            result({"text/html": "<table><tr><td>2</td></tr></table>"}),
        ),
        (
            display({"text/html": "<img src='data:image/png;base64,AAAA'>"}),
            display({"text/html": "<img src='data:image/png;base64,BBBB'>"}),
        ),
        (
            display({"text/html": "<div></div><script>plot([1, 2])</script>"}),
            display({"text/html": "<div></div><script>plot([1, 3])</script>"}),
        ),
        (
            display({"application/vnd.plotly.v1+json": {"y": [1]}}),
            display({"application/vnd.plotly.v1+json": {"y": [2]}}),
        ),
        (display({"text/latex": "$a$"}), display({"text/latex": "$b$"})),
    ],
)
def test_signatures_differ_where_a_result_does(first: dict[str, object], second: dict[str, object]) -> None:
    assert signature(only(first)) != signature(only(second))
