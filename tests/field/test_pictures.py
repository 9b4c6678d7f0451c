"""Pictures as others may send them: refused, or kept without what they knew."""

import pytest

from dispatch.field.pictures import NotThisPicture, bare, media_of
from tests.field.drawn import ARCHIVE, PAGE, PLACE, jpeg, part, png

TEXT = b"Comment\0" + PAGE
KNOWING = {
    "a place in a JPEG": (jpeg(b"one", (0xE1, PLACE)), jpeg()),
    "a page in a JPEG": (jpeg(b"one", (0xFE, PAGE), (0xE2, PAGE)), jpeg()),
    "a small picture in its head": (
        jpeg(b"one", (0xE0, b"JFXX\0\x10" + jpeg())),
        jpeg(),
    ),
    "an archive behind a JPEG": (jpeg() + ARCHIVE, jpeg()),
    "marks that are filled up": (jpeg().replace(b"\xff\xdb", b"\xff\xff\xdb"), jpeg()),
    "words in a PNG": (png((b"tEXt", TEXT), (b"eXIf", PLACE)), png()),
    "packed words in a PNG": (png((b"zTXt", TEXT), (b"iCCP", TEXT)), png()),
    "pictures that move": (png((b"acTL", bytes(8)), (b"fdAT", TEXT)), png()),
    "a page behind a PNG": (png() + PAGE, png()),
}
NONE = {
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "a drawing with a declaration": b'<?xml version="1.0"?><svg/>',
    "another kind": b"GIF89a" + bytes(40),
    "a newer kind": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(30),
    "a page that begins like a JPEG": b"\xff\xd8\xff" + PAGE,
    "a page that begins like a PNG": png()[:8] + PAGE,
    "a JPEG cut off": jpeg()[:-1],
    "a JPEG cut off in a part": jpeg()[:30],
    "a JPEG that draws nothing": jpeg(scans=0),
    "a part of no length": b"\xff\xd8\xff\xe1\0\0" + bytes(20),
    "a PNG cut off": png()[:-4],
    "a PNG that draws nothing": png()[:33] + png()[-12:],
    "a PNG without a head": png()[:8] + png()[33:],
    "a PNG of another sum": png()[:-1] + b"\0",
    "a wall as a PNG": png(width=60_000, height=60_000, rows=bytes(60_000)),
    "a long thread": png(width=20_000, height=1, rows=bytes(20_001)),
    "nothing wide": png(width=0, height=0, rows=b"0"),
    "a wall as a JPEG": jpeg(width=65_000, height=65_000),
    "a JPEG drawn a thousand times": jpeg(scans=1_000),
    "nothing": b"",
}


@pytest.mark.parametrize(("sent", "kept"), KNOWING.values(), ids=KNOWING)
@pytest.mark.proves("F76", "S27")
def test_a_picture_is_kept_without_what_it_knew(sent: bytes, kept: bytes) -> None:
    assert bare(sent) == kept
    assert bare(kept) == kept
    assert not any(word in bare(sent) for word in (b"GPS", b"script", b"PK\x03\x04"))


@pytest.mark.parametrize("sent", NONE.values(), ids=NONE)
@pytest.mark.proves("F76", "S27")
def test_what_is_no_bearable_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(NotThisPicture, match="没有保存"):
        bare(sent)


def test_pictures_of_several_scans_and_restarts_stay_whole() -> None:
    drawn = b"a\xff\x00b\xff\xd0c" + part(0xC4, bytes(17))
    made = jpeg(drawn, (0xDD, b"\0\1"), scans=3)

    assert bare(made) == made
    assert (media_of(made), media_of(png()), media_of(b"GIF")) == (
        *("image/jpeg", "image/png"),
        None,
    )
