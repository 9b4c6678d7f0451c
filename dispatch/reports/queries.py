"""How each figure is counted: one id, one rule, in words that stand on the report.

A rule that changes gets the next number; the old id then means what it meant.
"""

from typing import Final

QUERIES: Final[dict[str, str]] = {
    "ledger.orders/1": "人次：本期入账的服务笔数，冲正减一",
    "ledger.persons/1": "人数：本期有服务的老人，每人只计一次",
    "ledger.person_days/1": "人日：每人每天只计一次，不论几餐几单",
    "ledger.granted_persons/1": "享受补贴人数：本期有补贴的老人，每人只计一次",
    "ledger.granted_days/1": "享受补贴人日：有补贴的人日",
    "ledger.price/1": "服务金额：价格与送餐费合计，等于其余各项之和",
    "ledger.subsidy/1": "补贴：各级财政等出资方应付的金额，不含消费券和保险",
    "ledger.coupon/1": "消费券：全国养老服务消费补贴抵扣的金额",
    "ledger.external/1": "保险等：长期护理保险等先行支付的金额",
    "ledger.self/1": "自付：老人实付的金额",
    "ledger.borne/1": "站点承担：付款时答应、凭证不足未发下来的补贴",
    "ledger.other/1": "其他：更正后应补给或应收回的金额",
    "ledger.late/1": "补发：为以前月份的服务、记在本期的增加",
    "ledger.back/1": "扣回：为以前月份的服务、记在本期的减少",
    "ledger.station_side/1": "驿站补贴：运营、基础、星级等发给站点的补贴",
    "ledger.held/1": "异常扣减：待核查、暂不拨付的补贴",
    "orders.done/1": "服务量：完成并有凭证的单数，不论是否收费",
    "orders.persons/1": "服务人数：有完成服务的老人，每人只计一次",
    "orders.open/1": "未完成：敲门无应答、取消以外没有完成的单数",
    "orders.visits/1": "探访：上门巡视探访完成的次数",
    "people.entitled/1": "基本养老服务对象：当日规则认定、在世且在本区的老人",
    "people.signed/1": "签约人数：当日协议有效、在世且在本区的老人",
    "cover.signed_rate/1": "签约率 = 签约人数 ÷ 基本养老服务对象人数",
    "cover.coverage/1": "服务覆盖率 = 签约老人中本期有完成服务的人数 ÷ 签约人数",
    "cover.per_person/1": "人均服务 = 签约老人的服务量 ÷ 签约老人中有服务的人数",
    "cover.share_80/1": "八十岁以上占比 = 80 岁及以上服务人数 ÷ 服务人数",
    "cover.on_time/1": "准时率 = 约定时间前送达的送餐 ÷ 送达的送餐",
    "cover.on_time/2": "准时率 = 约定时间前送达的 ÷ 时刻可信的送餐，补录的不计入",
    "cover.hot/1": "热餐率 = 食用时限前送达的餐盒 ÷ 送达的餐盒",
    "cover.hot/2": "热餐率 = 食用时限前送达的 ÷ 时刻可信的餐盒，补录的不计入",
    "cover.unseen_7/1": "七日未见 = 七天没有任何人见到的签约老人 ÷ 签约人数",
    "cover.circle/1": "一刻钟圈 = 步行一千米内有站点的老人 ÷ 住处有定位的老人",
    "duties.due/1": "应做：签约老人在本月到期的探访、理发次数",
    "budget.set/1": "拨款：本年下达的预算；结余 = 拨款 − 支出",
    "budget.granted/1": "支出：本年各月账内已发的补贴；已拨付为其中已转出的",
    "budget.granted/2": "支出：本年各月账内已发的补贴，不含保险；已拨付为已转出的",
    "stops.ended/1": "停发：本期得知的死亡、迁出、入住机构、失联，及其后已发金额",
    "stops.back/1": "已扣回、已追回：其后已发中，经另一人决定更正并入账的金额",
}
