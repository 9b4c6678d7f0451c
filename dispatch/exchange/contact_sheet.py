"""The sheet of contacts (联系人名单): whom to call for an elder, in which order."""

from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.elders_named import ELDER_KEYS, NamedElders
from dispatch.exchange.lines import Act, Line, Sheet, twice
from dispatch.people.changing import tell_change
from dispatch.people.elders import Contact, Elder
from dispatch.people.vault import phone_form, seal, unseal
from dispatch.store.unit_of_work import UnitOfWork

_SAID: Final = ("rank", "relation", "may_collect", "holds_key", "guardian")

CONTACT_COLUMNS: Final = (
    Column("name", "联系人姓名", cells.text(40), ("联系人", "紧急联系人"), True),
    Column("phone", "联系人电话", cells.phone, ("电话", "联系电话", "手机"), True),
    Column("relation", "与老人关系", cells.text(20), ("关系", "联系人关系"), True),
    *ELDER_KEYS,
    Column("rank", "顺序", cells.whole(1, 20), ("联系顺序", "优先级")),
    Column("may_collect", "可代取", cells.yes_no, ("是否可代取",)),
    Column("holds_key", "有钥匙", cells.yes_no, ("持钥匙", "是否有钥匙")),
    Column("guardian", "监护人", cells.yes_no, ("是否监护人",)),
)


def judge_contacts(uow: UnitOfWork, sheet: Sheet) -> None:
    """Whose contact each is, and whether that number is on file for them."""
    named = NamedElders(uow, sheet)
    for line in sheet.lines:
        line.plan = named.judge(sheet, line)
    list(twice(sheet, _same, "phone"))
    known = _known(uow.session, [line.plan.id for line in sheet.good()])
    for line in sheet.good():
        elder: Elder = line.plan
        found = known.get((elder.id, phone_form(line.values["phone"])))
        if found is None:
            continue
        contact, name = found
        line.known_id = contact.id
        said = [field for field in _SAID if field in line.values]
        line.changes = tuple(
            field for field in said if getattr(contact, field) != line.values[field]
        ) + (("name",) if name != line.values["name"] else ())
        line.act = Act.UPDATE if line.changes else Act.SAME


def keep_contacts(uow: UnitOfWork, sheet: Sheet, run_id: UUID) -> None:
    """New rungs come last unless their rank is told; known ones are changed."""
    for line in sheet.to_do():
        elder = uow.session.get_one(Elder, line.plan.id, with_for_update=True)
        said = {name: line.values[name] for name in _SAID if name in line.values}
        contact = _contact(uow.session, elder.id, line.known_id)
        for name, value in said.items():
            setattr(contact, name, value)
        uow.session.add(contact)
        uow.session.flush()
        texts = {"name": line.values["name"], "phone": line.values["phone"]}
        seal(uow.session, contact.id, texts)
        tell_change(uow, elder, "contacts", import_id=run_id.hex)


def _same(line: Line) -> object:
    return (line.plan.id, line.values.get("phone")) if line.plan else None


def _contact(session: Session, elder_id: UUID, known_id: UUID | None) -> Contact:
    if known_id is not None:
        return session.get_one(Contact, known_id)
    return Contact(elder_id=elder_id, rank=_next(session, elder_id), relation="")


def _next(session: Session, elder_id: UUID) -> int:
    ranks = session.exec(select(Contact.rank).where(Contact.elder_id == elder_id))
    return min(20, max(ranks, default=0) + 1)


def _known(
    session: Session, elder_ids: list[UUID]
) -> dict[tuple[UUID, str], tuple[Contact, str]]:
    found: dict[UUID, Contact] = {}
    for start in range(0, len(elder_ids), 500):
        part = elder_ids[start : start + 500]
        query = select(Contact).where(col(Contact.elder_id).in_(part))
        found |= {one.id: one for one in session.exec(query)}
    kept = unseal(session, list(found), ["name", "phone"])
    return {
        (one.elder_id, phone_form(kept[one.id].get("phone", ""))): (
            one,
            kept[one.id].get("name", ""),
        )
        for one in found.values()
    }
