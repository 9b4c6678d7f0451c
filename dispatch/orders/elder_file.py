"""An elder's whole file on one page (一人一档), masked as the asking role has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from dispatch.access.accounts import titles_of
from dispatch.access.masking import mask_id_number, mask_phone
from dispatch.clock import town_day
from dispatch.log.events import list_story
from dispatch.orders.file_parts import (
    KeptAgreement,
    KeptConsent,
    KeptKey,
    KeptLife,
    KeptPause,
    KeptProposal,
    parts,
)
from dispatch.people.categories import Category, categories_on
from dispatch.people.consents import Consent, Purpose, standing_consents
from dispatch.people.door_keys import list_keys
from dispatch.people.elder_facts import (
    FactKind,
    History,
    Standing,
    history_of,
    is_told,
    standing_on,
)
from dispatch.people.elders import Contact, Elder, Household, list_contacts
from dispatch.people.housing import list_behind
from dispatch.people.life_events import list_life_events
from dispatch.people.pauses import list_pauses
from dispatch.people.places import Station
from dispatch.people.proposals import list_open_proposals
from dispatch.people.responsible import Responsible, responsible_on
from dispatch.people.showing import ElderRow, show_elder, shown_name
from dispatch.people.vault import unseal
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork
from dispatch.words import say


@dataclass(frozen=True, kw_only=True)
class FileContact:
    id: UUID
    rank: int
    relation: str
    name: str
    phone: str
    may_collect: bool
    holds_key: bool
    guardian: bool
    from_hour: int
    until_hour: int


@dataclass(frozen=True, kw_only=True)
class FileDoor:
    """Where they live, no further than the building; the rest is asked for."""

    community: str
    estate: str
    building: str
    floor: int
    lift: bool
    grid_code: str | None
    lat: float | None
    lon: float | None
    datum: str
    located_by: str | None
    has_note: bool
    shared_with: list[str]


@dataclass(frozen=True, kw_only=True)
class FileFact:
    """A dated fact as it stands today; value None where nothing is known.

    `told`: somebody has said it. Until then the value is what is taken to be so.
    """

    kind: str
    value: Json | None
    told: bool
    source: str
    from_on: date | None
    until_on: date | None
    about: Json


@dataclass(frozen=True, kw_only=True)
class Answerer:
    """Who answers for the elder, by the name of their account or their own."""

    rank: int
    name: str
    from_on: date


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of the file's story: when, who, what."""

    at: datetime
    actor: str
    kind: str
    about: Json


@dataclass(frozen=True, kw_only=True)
class ElderFile:
    """Everything that is kept of one elder, and who changed what when."""

    row: ElderRow
    identity_kind: str
    id_number: str
    phone: str
    born_on: date
    died_on: date | None
    left_on: date | None
    language: str
    fall_risk: bool
    infectious: bool
    swallowing_level: int
    visit_every_days: int | None
    station: str
    door: FileDoor
    contacts: list[FileContact]
    facts: list[FileFact]
    categories: list[Category]
    consents: list[KeptConsent]
    agreements: list[KeptAgreement]
    responsible: list[Answerer]
    pauses: list[KeptPause]
    keys: list[KeptKey]
    life: list[KeptLife]
    proposals: list[KeptProposal]
    changes: list[Change]


