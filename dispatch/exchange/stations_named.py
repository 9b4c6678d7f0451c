"""Stations as sheets name them: by code or by name, within the actor's reach."""

from uuid import UUID

from sqlmodel import select

from dispatch.access.scope import scoped
from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Line, Sheet
from dispatch.people.places import Station
from dispatch.store.unit_of_work import UnitOfWork


class NamedStations:
    """Which station a cell means."""

    def __init__(self, uow: UnitOfWork) -> None:
        every = uow.session.exec(select(Station)).all()
        self._named = {one.code.upper(): one for one in every}
        self._named |= {one.name: one for one in every}
        self._mine = {one.id for one in uow.session.exec(scoped(uow.actor, Station))}
        own = uow.actor.station_id
        self._own = next((one for one in every if one.id == own), None)
        self.by_id: dict[UUID, Station] = {one.id: one for one in every}

    def judge(self, sheet: Sheet, line: Line) -> Station | None:
        """The station of a line; without a name the actor's own. Else the fault."""
        said = line.values.get("station")
        if said is None:
            if self._own is None and not _faulty(line):
                words = "必填：驿站的名称或编号"
                sheet.fault(line, "station", Fault.MISSING, words)
            return self._own
        found = self._named.get(said) or self._named.get(said.upper())
        if found is None:
            words = "没有这个驿站，请按驿站名录填写名称或编号"
            sheet.fault(line, "station", Fault.UNKNOWN_PLACE, words)
            return None
        if found.id not in self._mine:
            words = "这个驿站不在您的范围内"
            sheet.fault(line, "station", Fault.UNKNOWN_PLACE, words)
            return None
        return found


def _faulty(line: Line) -> bool:
    return any(each.field == "station" for each in line.faults)
