"""What groups are called on a report."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.catalogue.services import Service
from dispatch.people.places import Station, Street
from dispatch.reports.figures import Looking
from dispatch.reports.sums import Sums
from dispatch.reports.tables import Cell, Column, Kind
from dispatch.subsidy.policy import ANY
from dispatch.subsidy.rule_versions import rules_on
from dispatch.words import say

COUNTS: Final = (
    Column("orders", "人次", Kind.COUNT, "ledger.orders/1"),
    Column("persons", "人数", Kind.COUNT, "ledger.persons/1"),
    Column("person_days", "人日", Kind.COUNT, "ledger.person_days/1"),
)
FENS: Final = (
    Column("price_fen", "服务金额(元)", Kind.FEN, "ledger.price/1"),
    Column("subsidy_fen", "补贴(元)", Kind.FEN, "ledger.subsidy/1"),
    Column("coupon_fen", "消费券(元)", Kind.FEN, "ledger.coupon/1"),
    Column("external_fen", "保险等(元)", Kind.FEN, "ledger.external/1"),
    Column("self_fen", "自付(元)", Kind.FEN, "ledger.self/1"),
    Column("borne_fen", "站点承担(元)", Kind.FEN, "ledger.borne/1"),
    Column("other_fen", "其他(元)", Kind.FEN, "ledger.other/1"),
)


def cells_of(sums: Sums) -> dict[str, Cell]:
    """The cells of those columns."""
    return {column.field: getattr(sums, column.field) for column in (*COUNTS, *FENS)}


def street_names(session: Session) -> Mapping[str, str]:
    query = select(Street.code, Street.name).order_by(col(Street.code))
    return dict(session.exec(query).all())


def stations_by_id(session: Session) -> dict[str, Station]:
    """Every station by its id as text, by its code."""
    query = select(Station).order_by(col(Station.code))
    return {str(one.id): one for one in session.exec(query)}


def services_by_code(session: Session) -> dict[str, Service]:
    query = select(Service).order_by(col(Service.assist), col(Service.code))
    return {one.code: one for one in session.exec(query)}


def category_names(look: Looking) -> Mapping[str, str]:
    """The kinds of person as the rules of that day call them."""
    policy = rules_on(look.session, look.as_of).policy
    named = {one.id: one.name or one.id for one in policy.category}
    return {**named, ANY: "其他老年人", "": "—"}


def channel_name(channel: str) -> str:
    return say("channel", channel) if channel else "—"


def station_named(stations: Mapping[str, Station], station_id: str | UUID) -> str:
    found = stations.get(str(station_id))
    return found.name if found else str(station_id)
