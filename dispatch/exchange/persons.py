"""Persons in a sheet: their papers, their place on the map, whom we know already."""

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Line, Sheet
from dispatch.people.datum import BadPoint, to_wgs84
from dispatch.people.elders import Elder, IdentityKind
from dispatch.people.identities import BadIdentity, check_identity
from dispatch.people.vault import owners_by

_SOUTH, _NORTH, _WEST, _EAST = 3.8, 53.6, 73.6, 135.1  # where China lies
_PERMIT: Final = re.compile(r"8[123]0000")
_NOT_SAVED: Final = re.compile(r"[，。]?没有保存。")
_CHECK: Final = "校验"
_NO_SUCH_DAY: Final = "出生日期不存在"


def judge_identity(sheet: Sheet, line: Line) -> None:
    """Check the number; take birthday and sex from it, or hold them against it."""
    number = line.values.get("id_number", "")
    kind = line.values.setdefault("identity_kind", _kind_of(number))
    if not number and kind is not IdentityKind.NONE:
        if not any(each.field == "id_number" for each in line.faults):
            words = "没有号码；确实暂无证号的，在“证件类型”填“暂无证号”"
            sheet.fault(line, "id_number", Fault.MISSING, words)
        return
    try:
        identity = check_identity(kind, number)
    except BadIdentity as bad:
        words = _NOT_SAVED.sub("", str(bad))
        sheet.fault(line, "id_number", _fault_of(words), words)
        return
    line.values["id_number"] = identity.number
    for name, told in (("born_on", identity.born_on), ("sex", identity.sex)):
        if told is None or _is_faulty(line, name):
            continue
        if line.values.setdefault(name, told) != told:
            words = "与身份证号不符"
            sheet.fault(line, name, Fault.IDENTITY_DIFFERS, words)


def judge_day(sheet: Sheet, line: Line, name: str, today: date) -> None:
    """A day that must lie behind us."""
    on = line.values.get(name)
    if on is not None and on > today:
        sheet.fault(line, name, Fault.FUTURE_DATE, "日期在今天之后")


def judge_place(sheet: Sheet, line: Line) -> None:
    """Coordinates as WGS-84, or what is wrong with them; a datum is never guessed."""
    lat, lon = line.values.get("lat"), line.values.get("lon")
    if lat is None and lon is None:
        return
    if lat is None or lon is None:
        missing = "lat" if lat is None else "lon"
        sheet.fault(line, missing, Fault.MISSING, "经度和纬度要一起填")
        return
    words = _wrong_place(lat, lon)
    if words:
        sheet.fault(line, "lat", Fault.BAD_COORDINATES, words)
        return
    if "datum" not in line.values:
        if not _is_faulty(line, "datum"):
            words = "填了坐标要写明坐标系：高德、百度或天地图"
            sheet.fault(line, "datum", Fault.MISSING, words)
        return
    try:
        point = to_wgs84(lat, lon, line.values["datum"])
    except BadPoint:
        sheet.fault(line, "lat", Fault.BAD_COORDINATES, "坐标无效")
        return
    line.values["lat"], line.values["lon"] = (round(each, 6) for each in point)


def known_by(
    session: Session, sheet: Sheet, name: str = "id_number"
) -> dict[str, UUID]:
    """Whose number this is, of everybody on file; one look for each five hundred."""
    said = {line.values[name] for line in sheet.lines if line.values.get(name)}
    return {
        value: owners[0] for value, owners in owners_by(session, name, said).items()
    }


def elders_of(session: Session, ids: Collection[UUID]) -> dict[UUID, Elder]:
    """These elders; whoever is none is left out."""
    found: dict[UUID, Elder] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        query = select(Elder).where(col(Elder.id).in_(wanted[start : start + 500]))
        found.update({elder.id: elder for elder in session.exec(query)})
    return found


def numbers_of(session: Session, said: Iterable[str]) -> dict[str, Elder]:
    """Elders by their number here."""
    found: dict[str, Elder] = {}
    wanted = sorted(set(said))
    for start in range(0, len(wanted), 500):
        query = select(Elder).where(col(Elder.number).in_(wanted[start : start + 500]))
        found.update({elder.number: elder for elder in session.exec(query)})
    return found


def _is_faulty(line: Line, name: str) -> bool:
    return any(each.field == name for each in line.faults)


def _kind_of(number: str) -> IdentityKind:
    if _PERMIT.match(number):
        return IdentityKind.RESIDENCE_PERMIT
    if number.startswith("9") and len(number) == 18:
        return IdentityKind.PERMANENT_RESIDENT
    return IdentityKind.RESIDENT


def _fault_of(words: str) -> Fault:
    if _CHECK in words:
        return Fault.BAD_CHECK_DIGIT
    return Fault.IMPOSSIBLE_DATE if _NO_SUCH_DAY in words else Fault.BAD_IDENTITY


def _wrong_place(lat: float, lon: float) -> str:
    if _SOUTH <= lat <= _NORTH and _WEST <= lon <= _EAST:
        return ""
    if _SOUTH <= lon <= _NORTH and _WEST <= lat <= _EAST:
        return "经度和纬度写反了"
    return "坐标不在中国境内"
