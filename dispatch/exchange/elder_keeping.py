"""Keeping a judged sheet of elders: new files in bulk, changes one by one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from dispatch.clock import town_day
from dispatch.exchange.elder_judging import FACTS, PLAIN, SEALED, ElderPlan
from dispatch.exchange.lines import Act, Line, Sheet
from dispatch.exchange.persons import elders_of
from dispatch.log.events import Event
from dispatch.people.changing import FactChange, change_facts, tell_change
from dispatch.people.elder_facts import NOTHING, FactKind
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
    homes = _homes(uow.session, lines)
    elders = [_elder(uow, line, homes[line.row], run_id) for line in lines]
    contacts = [
        (_contact(elder, line), line)
        for elder, line in zip(elders, lines, strict=True)
        if "contact_phone" in line.values
    ]
    insert_all(uow.session, elders)
    insert_all(uow.session, [contact for contact, _ in contacts])
    sealed = {
        elder.id: _texts(line, "name", "id_number", *SEALED)
        for elder, line in zip(elders, lines, strict=True)
    }
    for contact, line in contacts:
        sealed[contact.id] = {
            "name": line.values.get("contact_name", ""),
            "phone": line.values["contact_phone"],
        }
    seal_new(uow.session, sealed)
    insert_all(uow.session, [_enrolled(uow, elder, run_id) for elder in elders])


def insert_all(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert rows of one table in one statement."""
    if rows:
        session.flush()
        session.execute(insert(type(rows[0])), [row.model_dump() for row in rows])


def _homes(session: Session, lines: Sequence[Line]) -> dict[int, Household]:
    """A household per line; two lines with one address live behind one door."""
    known = _known_homes(session, {line.plan.station.id for line in lines})
    made: list[tuple[Household, Line]] = []
    homes: dict[int, Household] = {}
    for line in lines:
        key = (line.plan.station.id, address_of(line.values))
        if key not in known:
            known[key] = _household(line)
            made.append((known[key], line))
        homes[line.row] = known[key]
    insert_all(session, [home for home, _ in made])
    seal_new(session, {home.id: _door_texts(line) for home, line in made})
    return homes


def _known_homes(
    session: Session, station_ids: set[UUID]
) -> dict[tuple[UUID, str], Household]:
    query = select(Household).where(col(Household.station_id).in_(station_ids))
    homes = {home.id: home for home in session.exec(query)}
    kept = unseal(session, list(homes), ["address"])
    return {
        (home.station_id, kept[home.id]["address"]): home
        for home in homes.values()
        if kept[home.id].get("address")
    }


def address_of(values: Mapping[str, Any]) -> str:
    """The whole address as one text, composed of its parts if it was not given."""
    if "address" in values:
        return str(values["address"])
    return "".join(str(values[part]) for part in _ADDRESS_PARTS if part in values)


def _household(line: Line) -> Household:
    values, station = line.values, line.plan.station
    return Household(
        id=uuid4(),
        station_id=station.id,
        street_code=station.street_code,
        community=values.get("community", ""),
        estate=values.get("estate", ""),
        building=values.get("building", ""),
        floor=values.get("floor", 1),
        lift=values.get("lift", False),
        lat=values.get("lat"),
        lon=values.get("lon"),
        **({"datum": values["datum"]} if "lat" in values else {}),
        located_by=_SOURCE if "lat" in values else None,
    )


def _door_texts(line: Line) -> dict[str, str]:
    values = line.values
    door = "".join(values.get(part, "") for part in ("unit", "room"))
    texts = _texts(line, "unit", "room", "door_note") | {"address": address_of(values)}
    return texts | ({"door": door} if door else {})


def _elder(uow: UnitOfWork, line: Line, home: Household, run_id: UUID) -> Elder:
    values, station = line.values, line.plan.station
    number = f"{uow.now:%y%m%d}-{run_id.hex[:5].upper()}-{line.row}"
    said = {name: values[name] for name in (*FACTS, *PLAIN) if name in values}
    said.setdefault("hukou_in_district", False)
    return Elder(
        id=uuid4(),
        number=values.get("number", number),
        household_id=home.id,
        station_id=station.id,
        street_code=station.street_code,
        identity_kind=values["identity_kind"],
        sex=values["sex"],
        born_on=values["born_on"],
        home_street=station.street_code if said["hukou_in_district"] else "",
        made_at=uow.now,
        **{"diet_tags": [], "allergies": [], **said},
    )


def _contact(elder: Elder, line: Line) -> Contact:
    relation = line.values.get("contact_relation", "联系人")
    return Contact(id=uuid4(), elder_id=elder.id, rank=1, relation=relation)


def _enrolled(uow: UnitOfWork, elder: Elder, run_id: UUID) -> Event:
    """The first line of an elder's story. The feed hears once of the whole run."""
    return Event(
        id=uuid4(),
        subject="elder",
        subject_id=elder.id,
        number=1,
        kind="elder.enrolled",
        facts={"source": _SOURCE, "import_id": str(run_id)},
        role=uow.actor.role,
        account_id=uow.actor.account_id,
        at=uow.now,
    )


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
