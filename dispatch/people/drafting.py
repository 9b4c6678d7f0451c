"""A file for somebody of whom a registry told: what is known; the address is missing.

Until somebody writes the address down the door is on no map: whatever is ordered is
blocked and counted, and the file stands among those to be completed.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from dispatch.access.scope import get_scoped
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict
from dispatch.people.changing import FactChange, change_facts
from dispatch.people.elder_facts import FactKind
from dispatch.people.elders import Elder, Household, IdentityKind
from dispatch.people.filing import FileDraft, keep_file, must_be_new, who
from dispatch.people.housing import Address
from dispatch.people.places import Station
from dispatch.people.proposals import Proposal
from dispatch.people.vault import erase, unseal
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork

TOLD_NUMBER = "told_number"  # sealed with a proposal: nobody's own number yet


class StationMissing(BadInput):
    """请先选由哪个驿站建档，没有保存。"""

    code = "station_missing"


class NumberNotKept(Conflict):
    """这条比对结果没有留下证件号，不能自动建档。请由驿站建档，这里选“不属实”。"""

    code = "number_not_kept"


def draft_file(
    uow: UnitOfWork, told: Proposal, station_id: UUID | None, *, words: str
) -> Elder:
    """Open the file of a person that a list named; the list's own words are erased.

    Raises:
        StationMissing, NumberNotKept, AlreadyOnFile, BadIdentity, BadFact, BirthMissing
        NotFound: no such station within reach.
    """
    if station_id is None:
        raise StationMissing
    station = get_scoped(uow, Station, station_id)
    kept = unseal(uow.session, [told.id], ["name", TOLD_NUMBER])[told.id]
    if TOLD_NUMBER not in kept:
        raise NumberNotKept
    draft = FileDraft(
        name=kept.get("name", ""),
        identity_kind=IdentityKind(told.facts["identity_kind"]),
        id_number=kept[TOLD_NUMBER],
        address=Address("", ""),
    )
    found, sex, born_on = who(draft, town_day(uow.now))
    must_be_new(uow, found)
    home = Household(
        id=uuid4(),
        station_id=station.id,
        street_code=station.street_code,
        community="",
        building="",
    )
    uow.session.add(home)
    uow.session.flush()
    person = (found, sex, born_on)
    elder = keep_file(uow, station, home, draft, person, source=told.source)
    _note(uow, elder, told, words)
    erase(uow.session, told.id)
    return elder


def _note(uow: UnitOfWork, elder: Elder, told: Proposal, words: str) -> None:
    known: Sequence[Json] = told.facts.get("told", ())
    today = town_day(uow.now)
    changes = [
        FactChange(FactKind(one["kind"]), one["value"], today, None, source=told.source)
        for one in known
    ]
    if changes:
        change_facts(uow, elder, changes, reason=words)
