"""What bytes claiming to be a sound or a video really are, among those that browsers play."""

_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"M4P ", b"F4A "})
_PICTURE_BRANDS = frozenset({b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1"})
_MPEG_SYNC = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
_AAC_SYNC = (b"\xff\xf1", b"\xff\xf9")


def media_type(head: bytes) -> str | None:  # noqa: PLR0911 - one question per format
    """The media type of a sound or video by its first bytes (64 are enough), or None when no browser plays it."""
    if head[4:8] == b"ftyp":
        return _iso_type(head[8:12])
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"theora" in head[:64] else "audio/ogg"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head.startswith((b"ID3", *_MPEG_SYNC)):
        return "audio/mpeg"
    return "audio/aac" if head.startswith(_AAC_SYNC) else None


def _iso_type(brand: bytes) -> str | None:
    if brand in _PICTURE_BRANDS:
        return None
    if brand in _SOUND_BRANDS:
        return "audio/mp4"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"
