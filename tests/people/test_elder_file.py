"""The parts of an elder's file: agreements, consents, who answers, keys, proposals."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from dispatch.access.accounts import Role
from dispatch.people.agreements import AgreementsOverlap, list_agreements, sign
from dispatch.people.consents import (
    ProofMissing,
    Purpose,
    Said,
    Voice,
    answer,
    consents_to,
    standing_consents,
    who_consents,
)
from dispatch.people.door_keys import (
    KeyIsElsewhere,
    KeyMove,
    TwoPeople,
    keep_key,
    list_key_lines,
    move_key,
)
from dispatch.people.elder_facts import history_of, signed_station_on
from dispatch.people.elders import Elder, IdentityKind
from dispatch.people.filing import FileDraft, open_file
from dispatch.people.housing import Address
from dispatch.people.proposals import ProposalKind, list_open_proposals, propose
from dispatch.people.responsible import (
    BACKUP,
    FIRST,
    OnePersonTwice,
    name_responsible,
    responsible_on,
)
from dispatch.people.vault import seal
from dispatch.store.unit_of_work import UnitOfWork
from tests.engines import ON_ONE_ENGINE
from tests.little_town import STREET, TODAY, LittleTown
from tests.subsidy.ledger_town import do

T = TypeVar("T")
DAY = timedelta(days=1)


def of(town: LittleTown, elder_id: UUID, deed: Callable[[UnitOfWork, Elder], T]) -> T:
    """A deed on an elder's file, in one transaction of the station's staff."""
    return do(town, lambda uow: deed(uow, uow.session.get_one(Elder, elder_id)))


def add_station(town: LittleTown, code: str) -> UUID:
    station_id = uuid4()
    with Session(town.engine) as session:
        session.add(town.station(station_id, code, STREET))
        session.commit()
    return station_id


def test_a_new_agreement_ends_the_old_one_and_a_past_day_keeps_its_station(
    town: LittleTown,
) -> None:
    elder_id, other = town.add_elder(), add_station(town, "s2")
    first = TODAY - timedelta(days=100)
    of(town, elder_id, lambda u, e: sign(u, e, town.station_id, first, "柜3"))
    of(town, elder_id, lambda u, e: sign(u, e, other, TODAY, "柜4"))

    with Session(town.engine) as session:
        elder = session.get_one(Elder, elder_id)
        history = history_of(session, elder_id)
        on = [first - DAY, first, TODAY - DAY, TODAY]
        assert [signed_station_on(elder, history, day) for day in on] == [
            *(None, town.station_id, town.station_id, other)
        ]
    with pytest.raises(AgreementsOverlap):
        of(town, elder_id, lambda u, e: sign(u, e, other, TODAY - DAY, ""))
    with Session(town.engine) as session:
        assert len(list_agreements(session, [elder_id])[elder_id]) == 2


def test_the_last_answer_stands_and_a_guardian_proves_it(town: LittleTown) -> None:
    elder_id = town.add_elder()

    def say(said: Said, voice: Voice = Voice.ELDER, proof: str = "") -> None:
        of(
            town,
            elder_id,
            lambda u, e: answer(
                u, e, Purpose.PHOTO, said, version="2026-1", voice=voice, proof=proof
            ),
        )

    say(Said.REFUSED)
    with pytest.raises(ProofMissing):
        say(Said.GIVEN, Voice.GUARDIAN)
    with Session(town.engine) as session:
        assert not consents_to(session, elder_id, Purpose.PHOTO)
    say(Said.GIVEN, Voice.GUARDIAN, "监护证明 17 号")
    with Session(town.engine) as session:
        assert session.get_one(Elder, elder_id).photo_consent
        assert who_consents(session, [elder_id], Purpose.PHOTO) == {elder_id}
        assert who_consents(session, [elder_id], Purpose.FAMILY) == set()
    say(Said.WITHDRAWN)
    with Session(town.engine) as session:
        assert not session.get_one(Elder, elder_id).photo_consent
        assert standing_consents(session, elder_id)[Purpose.PHOTO].seq == 3


def test_one_answers_for_an_elder_and_another_is_the_backup(town: LittleTown) -> None:
    elder_id, me, volunteer = town.add_elder(), town.staff.account_id, town.add_helper()

    def name(rank: int, **who: UUID | None) -> None:
        of(town, elder_id, lambda u, e: name_responsible(u, e, rank, TODAY, **who))

    name(FIRST, account_id=me)
    with pytest.raises(OnePersonTwice):
        name(BACKUP, account_id=me)
    name(BACKUP, helper_id=volunteer)
    with pytest.raises(OnePersonTwice):
        name(FIRST, helper_id=volunteer)

    with Session(town.engine) as session:
        found = responsible_on(session, [elder_id], TODAY)[elder_id]
        assert [(one.rank, one.person_id) for one in found] == [
            (FIRST, me),
            (BACKUP, volunteer),
        ]
        assert responsible_on(session, [elder_id], TODAY - DAY) == {elder_id: []}


def test_a_key_moves_only_before_two_people_and_under_a_new_seal(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    witness = town.add_account("second", Role.STATION, station_id=town.station_id)
    me, other = town.staff.account_id, witness.account_id
    assert me
    assert other
    with pytest.raises(TwoPeople):
        of(town, elder_id, lambda u, e: keep_key(u, e, "A12", "0001", me))
    key = of(town, elder_id, lambda u, e: keep_key(u, e, "A12", "0001", other))
    with pytest.raises(KeyIsElsewhere):
        do(town, move_key, key.id, KeyMove.PUT_BACK, other, seal="0002")
    do(town, move_key, key.id, KeyMove.TAKEN, other, reason="敲门无应答，入户查看")
    with pytest.raises(Exception, match="封条"):
        do(town, move_key, key.id, KeyMove.PUT_BACK, other, seal="0001")
    do(town, move_key, key.id, KeyMove.PUT_BACK, other, seal="0002")

    with Session(town.engine) as session:
        lines = list_key_lines(session, key.id)
    assert [(line.move.value, line.seal) for line in lines] == [
        ("kept", "0001"),
        ("taken", None),
        ("put_back", "0002"),
    ]


def test_a_registry_said_twice_is_one_proposal_and_changes_nothing(
    town: LittleTown,
) -> None:
    elder_id = town.add_elder()
    for _ in range(2):
        of(
            town,
            elder_id,
            lambda u, e: propose(
                u, ProposalKind.DECEASED, e, date(2026, 11, 1), source="殡葬信息"
            ),
        )
    with Session(town.engine) as session:
        assert len(list_open_proposals(session, elder_id)) == 1
        assert session.get_one(Elder, elder_id).died_on is None


@ON_ONE_ENGINE
def test_a_file_number_that_another_has_is_drawn_again(
    town: LittleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter("AAAAA" + "AAAAA" + "BBBBB")
    monkeypatch.setattr("secrets.choice", lambda _: next(drawn))
    made = [
        do(
            town,
            open_file,
            FileDraft(
                name=name,
                identity_kind=IdentityKind.NONE,
                id_number="",
                address=Address(community="清河一社区", building="3号楼"),
                sex="F",
                born_on=date(1944, 3, 1),
            ),
            key=uuid4().hex,
        ).number
        for name in ("王小英", "李大山")
    ]
    assert made == [f"{TODAY:%y%m%d}{letters}" for letters in ("AAAAA", "BBBBB")]


def test_one_identity_number_is_one_file(town: LittleTown) -> None:
    with Session(town.engine) as session:
        for elder_id in (town.add_elder(), town.add_elder()):
            seal(session, elder_id, {"id_number": "119900194403010018"})
        with pytest.raises(IntegrityError):
            session.flush()
