"""Pictures as small as they can be, and what others would put beside them."""

import struct
import zlib
from typing import Final

# Where it was taken, as a camera writes it; a page; the end, with an archive behind it.
PLACE: Final = b"Exif\0\0MM\0*\0\0\0\x08 GPSLatitude 36/1 39/1"
PAGE: Final = b"<html><script>alert(1)</script></html>"
ARCHIVE: Final = b"PK\x03\x04 evil.html " + PAGE


def jpeg(
    drawn: bytes = b"one",
    *beside: tuple[int, bytes],
    width: int = 8,
    height: int = 8,
    scans: int = 1,
) -> bytes:
    """A JPEG of one grey block, by its parts; `beside` are parts of other marks."""
    frame = struct.pack(">BHHB3B", 8, height, width, 1, 1, 0x11, 0)
    scan = part(0xDA, bytes((1, 1, 0, 0, 63, 0))) + drawn
    return b"".join(
        (
            b"\xff\xd8",
            part(0xE0, b"JFIF\0" + bytes((1, 1, 0, 0, 1, 0, 1, 0, 0))),
            *(part(mark, words) for mark, words in beside),
            part(0xDB, bytes(65)),
            part(0xC0, frame),
            part(0xC4, bytes(17)),
            scan * scans,
            b"\xff\xd9",
        )
    )


def part(mark: int, words: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(words) + 2) + words


def png(
    *beside: tuple[bytes, bytes], width: int = 2, height: int = 2, rows: bytes = b""
) -> bytes:
    """A grey PNG; `beside` are further chunks."""
    chunks = (
        (b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)),
        *beside,
        (b"IDAT", zlib.compress(rows or bytes(height * (width + 1)))),
        (b"IEND", b""),
    )
    made = b"\x89PNG\r\n\x1a\n"
    for name, data in chunks:
        crc = struct.pack(">I", zlib.crc32(name + data))
        made += struct.pack(">I", len(data)) + name + data + crc
    return made
