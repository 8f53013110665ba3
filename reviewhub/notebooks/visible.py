"""Makes characters visible that a reader could not see, and so could be deceived by."""

import re

# Bidirectional controls reorder code as shown (CVE-2021-42574); zero-width ones hide in names. Joiners are left
# alone between letters and symbols that need them (emoji, Persian, Indic), and shown next to plain ASCII.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
    "|(?<=[\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f])"
)
# C0 and C1 controls but tab and line feed, noncharacters (some are ours, see `slots`) and lone surrogates.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
# Any character the other two may change: one look, and most texts need no more.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_SHOWN = re.compile("⟨U\\+[0-9A-F]{4,6}⟩")


def make_visible(text: str) -> str:
    """The text with unseen characters written as `⟨U+202E⟩` and control characters as their pictures (␀).

    Carriage returns before a line feed go; the result never holds a character of `slots`.
    """
    if text.isascii():
        return _CONTROL.sub(_picture, text.replace("\r\n", "\n")) if _CONTROL.search(text) else text
    if not _ODD.search(text):
        return text
    text = _UNPRINTABLE.sub(_picture, text.replace("\r\n", "\n"))
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def mark_shown(html: str) -> str:
    """Safe HTML in which the characters written out by `make_visible` stand out."""
    if html.isascii() or "⟨U+" not in html:
        return html
    return _SHOWN.sub(r'<span class="hidden-character" title="A character one cannot see">\g<0></span>', html)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:  # noqa: PLR2004 - the C0 controls
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"  # noqa: PLR2004 - delete
