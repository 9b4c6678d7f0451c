"""The public notice of a month: a page without a sign-in, there while it runs."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from dispatch.reports.notice_pages import print_notice, whole_of
from dispatch.subsidy.months.notices import list_running, notice_at
from web.deps import Db, place_of, tries_of
from web.pages.writing import NOTICE, write_page

_PAGE: Final = 50


def count_look(request: Request) -> None:
    """Anybody may read it; nobody may read it without end. Raises: TooManyLooks."""
    tries_of(request).count_look(place_of(request))


router = APIRouter(
    prefix=NOTICE, include_in_schema=False, dependencies=[Depends(count_look)]
)
Month = Annotated[str, Path(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")]
Code = Annotated[str, Path(pattern=r"^[\w-]{1,16}$")]
Start = Annotated[int, Query(ge=0, le=100_000)]


@router.get("")
def get_running(database: Db) -> HTMLResponse:
    """Which months are up, and at which stations."""
    running = database.read(list_running)
    return write_page("notices.html", running=running)


@router.get("/{month}/{code}.pdf")
def get_print(month: Month, code: Code, database: Db) -> Response:
    """A station's list for its wall."""
    content = database.read(lambda uow: print_notice(uow, month, code))
    name = quote(f"公示-{month}-{code}.pdf")
    shown = f"inline; filename*=UTF-8''{name}"
    headers = {"Content-Disposition": shown, "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get("/{month}/{code}")
def get_notice(
    month: Month, code: Code, database: Db, start: Start = 0
) -> HTMLResponse:
    """A station's list, page by page."""
    place, notice = database.read(
        lambda uow: notice_at(uow, month, code, limit=_PAGE, offset=start)
    )
    after = start + len(notice.rows)
    return write_page(
        "notice.html",
        place=place,
        notice=notice,
        whole=whole_of(notice),
        before=max(0, start - _PAGE) if start else None,
        after=after if after < notice.living else None,
    )
