"""Files of every kind that is neither code nor notebook, each a real one."""

import base64
import io
import json
import struct
import wave
import zipfile

from tests.notebooks.builders import png

# One colour for two seconds, 32 × 16 pixels, VP8.
_WEBM = """
GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQJChYECGFOAZwEAAAAAAAIFEU2bdLpNu4tTq4QVSalmU6yBoU27i1OrhBZUrmtT
rIHGTbuMU6uEElTDZ1OsggEMTbuMU6uEHFO7a1OsggHv7AEAAAAAAABZAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAVSalmoCrXsYMPQkBNgIRMYXZmV0GETGF2
ZkSJiECfQAAAAAAAFlSua8GuAQAAAAAAADjXgQFzxYgAAAAAAAAAAZyBACK1nIN1bmSIgQCGhVZfVlA4g4EBI+ODhB3NZQDgibCBILqB
EJqBAhJUw2fRc3POY8CLY8WIAAAAAAAAAAFnyJhFo4dFTkNPREVSRIeLTGF2YyBsaWJ2cHhnyKJFo4hEVVJBVElPTkSHlDAwOjAwOjAy
LjAwMDAwMDAwMAAAH0O2dUCH54EAo72BAACA8AIAnQEqIAAQAABHCIWFiIWEiAICAnWqA/gD+gIKAh3A/v1u8//jmTcwxP+Obf/xYTwO
KMj/8VEAo5WBAfQAsQEAARAQABgAGFgv9AAIQACjlYED6ACxAQABEBAAGAAYWC/0AAhAAKOVgQXcALEBAAEQEAAYABhYL/QACEAAHFO7
a5G7j7OBALeK94EB8YIBYvCBAw==
"""


def webm() -> bytes:
    return base64.b64decode(_WEBM)


def wav(seconds: int = 2) -> bytes:
    """A quiet tone; nine minutes of it are more than browsers get at once."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(bytes([120, 136] * 4000) * seconds)
    return written.getvalue()


def pdf(words: str = "A report") -> bytes:
    """A page with a few words on it."""
    drawn = f"BT /F1 36 Tf 60 700 Td ({words}) Tj ET 1 0 0 rg 60 300 400 300 re f".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def npy(shape: str = "10000, 28, 28", descr: str = "|u1") -> bytes:
    """The header of a NumPy array, and no numbers."""
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode()


def zipped(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


TABLE = "epoch,loss,note\n" + "".join(f'{n},{1 / (n + 1):.4f},"step {n},\nsecond line"\n' for n in range(12_345))
DOCUMENT = """# The title

[the second part](#the-second-part) [line](model.py#L1) [notebook](main.ipynb) [folder](figures/) [top](./)
[other](docs/guide.md#how-to) [their project](../DiffEdit/demo.ipynb) [nothing](nothing.py)

![below](figures/loss.png)

## The second part
"""
GUIDE = "# How to\n\n![above](../figures/loss.png) [readme](../README.md#the-title)\n"
OTHER_FILES: dict[str, str | bytes] = {
    "results.csv": TABLE,
    "wide.tsv": "\ufeff".encode() + ("\t".join(f"c{n}" for n in range(60)) + "\n").encode() + b"1\t2\n",
    "minified.json": json.dumps({"names": ["a" * 40] * 50, "number": 1.50}, separators=(",", ":")),
    "lines.jsonl": '{"a": 1}\n{"a": 2}\n',
    "config.yaml": "lr: 0.1\nlayers:\n  - 1\n",
    "figures/loss.png": png(640, 480),
    "figures/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><script>alert(1)</script></svg>',
    "voice.wav": wav(540),
    "clip.webm": webm(),
    "report.pdf": pdf(),
    "README.md": DOCUMENT,
    "docs/guide.md": GUIDE,
    "digits.npy": npy(),
    "arrays.npz": zipped({"x.npy": npy("60000, 784", "<f4"), "y.npy": npy("60000,", "<i8")}),
    "weights.pt": zipped({"archive/data.pkl": b"\x80\x02}q\x00.", "archive/data/0": b"\0" * 400}),
    "old.pkl": b"\x80\x04\x95\0",
    "big.bin": b"\0" * 10,
    "lfs.npy": "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 123456789\n",
    "empty.py": "",
    "wide.txt": "wide".encode("utf-16"),
    "picture.py": png(3, 2),
    "huge.png": png(20_000, 1)[:16] + struct.pack(">II", 40_000, 40_000) + png()[24:],
}