def show_file(uow: UnitOfWork, elder_id: UUID) -> ElderFile:
    """The file of an elder within reach.

    Raises:
        NotFound: unknown, or not for this person.
    """
    elder, row, home = show_elder(uow, elder_id)
    today, session = town_day(uow.now), uow.session
    history = history_of(session, elder.id)
    kept = unseal(session, [elder.id], ["phone", "id_number"])[elder.id]
    return ElderFile(
        row=row,
        identity_kind=elder.identity_kind.value,
        id_number=mask_id_number(kept.get("id_number", "")),
        phone=mask_phone(kept.get("phone", "")),
        born_on=elder.born_on,
        died_on=elder.died_on,
        left_on=elder.left_on,
        language=elder.language,
        fall_risk=elder.fall_risk,
        infectious=elder.infectious,
        swallowing_level=elder.swallowing_level,
        visit_every_days=elder.visit_every_days,
        station=session.get_one(Station, elder.station_id).name,
        door=_door(uow, elder, home),
        contacts=_contacts(uow, elder.id),
        facts=[
            _fact(kind, history, standing_on(elder, history, kind, today))
            for kind in FactKind
        ],
        categories=list(categories_on(elder, history, today)),
        consents=parts(KeptConsent, _consents(session, elder.id)),
        agreements=parts(KeptAgreement, history.agreements),
        responsible=_answerers(
            session, responsible_on(session, [elder.id], today)[elder.id]
        ),
        pauses=parts(KeptPause, list_pauses(session, elder.id)),
        keys=parts(KeptKey, list_keys(session, elder.id)),
        life=parts(KeptLife, list_life_events(session, elder.id)),
        proposals=parts(KeptProposal, list_open_proposals(session, elder.id)),
        changes=_changes(session, elder.id),
    )


def _door(uow: UnitOfWork, elder: Elder, home: Household) -> FileDoor:
    others = [one for one in list_behind(uow.session, home.id) if one.id != elder.id]
    names = unseal(uow.session, [one.id for one in others], ["name"])
    note = unseal(uow.session, [home.id], ["door_note"])[home.id]
    return FileDoor(
        community=home.community,
        estate=home.estate,
        building=home.building,
        floor=home.floor,
        lift=home.lift,
        grid_code=home.grid_code,
        lat=home.lat,
        lon=home.lon,
        datum=home.datum.value,
        located_by=home.located_by,
        has_note=bool(note.get("door_note")),
        shared_with=[
            shown_name(uow.actor, names[o.id].get("name", "")) for o in others
        ],
    )


def _contacts(uow: UnitOfWork, elder_id: UUID) -> list[FileContact]:
    ladder: Sequence[Contact] = list_contacts(uow.session, elder_id)
    kept = unseal(uow.session, [one.id for one in ladder], ["name", "phone"])
    return [
        FileContact(
            **one.model_dump(exclude={"elder_id"}),
            name=shown_name(uow.actor, kept[one.id].get("name", "")),
            phone=mask_phone(kept[one.id].get("phone", "")),
        )
        for one in ladder
    ]


def _fact(kind: FactKind, history: History, stands: Standing | None) -> FileFact:
    return FileFact(
        kind=kind.value,
        value=dict(stands.value) if stands else None,
        told=stands is None or is_told(kind, history, stands),
        source=stands.source if stands else "",
        from_on=stands.from_on if stands else None,
        until_on=stands.until_on if stands else None,
        about=dict(stands.about) if stands else {},
    )


def _consents(session: Session, elder_id: UUID) -> list[Consent]:
    standing = standing_consents(session, elder_id)
    return [standing[purpose] for purpose in Purpose if purpose in standing]


def _answerers(session: Session, named: Sequence[Responsible]) -> list[Answerer]:
    titles = titles_of(session, (one.account_id for one in named))
    helpers = unseal(session, [o.helper_id for o in named if o.helper_id], ["name"])
    titles |= {helper_id: kept.get("name", "") for helper_id, kept in helpers.items()}
    return [
        Answerer(rank=one.rank, name=titles[one.person_id], from_on=one.from_on)
        for one in named
    ]


def _changes(session: Session, elder_id: UUID) -> list[Change]:
    """The story, the latest first."""
    story = list_story(session, elder_id)
    names = titles_of(session, (one.account_id for one in story))
    return [
        Change(
            at=one.at,
            actor=names.get(one.account_id, say("role", one.role)),
            kind=one.kind.removeprefix("elder."),
            about=one.facts,
        )
        for one in reversed(story)
    ]
