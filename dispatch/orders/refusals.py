"""Why an order is not taken, in the words that the station sees."""

from dispatch.errors import BadInput, Conflict, NotAllowed


class AlreadyOrdered(Conflict):
    """这位老人这一餐已有一单，没有重复下单。确需再订一份，请说明原因。"""

    code = "already_ordered"


class PastCutOff(Conflict):
    """已过截止时间，没有下单。确需加单，请说明原因，由备餐中调剂。"""

    code = "past_cut_off"


class NotServed(Conflict):
    """这一餐厨房不供应，没有下单。"""

    code = "not_served"


class DietClash(Conflict):
    """这份餐与老人的忌口或过敏冲突，没有下单。请换一份，或说明原因。"""

    code = "diet_clash"


class NotYoursToSetAside(NotAllowed):
    """忌口或过敏例外只能由驿站或调度说明原因后办理，没有下单。"""

    code = "not_yours_to_set_aside"


class TextureClash(Conflict):
    """老人有吞咽困难，这份餐的质地不安全，不能下单。请换软食或流食。"""

    code = "texture_clash"


class ElderDied(Conflict):
    """这位老人已登记离世，不能再下单。"""

    code = "elder_died"


class ElderPaused(Conflict):
    """这位老人这天暂停服务，没有下单。已经回来的，请先恢复；确需下单，请说明原因。"""

    code = "elder_paused"


class ElderLeft(Conflict):
    """这位老人已迁出本区，不能再下单。"""

    code = "elder_left"


class WrongChannel(BadInput):
    """这项服务不能用这种方式，没有下单。"""

    code = "wrong_channel"


class TooLateToCancel(Conflict):
    """餐已出发或服务已开始，不能取消。请联系调度。"""

    code = "too_late_to_cancel"


class UndoTooLate(Conflict):
    """取消已超过十分钟，不能撤回。请重新下单。"""

    code = "undo_too_late"


class NotOnThisDay(BadInput):
    """日期不在可以下单的范围内，没有下单。"""

    code = "not_on_this_day"
