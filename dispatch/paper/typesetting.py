"""Setting sheets: from plain contents to PDF, with typst and a bundled Chinese font."""

import io
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import segno
import typst

_HERE: Final = Path(__file__).resolve().parent
_FONTS: Final = Path(pylopdf_fonts_zh_cn.__file__).resolve().parent


def set_sheet(template: str, contents: dict[str, Any], **words: str) -> bytes:
    """A PDF; the same contents give the same pages.

    Args:
        template: a file of this folder, without its ending.
        words: what else stands on the sheet, such as its edition.

    Raises:
        typst.TypstError: the template is at fault.
    """
    told = json.dumps({**contents, **words}, ensure_ascii=False)
    made: bytes = typst.compile(
        str(_HERE / f"{template}.typ"),
        root=str(_HERE),
        font_paths=[str(_FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"told": told},
    )
    return made


@cache
def qr_code(words: str) -> str:
    """A QR code as SVG."""
    out = io.BytesIO()
    segno.make(words, error="m", micro=False).save(
        out, kind="svg", border=2, xmldecl=False, svgns=True
    )
    return out.getvalue().decode()
