"""Editing a file by section; each time what changed is kept, and who did it when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from dispatch.access.scope import get_scoped
from dispatch.errors import BadInput, Conflict
from dispatch.people.changing import tell_change
from dispatch.people.elders import Contact, Elder, IdentityKind, list_contacts
from dispatch.people.filing import AlreadyOnFile, NameMissing, must_be_new
from dispatch.people.identities import check_identity
from dispatch.people.vault import erase, seal, unseal
from dispatch.store.unit_of_work import UnitOfWork

_SAFE: Final = (0, 3, 4, 5, 6, 7)  # IDDSI textures of food; 0 nothing known


class BadDiet(BadInput):
    """忌口、过敏或吞咽等级填写有误，没有保存。"""

    code = "bad_diet"


class ContactInUse(Conflict):
    """这位联系人还有代办授权或登记的代取，不能删除。请先收回。没有保存。"""

    code = "contact_in_use"


class ContactUnknown(BadInput):
    """没有找到这位联系人，没有保存。请刷新后再试。"""

    code = "contact_unknown"


@dataclass(frozen=True)
class Diet:
    """What may be eaten. `swallowing_level`: IDDSI 3–7, 0 where nothing is known."""

    diet_tags: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    swallowing_level: int = 0


@dataclass(frozen=True)
class ContactDraft:
    """One rung of the ladder; an empty phone leaves the one that is kept."""

    relation: str
    rank: int
    name: str = ""
    phone: str = ""
    may_collect: bool = False
    holds_key: bool = False
    guardian: bool = False
    from_hour: int = 0
    until_hour: int = 24


def hold_elder(uow: UnitOfWork, elder_id: UUID) -> Elder:
    """An elder within reach, held for this deed. Raises: NotFound."""
    return get_scoped(uow, Elder, elder_id, lock=True)


def edit_names(uow: UnitOfWork, elder_id: UUID, values: Mapping[str, str]) -> Elder:
    """Change name, phone or card; the story names the fields, never what was in them.

    Raises:
        NotFound, NameMissing
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    if "name" in values and not values["name"].strip():
        raise NameMissing
    kept = unseal(uow.session, [elder.id], list(values))[elder.id]
    news = {k: v.strip() for k, v in values.items() if v.strip() != kept.get(k, "")}
    if news:
        seal(uow.session, elder.id, news)
        tell_change(uow, elder, "names", fields=",".join(sorted(news)))
    return elder


def edit_identity(
    uow: UnitOfWork, elder_id: UUID, kind: IdentityKind, number: str
) -> Elder:
    """Another paper, or the number that was not there yet.

    Birth and sex follow the number where it says them.

    Raises:
        NotFound, BadIdentity, AlreadyOnFile
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    found = check_identity(kind, number)
    must_be_new(uow, found, but=elder.id)
    elder.identity_kind = found.kind
    elder.sex = found.sex or elder.sex
    elder.born_on = found.born_on or elder.born_on
    uow.session.add(elder)
    try:
        with uow.session.begin_nested():
            seal(uow.session, elder.id, {"id_number": found.number})
            uow.session.flush()
    except IntegrityError as twin:
        raise AlreadyOnFile from twin
    tell_change(uow, elder, "identity", now=found.kind.value)
    return elder


def edit_diet(uow: UnitOfWork, elder_id: UUID, diet: Diet) -> Elder:
    """What the kitchen must know; orders taken so far are checked by who cooks.

    Raises:
        NotFound, BadDiet
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    if diet.swallowing_level not in _SAFE:
        raise BadDiet
    return _set(
        uow,
        elder,
        "diet",
        {
            "diet_tags": _clean(diet.diet_tags),
            "allergies": _clean(diet.allergies),
            "swallowing_level": diet.swallowing_level,
        },
    )


def edit_care(uow: UnitOfWork, elder_id: UUID, values: Mapping[str, Any]) -> Elder:
    """What whoever comes must know: language, risk of falling, infection."""
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    return _set(uow, elder, "care", values)


def save_contact(
    uow: UnitOfWork, elder_id: UUID, draft: ContactDraft, contact_id: UUID | None = None
) -> Contact:
    """A new rung of the ladder, or one changed; the others make room.

    Raises:
        NotFound, ContactUnknown
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    ladder = list_contacts(uow.session, elder.id)
    row = next((one for one in ladder if one.id == contact_id), None)
    if contact_id is not None and row is None:
        raise ContactUnknown
    row = row or Contact(elder_id=elder.id, rank=draft.rank, relation=draft.relation)
    for name in (
        *("relation", "may_collect", "holds_key", "guardian"),
        *("from_hour", "until_hour"),
    ):
        setattr(row, name, getattr(draft, name))
    others = [one for one in ladder if one is not row]
    others.insert(max(0, draft.rank - 1), row)
    _number(uow, others)
    values = {"name": draft.name.strip(), "phone": draft.phone.strip()}
    seal(uow.session, row.id, {k: v for k, v in values.items() if v})
    tell_change(uow, elder, "contacts", now=row.relation)
    return row


def remove_contact(uow: UnitOfWork, elder_id: UUID, contact_id: UUID) -> None:
    """Forget somebody; the ladder closes up.

    Raises:
        NotFound, ContactUnknown, ContactInUse
    """
    elder = get_scoped(uow, Elder, elder_id, lock=True)
    ladder = list_contacts(uow.session, elder.id)
    row = next((one for one in ladder if one.id == contact_id), None)
    if row is None:
        raise ContactUnknown
    try:
        with uow.session.begin_nested():
            uow.session.delete(row)
            uow.session.flush()
    except IntegrityError as used:
        raise ContactInUse from used
    erase(uow.session, row.id)
    _number(uow, [one for one in ladder if one is not row])
    tell_change(uow, elder, "contacts", was=row.relation)


def _number(uow: UnitOfWork, ladder: list[Contact]) -> None:
    for rank, one in enumerate(ladder, start=1):
        one.rank = rank
        uow.session.add(one)
    uow.session.flush()


def _set(
    uow: UnitOfWork, elder: Elder, section: str, values: Mapping[str, Any]
) -> Elder:
    news = {k: v for k, v in values.items() if getattr(elder, k) != v}
    if not news:
        return elder
    was = {name: getattr(elder, name) for name in news}
    for name, value in news.items():
        setattr(elder, name, value)
    uow.session.add(elder)
    uow.session.flush()
    tell_change(uow, elder, section, fields=",".join(sorted(news)), was=was, now=news)
    return elder


def _clean(words: tuple[str, ...]) -> list[str]:
    """Each once, in order, none empty or endless.

    Raises:
        BadDiet
    """
    clean = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    if len(clean) > 20 or any(len(word) > 20 for word in clean):
        raise BadDiet
    return clean
