"""Terminal text: cursors, colours, length."""

import pytest

from reviewhub.notebooks.printed import apply_controls, color_html, shorten


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\r\nb", "a\nb"),
        ("10%\r20%\r100%\nnext", "100%\nnext"),
        ("100%\r", "100%"),
        ("longer\rab", "abnger"),
        ("ab\x08c", "ac"),
        ("12/60\x08\x08\x08\x08\x0813/60\n", "13/60\n"),
        ("\x08\x08a", "a"),
        ("\x1b[32m1\x1b[0m\r\x1b[32m2\x1b[0m", "\x1b[32m2\x1b[0m"),
    ],
)
def test_cursor_movements_leave_what_a_terminal_shows(text: str, seen: str) -> None:
    assert apply_controls(text) == seen


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a<b", "a&lt;b"),
        ("\x1b[31mred\x1b[0m", '<span class="ansi-red-fg">red</span>'),
        ("\x1b[1;32mok\x1b[m", '<span class="ansi-green-intense-fg ansi-bold">ok</span>'),
        ("\x1b[38;5;9mx", '<span class="ansi-red-intense-fg">x</span>'),
        ("\x1b[38;2;255;0;0mx", '<span class="ansi-red-intense-fg">x</span>'),
        ("\x1b[48;5;250mx", '<span class="ansi-white-bg">x</span>'),
        ("\x1b[2K\x1b[1Ax\x1b[?25l", "x"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b", ""),
        ("\x1b[31", ""),
        ("\ufdd231m", "\ufffd31m"),
        ("\x1b[0m\ufdd231mx", "\ufffd31mx"),
        ("\x1b[0;32m---> 1\x1b[0m \x1b[0mloss", '<span class="ansi-green-fg">---&gt; 1</span> loss'),
        (
            "\x1b[1m\x1b[31ma\x1b[22mb",
            '<span class="ansi-red-intense-fg ansi-bold">a</span><span class="ansi-red-fg">b</span>',
        ),
        ("\x1b[7mx\x1b[27my", '<span class="ansi-default-inverse-fg ansi-default-inverse-bg">x</span>y'),
        ("\x1b[4;43mx\x1b[24;49my\x1b[999mz", '<span class="ansi-yellow-bg ansi-underline">x</span>yz'),
        ("a\x07b", "a␇b"),
    ],
)
def test_terminal_colours_become_classes_and_nothing_else(text: str, html: str) -> None:
    assert color_html(text) == html


def test_text_is_cut_at_line_ends() -> None:
    text = "".join(f"{number:05}\n" for number in range(20_000))

    short = shorten(text)

    assert short is not None
    assert short.head.endswith("\n")
    assert short.tail.endswith("19999\n")
    assert len(short.head) + short.left_out + len(short.tail) == len(text)


def test_text_that_fits_is_left_whole() -> None:
    assert shorten("a" * 65_536) is None
