"""What a file that is not shown is called, by its first bytes and its name: "PyTorch weights", "NumPy array"."""

from pathlib import PurePosixPath

UNKNOWN = "binary file"
_BY_BYTES = (
    (b"\x93NUMPY", "NumPy array"),
    (b"\x89HDF\r\n\x1a\n", "HDF5 file"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"\x7fELF", "program or library for Linux (ELF)"),
    (b"MZ", "program or library for Windows"),
    (b"\xcf\xfa\xed\xfe", "program or library for macOS"),
    (b"\xca\xfe\xba\xbe", "compiled Java class or macOS program"),
    (b"\x1f\x8b", "gzip archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ\0", "xz archive"),
    (b"\x28\xb5\x2f\xfd", "Zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"PAR1", "Parquet table"),
    (b"ARROW1", "Arrow table"),
    (b"wOFF", "web font"),
    (b"wOF2", "web font"),
    (b"OTTO", "font"),
    (b"\0\1\0\0\0", "font"),
    (b"II*\0", "TIFF picture"),
    (b"MM\0*", "TIFF picture"),
    (b"\0\0\1\0", "icon"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office file (old format)"),
    (b"GGUF", "model weights (GGUF)"),
    (b"\0asm", "WebAssembly program"),
    (b"\x80\x02\x8a\x0al\xfc\x9cF", "PyTorch weights (old format, a pickle)"),
    (b"RIFF", "RIFF file"),
)
_BY_SUFFIX = {
    "pt": "PyTorch weights", "pth": "PyTorch weights", "ckpt": "checkpoint", "bin": "binary file",
    "npz": "NumPy arrays", "npy": "NumPy array", "h5": "HDF5 file", "hdf5": "HDF5 file", "keras": "Keras model",
    "pkl": "pickle", "pickle": "pickle", "joblib": "pickle (joblib)", "safetensors": "model weights (safetensors)",
    "onnx": "ONNX model", "pb": "TensorFlow graph", "tflite": "TensorFlow Lite model", "mat": "MATLAB file",
    "parquet": "Parquet table", "feather": "Arrow table", "tar": "tar archive", "tgz": "tar archive (gzip)",
    "zip": "zip archive", "gz": "gzip archive", "pyc": "compiled Python", "so": "library for Linux",
    "dll": "library for Windows", "exe": "program for Windows", "ttf": "font", "otf": "font", "docx": "Word document",
    "xlsx": "Excel workbook", "pptx": "PowerPoint slides", "odt": "OpenDocument text", "ods": "OpenDocument table",
    "odp": "OpenDocument slides", "jar": "Java archive", "whl": "Python package", "apk": "Android app",
    "avi": "AVI video", "heic": "HEIC picture", "avif": "AVIF picture", "tfrecord": "TensorFlow records",
    "tfevents": "TensorBoard log", "db": "database", "csv": "table", "tsv": "table", "mp4": "video", "mov": "video",
    "mkv": "video", "webm": "video", "mp3": "sound", "wav": "sound", "flac": "sound", "ogg": "sound",
    "pdf": "PDF document", "png": "picture", "jpg": "picture", "jpeg": "picture", "gif": "picture", "webp": "picture",
    "ipynb": "notebook", "json": "JSON file", "txt": "text", "log": "log",
}  # fmt: skip
_ZIPS = frozenset(
    ("pt", "pth", "ckpt", "npz", "keras", "docx", "xlsx", "pptx", "odt", "ods", "odp", "jar", "whl", "apk")
)
_PICKLE_PROTOCOLS = range(2, 6)
_TAR_MARK = slice(257, 262)


def file_words(name: str, head: bytes = b"") -> str:  # noqa: PLR0911 - a table of questions in order
    """What the file is, in words, by `head`, its first bytes, and by its name where they do not tell."""
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    by_name = _BY_SUFFIX.get(suffix, "")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return f"{by_name} (zip)" if suffix in _ZIPS else "zip archive"
    if head[_TAR_MARK] == b"ustar":
        return "tar archive"
    if b"AVI " in head[8:12]:
        return "AVI video"
    if head[4:8] == b"ftyp":
        return "AVIF or HEIC picture"
    if found := next((words for mark, words in _BY_BYTES if head.startswith(mark)), ""):
        return found
    if head[:1] == b"\x80" and len(head) > 1 and head[1] in _PICKLE_PROTOCOLS:
        return f"{by_name} (pickle)" if suffix in {"pt", "pth", "ckpt"} else "pickle"
    return by_name or UNKNOWN
