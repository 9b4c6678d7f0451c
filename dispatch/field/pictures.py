"""What a picture may be: a JPEG or a PNG of bearable size, and nothing beside it.

The bytes are somebody else's. They are not decoded here: the parts of the file are read
one by one, what draws the picture is kept, and what tells of the camera, the place or
anything else is left out, as is whatever stands behind its end.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from struct import unpack_from
from typing import Final

from dispatch.errors import BadInput

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
MOST_POINTS: Final = 24_000_000  # what a screen has to unfold to show it
_LONGEST_SIDE: Final = 16_000
_MOST_SCANS: Final = 64  # each is drawn over the whole picture
_START: Final = b"\xff\xd8"
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_NEXT_MARK: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")

_END: Final = 0xD9
_SCAN: Final = 0xDA
_APP0: Final = 0xE0
_ADOBE: Final = 0xEE  # how its colours are mixed
_FRAMES: Final = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_DRAWS: Final = _FRAMES | {0xC4, 0xCC, 0xDB, 0xDD, _ADOBE}
_CHUNKS: Final = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"}


class NotThisPicture(BadInput):
    """照片不完整或不是照片，没有保存。请重新上传。"""

    code = "not_this_picture"


def media_of(content: bytes) -> str | None:
    """What its beginning says that it is."""
    if content.startswith(_START + b"\xff"):
        return JPEG
    return PNG if content.startswith(_PNG_START) else None


def bare(content: bytes) -> bytes:
    """The same picture without anything beside it.

    Raises:
        NotThisPicture: neither a JPEG nor a PNG, cut off, or too large to be shown.
    """
    read = {JPEG: _jpeg, PNG: _png}.get(media_of(content) or "")
    if read is None:
        raise NotThisPicture
    try:
        return b"".join(read(content))
    except struct.error as trouble:
        raise NotThisPicture from trouble


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield _START
    at, scans, sized = len(_START), 0, False
    while True:
        lead, mark = unpack_from(">BB", content, at)
        if lead != 0xFF:
            raise NotThisPicture
        if mark == 0xFF:  # filling
            at += 1
            continue
        if mark == _END:
            break
        (size,) = unpack_from(">H", content, at + 2)
        part = content[at : at + 2 + size]
        if size < 2 or len(part) < 2 + size:
            raise NotThisPicture
        if mark in _FRAMES:
            height, width = unpack_from(">HH", content, at + 5)
            _must_be_bearable(width, height)
            sized = True
        at += len(part)
        if mark == _SCAN:
            scans += 1
            found = _NEXT_MARK.search(content, at)
            if not sized or scans > _MOST_SCANS or found is None:
                raise NotThisPicture
            part += content[at : found.start()]
            at = found.start()
        if mark in _DRAWS or mark == _SCAN or _is_plain_head(mark, part):
            yield part
    if not scans:
        raise NotThisPicture
    yield bytes((0xFF, _END))


def _is_plain_head(mark: int, part: bytes) -> bool:
    """The few bytes that say how large a point is; without a small picture in it."""
    return mark == _APP0 and part[4:9] == b"JFIF\0" and len(part) == 18


def _png(content: bytes) -> Iterator[bytes]:
    yield _PNG_START
    at, drawn, kind = len(_PNG_START), False, b""
    while kind != b"IEND":
        size, kind = unpack_from(">I4s", content, at)
        part = content[at : at + 12 + size]
        (told,) = unpack_from(">I", part, 8 + size)
        if told != zlib.crc32(part[4:-4]):
            raise NotThisPicture
        if (at == len(_PNG_START)) != (kind == b"IHDR"):
            raise NotThisPicture
        if kind == b"IHDR":
            _must_be_bearable(*unpack_from(">II", part, 8))
        drawn = drawn or kind == b"IDAT"
        if kind in _CHUNKS:
            yield part
        at += len(part)
    if not drawn:
        raise NotThisPicture


def _must_be_bearable(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_POINTS or max(width, height) > _LONGEST_SIDE:
        raise NotThisPicture
