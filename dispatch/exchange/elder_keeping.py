"""Keeping a judged sheet of elders: new files in bulk, changes one by one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from dispatch.access.second_factor import draw_letters
from dispatch.clock import town_day
from dispatch.exchange.bulk import Row, insert_rows
from dispatch.exchange.elder_judging import FACTS, PLAIN, SEALED, ElderPlan
from dispatch.exchange.lines import Act, Line, Sheet
from dispatch.exchange.persons import elders_of
from dispatch.log.events import Event
from dispatch.people.changing import FactChange, change_facts, tell_change
from dispatch.people.elder_facts import (
    NOTHING,
    SINCE_EVER,
    ElderFact,
    FactKind,
    keep_value,
    may_be_unsaid,
)
from dispatch.people.elders import Contact, Elder, Household
from dispatch.people.vault import seal, seal_new, unseal
from dispatch.store.unit_of_work import UnitOfWork

_SOURCE: Final = "sheet"
_ADDRESS_PARTS: Final = ("community", "estate", "building", "unit", "room")


def keep_elders(uow: UnitOfWork, sheet: Sheet, run_id: UUID) -> None:
    """Write the new files and the changes of a judged sheet."""
    _keep_new(uow, [line for line in sheet.lines if line.act is Act.CREATE], run_id)
    _keep_changes(uow, [line for line in sheet.lines if line.act is Act.UPDATE])


def _keep_new(uow: UnitOfWork, lines: Sequence[Line], run_id: UUID) -> None:
    session, homes = uow.session, _homes(uow.session, lines)
    prefix = _free_prefix(uow)
    elders = [_elder(uow, line, homes[line.row], prefix) for line in lines]
    sealed: dict[UUID, dict[str, str]] = {}
    contacts: list[Row] = []
    said: list[Row] = []
    for elder, line in zip(elders, lines, strict=True):
        said += _said_outright(uow, elder, line)
        sealed[elder["id"]] = _texts(line, "name", "id_number", *SEALED)
        if "contact_phone" in line.values:
            contacts.append(_contact(elder["id"], line))
            sealed[contacts[-1]["id"]] = _contact_texts(line)
    insert_rows(session, Elder, elders)
    insert_rows(session, ElderFact, said)
    insert_rows(session, Contact, contacts)
    seal_new(session, sealed)
    insert_rows(session, Event, [_enrolled(uow, one["id"], run_id) for one in elders])


def _homes(session: Session, lines: Sequence[Line]) -> dict[int, UUID]:
    """A household per line; two lines with one address live behind one door."""
    known = _known_homes(session, {line.plan.station.id for line in lines})
    made: list[Row] = []
    sealed: dict[UUID, dict[str, str]] = {}
    homes: dict[int, UUID] = {}
    for line in lines:
        key = (line.plan.station.id, address_of(line.values))
        if key not in known:
            made.append(_household(line))
            known[key] = made[-1]["id"]
            sealed[known[key]] = _door_texts(line)
        homes[line.row] = known[key]
    insert_rows(session, Household, made)
    seal_new(session, sealed)
    return homes


def _known_homes(
    session: Session, station_ids: set[UUID]
) -> dict[tuple[UUID, str], UUID]:
    """The doors of these stations by their address."""
    query = select(Household.id, Household.station_id)
    query = query.where(col(Household.station_id).in_(station_ids))
    stations: dict[UUID, UUID] = dict(session.exec(query).all())
    kept = unseal(session, list(stations), ["address"])
    return {
        (station_id, kept[home_id]["address"]): home_id
        for home_id, station_id in stations.items()
        if kept[home_id].get("address")
    }


def address_of(values: Mapping[str, Any]) -> str:
    """The whole address as one text, composed of its parts if it was not given."""
    if "address" in values:
        return str(values["address"])
    return "".join(str(values[part]) for part in _ADDRESS_PARTS if part in values)


def _household(line: Line) -> Row:
    values, station = line.values, line.plan.station
    said: Row = {name: values[name] for name in ("floor", "lift") if name in values}
    if "lat" in values:
        said |= {name: values[name] for name in ("lat", "lon", "datum")}
        said["located_by"] = _SOURCE
    return {
        "id": uuid4(),
        "station_id": station.id,
        "street_code": station.street_code,
        "community": values.get("community", ""),
        "estate": values.get("estate", ""),
        "building": values.get("building", ""),
        **said,
    }


def _door_texts(line: Line) -> dict[str, str]:
    values = line.values
    door = "".join(values.get(part, "") for part in ("unit", "room"))
    texts = _texts(line, "unit", "room", "door_note") | {"address": address_of(values)}
    return texts | ({"door": door} if door else {})


def _free_prefix(uow: UnitOfWork) -> str:
    """What the numbers of this run's new files begin with, and no other file's yet."""
    while True:
        prefix = f"{town_day(uow.now):%y%m%d}-{draw_letters(1, 5).upper()}-"
        taken = select(Elder.id).where(
            col(Elder.number).startswith(prefix, autoescape=True)
        )
        if uow.session.exec(taken.limit(1)).first() is None:
            return prefix


def _elder(uow: UnitOfWork, line: Line, home_id: UUID, prefix: str) -> Row:
    values, station = line.values, line.plan.station
    number = f"{prefix}{line.row}"
    said: Row = {name: values[name] for name in (*FACTS, *PLAIN) if name in values}
    said.setdefault("hukou_in_district", False)
    return {
        "id": uuid4(),
        "number": values.get("number", number),
        "household_id": home_id,
        "station_id": station.id,
        "street_code": station.street_code,
        "identity_kind": values["identity_kind"],
        "sex": values["sex"],
        "born_on": values["born_on"],
        "home_street": station.street_code if said["hukou_in_district"] else "",
        "made_at": uow.now,
        **said,
    }


def _said_outright(uow: UnitOfWork, elder: Row, line: Line) -> list[Row]:
    """What the sheet says of somebody and a file would have unsaid: 能力完好, 本区."""
    rows: list[Row] = []
    for kind, nothing in NOTHING.items():
        value = {name: elder.get(name, unsaid) for name, unsaid in nothing.items()}
        if not nothing.keys() & line.values.keys() or not may_be_unsaid(kind, value):
            continue
        rows.append(
            {
                "id": uuid4(),
                "elder_id": elder["id"],
                "seq": len(rows) + 1,
                "kind": kind,
                "value": keep_value(value),
                "from_on": SINCE_EVER,
                "source": _SOURCE,
                "recorded_at": uow.now,
                "recorded_by": uow.actor.account_id,
            }
        )
    return rows


def _contact(elder_id: UUID, line: Line) -> Row:
    relation = line.values.get("contact_relation", "联系人")
    return {"id": uuid4(), "elder_id": elder_id, "rank": 1, "relation": relation}


def _contact_texts(line: Line) -> dict[str, str]:
    name = line.values.get("contact_name", "")
    return {"name": name, "phone": line.values["contact_phone"]}


def _enrolled(uow: UnitOfWork, elder_id: UUID, run_id: UUID) -> Row:
    """The first line of an elder's story. The feed hears once of the whole run."""
    return {
        "id": uuid4(),
        "subject": "elder",
        "subject_id": elder_id,
        "number": 1,
        "kind": "elder.enrolled",
        "facts": {"source": _SOURCE, "import_id": str(run_id)},
        "role": uow.actor.role,
        "account_id": uow.actor.account_id,
        "at": uow.now,
    }


