"""Opening an elder's file: what is needed first, the rest when somebody knows it."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from dispatch.access.scope import get_scoped
from dispatch.access.second_factor import draw_letters
from dispatch.clock import town_day
from dispatch.errors import BadInput, Conflict, NotAllowed
from dispatch.log.events import record
from dispatch.people.changing import BadFact
from dispatch.people.elders import Elder, Household, IdentityKind, get_elder
from dispatch.people.housing import Address, Point, make_household
from dispatch.people.identities import Identity, check_identity
from dispatch.people.places import Station
from dispatch.people.vault import find_owners, seal
from dispatch.store.idempotency import claim, keep_result
from dispatch.store.unit_of_work import UnitOfWork

_OLDEST: Final = 130
_YOUNGEST: Final = 45  # disabled people below 60 are served in some districts


class AlreadyOnFile(Conflict):
    """这个证件号已有档案，没有重复建档。"""

    code = "already_on_file"


class NameMissing(BadInput):
    """请填写姓名，没有保存。"""

    code = "name_missing"


class BirthMissing(BadInput):
    """证件号里没有出生日期和性别，请另外填写。没有保存。"""

    code = "birth_missing"


@dataclass(frozen=True)
class FileDraft:
    """A new file. Birth and sex are read from the number where it says them."""

    name: str
    identity_kind: IdentityKind
    id_number: str
    address: Address
    phone: str = ""
    card: str = ""
    sex: str | None = None
    born_on: date | None = None
    point: Point | None = None
    station_id: UUID | None = None


def open_file(uow: UnitOfWork, draft: FileDraft, *, key: str | None) -> Elder:
    """Open a file; the same key again gives the same one.

    Raises:
        BadIdentity, BirthMissing, BadFact, NameMissing, AddressMissing, BadPoint,
        OutsideDistrict: what is wrong is said, nothing is kept.
        AlreadyOnFile: somebody has this number.
        KeyMissing, KeyReused
    """
    if made := claim(uow, key, "open_file", asdict(draft)):
        return get_elder(uow.session, made)
    station = _station(uow, draft)
    found, sex, born_on = who(draft, town_day(uow.now))
    must_be_new(uow, found)
    home = make_household(uow, station, draft.address, draft.point)
    person = (found, sex, born_on)
    elder = keep_file(uow, station, home, draft, person, source="station")
    keep_result(uow, key or "", elder.id)
    return elder


def keep_file(
    uow: UnitOfWork,
    station: Station,
    home: Household,
    draft: FileDraft,
    person: tuple[Identity, str, date],
    *,
    source: str,
) -> Elder:
    """The file itself, behind a door that is kept already.

    Args:
        person: as `who` has found them.

    Raises:
        NameMissing, AlreadyOnFile
    """
    found, sex, born_on = person
    elder = Elder(
        id=uuid4(),
        number=_number(uow),
        household_id=home.id,
        station_id=station.id,
        street_code=station.street_code,
        identity_kind=found.kind,
        sex=sex,
        born_on=born_on,
        home_street=station.street_code,
        made_at=uow.now,
    )
    uow.session.add(elder)
    uow.session.flush()
    _seal(uow, elder, draft, found)
    record(
        uow,
        "elder.enrolled",
        "elder",
        elder.id,
        facts={"source": source},
        station_id=station.id,
        street_code=station.street_code,
    )
    return elder


def who(draft: FileDraft, today: date) -> tuple[Identity, str, date]:
    """The checked identity with sex and birthday; they must not contradict it.

    Raises:
        BadIdentity, BirthMissing, BadFact
    """
    found = check_identity(draft.identity_kind, draft.id_number)
    sex, born_on = found.sex or draft.sex, found.born_on or draft.born_on
    if sex not in ("F", "M") or born_on is None:
        raise BirthMissing
    if draft.born_on not in (None, born_on) or draft.sex not in (None, sex):
        raise BadFact("出生日期或性别与证件号不一致，没有保存。请核对证件。")
    if not _YOUNGEST <= today.year - born_on.year <= _OLDEST:
        raise BadFact("出生日期不合理，没有保存。请核对证件。")
    return found, sex, born_on


def must_be_new(uow: UnitOfWork, found: Identity, *, but: UUID | None = None) -> None:
    """Raises: AlreadyOnFile, naming the file where it is within reach."""
    if not found.number:
        return
    owners = set(find_owners(uow.session, "id_number", found.number)) - {but}
    if not owners:
        return
    elder = uow.session.get(Elder, owners.pop())
    if elder is not None and elder.station_id == uow.actor.station_id:
        raise AlreadyOnFile(
            f"这个证件号已有档案（编号 {elder.number}），没有重复建档。",
            elder_id=str(elder.id),
        )
    raise AlreadyOnFile(
        "这个证件号在别的驿站已有档案，没有重复建档。请联系街道办理转接。"
    )


def _station(uow: UnitOfWork, draft: FileDraft) -> Station:
    wanted = draft.station_id or uow.actor.station_id
    if wanted is None:
        raise NotAllowed
    return get_scoped(uow, Station, wanted)


def _number(uow: UnitOfWork) -> str:
    """The day, and five letters that cannot be misread; one that no file has."""
    taken = select(Elder.id)
    while True:
        number = f"{town_day(uow.now):%y%m%d}{draw_letters(1, 5).upper()}"
        if uow.session.exec(taken.where(Elder.number == number)).first() is None:
            return number


def _seal(uow: UnitOfWork, elder: Elder, draft: FileDraft, found: Identity) -> None:
    if not draft.name.strip():
        raise NameMissing
    values = {"name": draft.name.strip(), "phone": draft.phone, "card": draft.card}
    values["id_number"] = found.number
    try:
        with uow.session.begin_nested():
            seal(uow.session, elder.id, {k: v for k, v in values.items() if v})
            uow.session.flush()
    except IntegrityError as twin:
        raise AlreadyOnFile from twin
