"""Texts and controls stand out from their ground in both themes: WCAG 2.2 AA, from tokens.css."""

import re
from pathlib import Path

import pytest

import reviewhub.web

TOKENS = (Path(reviewhub.web.__file__).parent / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", TOKENS)
}
SURFACES = ("paper", "paper-2", "raised")
TONES = ("good", "warn", "bad", "info")
TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent-text", *TONES) for ground in SURFACES]
TEXT += [(tone, f"{tone}-soft") for tone in TONES] + [
    ("accent-text", "accent-soft"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
]
TEXT += [(ink, f"{tone}-soft") for ink in ("ink", "ink-2") for tone in (*TONES, "accent")]
TEXT += [("accent-text", f"{tone}-soft") for tone in TONES]
TEXT += [
    ("ink", "paper-3"),
    ("ink-2", "paper-3"),
    ("bar-ink", "bar"),
    ("bad-ink", "bad-fill"),
    ("ink", "mark"),
    ("ink", "found"),
    ("found-ink", "found-here"),
    ("ink", "code-selected"),
    ("ink", "code-hover"),
]
TEXT += [
    (name, ground)
    for name in COLOURS
    if name.startswith(("syn-", "ansi-"))
    for ground in (
        "paper",
        "code-bg",
        "code-selected",
        "added-bg",
        "removed-bg",
        "added-mark",
        "removed-mark",
        "accent-soft",
    )
    if not (name.startswith("ansi-") and ground != "code-bg")
]
TEXT += [("code-gutter", "code-bg")]
CONTROLS = [
    ("line-2", "paper"),
    ("accent", "paper"),
    ("accent", "paper-2"),
    ("focus", "paper"),
    ("focus", "paper-2"),
    ("focus", "raised"),
    ("bar-line", "bar"),
]
CONTROLS += [(f"{tone}-fill", ground) for tone in TONES for ground in ("paper", "raised")]
CONTROLS += [(f"series-{place}", "paper") for place in range(1, 6)]


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def too_weak(pairs: list[tuple[str, str]], least: float) -> list[str]:
    """The pairs below `least` in either theme, as sentences."""
    return [
        f"{ink} on {ground}, {theme}: {ratio:.2f}"
        for ink, ground in pairs
        for theme, place in (("light", 0), ("dark", 1))
        if (ratio := contrast(COLOURS[ink][place], COLOURS[ground][place])) < least
    ]


def test_contrast_of_black_and_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_text_is_readable_on_its_ground() -> None:
    assert too_weak(TEXT, 4.5) == []


def test_controls_and_marks_stand_out_from_their_ground() -> None:
    assert too_weak(CONTROLS, 3.0) == []
