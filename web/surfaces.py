"""The pages: built once into `web/dist`, served as they are, packed for the road."""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.tour_hosts import NOBODY, may_be_framed_by

DIST: Final = Path(__file__).parent / "dist"
SURFACES: Final = {
    "/": "index.html",
    "/station": "station.html",
    "/courier": "courier.html",
    "/coordinator": "coordinator.html",
    "/office": "office.html",
    "/kitchen": "kitchen.html",
    "/calls": "calls.html",
    "/oversight": "oversight.html",
    "/account": "account.html",
}
_ASKED_UNASKED: Final = {"favicon.ico": "favicon.svg"}  # what browsers ask for anyway
_LOOSE_FILES: Final = frozenset({".svg", ".png", ".ico", ".js", ".css", ".webmanifest"})
# In the demo's tour a pane is led from outside; no other page ever loads this.
_LED: Final = '<script type="module" src="/tourpane.js"></script>'
_PACKED: Final = frozenset({".js", ".css", ".svg"})
NOT_BUILT: Final = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<title>六助</title><h1>页面还没有构建</h1>
<p>服务器已在运行，但缺少页面文件（web/dist）。
请运行 <code>python3 -m dispatch demo</code>，它会自动构建；
或在 web/ui 中运行 <code>npm ci &amp;&amp; npm run build</code>。</p>
<p lang="en">The server runs, but its pages are not built (web/dist).</p></html>"""


class HashedFiles(StaticFiles):
    """Files whose names change with their content: browsers may keep them.

    Text goes packed to whoever takes it so: on a phone in the street it is the
    difference between a page and a wait.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        file = Path(answer.path) if isinstance(answer, FileResponse) else None
        if file is None or file.suffix not in _PACKED:
            return answer
        answer.headers["Vary"] = "Accept-Encoding"
        if "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return answer
        packed = await to_thread.run_sync(_pack, file)
        headers = {**answer.headers, "Content-Encoding": "gzip"}
        del headers["content-length"]
        return Response(packed, headers=headers)


@lru_cache(maxsize=64)
def _pack(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 9)


def page(request: Request) -> Response:
    """One surface; asked again each time, so that a new version is seen at once."""
    file = request.app.state.dist / SURFACES[request.url.path]
    if not file.is_file():
        return HTMLResponse(NOT_BUILT, 503, headers={"Cache-Control": "no-store"})
    if may_be_framed_by(request.headers.get("host", "")) != NOBODY:
        led = file.read_text() + _LED
        return HTMLResponse(led, headers={"Cache-Control": "no-cache"})
    return FileResponse(file, headers={"Cache-Control": "no-cache"})


def loose_file(name: str, request: Request) -> Response:
    """An icon or the service worker, which must lie beside the pages."""
    dist: Path = request.app.state.dist
    file = dist / _ASKED_UNASKED.get(name, name)
    if file.suffix not in _LOOSE_FILES or file.parent != dist or not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, headers={"Cache-Control": "no-cache"})


def add_surfaces(app: FastAPI, dist: Path = DIST) -> None:
    """Serve the built pages; without them each address says what is missing."""
    app.state.dist = dist
    router = APIRouter(include_in_schema=False)
    for address in SURFACES:
        router.add_api_route(address, page, methods=["GET", "HEAD"])
    router.add_api_route("/{name}", loose_file, methods=["GET", "HEAD"])
    app.mount(
        "/assets", HashedFiles(directory=dist / "assets", check_dir=False), "assets"
    )
    app.include_router(router)