def _texts(line: Line, *names: str) -> dict[str, str]:
    return {name: line.values[name] for name in names if line.values.get(name)}


def _keep_changes(uow: UnitOfWork, lines: Sequence[Line]) -> None:
    elders = elders_of(uow.session, [line.plan.elder.id for line in lines])
    for line in sorted(lines, key=lambda each: str(each.plan.elder.id)):
        plan: ElderPlan = line.plan
        assert plan.elder is not None  # noqa: S101 - judged to be known
        elder = elders[plan.elder.id]
        _change(uow, elder, line)


def _change(uow: UnitOfWork, elder: Elder, line: Line) -> None:
    uow.session.refresh(elder, with_for_update=True)
    texts: dict[str, str] = {
        name: line.values[name] for name in SEALED if name in line.changes
    }
    if texts:
        seal(uow.session, elder.id, texts)
    plain = [name for name in PLAIN if name in line.changes]
    for name in plain:
        setattr(elder, name, line.values[name])
    uow.session.add(elder)
    changes = list(_fact_changes(uow, elder, line))
    if changes:
        change_facts(uow, elder, changes)
    if texts or plain:
        tell_change(uow, elder, "sheet", fields=",".join([*texts, *plain]))


def _fact_changes(uow: UnitOfWork, elder: Elder, line: Line) -> Iterator[FactChange]:
    """A fact changes as a whole; what the sheet does not say of it stays."""
    for kind, columns in NOTHING.items():
        if not set(columns) & set(line.changes):
            continue
        value = {name: line.values.get(name, getattr(elder, name)) for name in columns}
        if kind is FactKind.HUKOU and value["hukou_in_district"]:
            value["home_street"] = elder.home_street or elder.street_code
        yield FactChange(kind, value, town_day(uow.now), source=_SOURCE)
