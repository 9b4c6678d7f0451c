"""Elders as other sheets name them: by identity number, card, or our own number."""

from dispatch.access.scope import scoped
from dispatch.exchange import cells
from dispatch.exchange.columns import Column
from dispatch.exchange.faults import Fault
from dispatch.exchange.lines import Line, Sheet
from dispatch.exchange.persons import known_by
from dispatch.people.elders import Elder
from dispatch.people.vault import unseal
from dispatch.store.unit_of_work import UnitOfWork

ELDER_KEYS = (
    Column("id_number", "老人身份证号", cells.code,
           ("身份证号", "身份证", "身份证号码", "证件号码", "证件号")),
    Column("card", "卡号", cells.code, ("养老助残卡号", "养老卡号", "社保卡号")),
    Column("number", "老人编号", cells.text(20), ("档案编号", "编号")),
    Column("elder_name", "老人姓名", cells.text(40), ("姓名", "老人", "服务对象")),
)  # fmt: skip


class NamedElders:
    """Whom a line means: one number is enough, and the name must then agree."""

    def __init__(self, uow: UnitOfWork, sheet: Sheet) -> None:
        by_id, by_card = (
            known_by(uow.session, sheet, name) for name in ("id_number", "card")
        )
        said = {
            line.values["number"] for line in sheet.lines if "number" in line.values
        }
        mine = scoped(uow.actor, Elder)
        reach = {one.id: one for one in uow.session.exec(mine)}
        self._by: dict[str, dict[str, Elder | None]] = {
            "id_number": {key: reach.get(one) for key, one in by_id.items()},
            "card": {key: reach.get(one) for key, one in by_card.items()},
            "number": {one.number: one for one in reach.values() if one.number in said},
        }
        named = {one.id for found in self._by.values() for one in found.values() if one}
        self._names = unseal(uow.session, sorted(named & set(reach)), ["name"])

    def judge(self, sheet: Sheet, line: Line) -> Elder | None:
        """The elder of a line within reach, or None and the fault is named."""
        for key, known in self._by.items():
            if key not in line.values:
                continue
            elder = known.get(line.values[key])
            if elder is None:
                words = "没有这位老人的档案，或不在您的范围内"
                sheet.fault(line, key, Fault.UNKNOWN_PERSON, words)
            elif self._differs(line, elder):
                words = "号码与姓名不是同一位老人"
                sheet.fault(line, "elder_name", Fault.KNOWN_OTHERWISE, words)
                return None
            return elder
        if not any(each.field in self._by for each in line.faults):
            words = "身份证号、卡号、老人编号至少填一项"
            sheet.fault(line, "id_number", Fault.MISSING, words)
        return None

    def _differs(self, line: Line, elder: Elder) -> bool:
        name = self._names.get(elder.id, {}).get("name")
        return line.values.get("elder_name", name) != name
