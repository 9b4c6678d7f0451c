"""The service catalogue of the demo, as rows."""

from typing import Final

from dispatch.catalogue.services import Assist, Service

# code, assist, name, minutes, people, skills, price in yuan
_ROWS: Final[tuple[tuple[str, str, str, int, int, str, int], ...]] = (
    ("MEAL_DINEIN", "助餐", "到店就餐", 0, 1, "", 0),
    ("MEAL_PICKUP", "助餐", "自取、代取", 0, 1, "", 0),
    ("MEAL_DELIVERY", "助餐", "送餐上门", 5, 1, "health_certificate", 3),
    ("MEAL_FEEDING", "助餐", "协助进餐", 30, 1, "feeding", 30),
    ("MED_ACCOMPANY_HALF", "助医", "陪诊（半天）", 240, 1, "escort", 120),
    ("MED_ACCOMPANY_FULL", "助医", "陪诊（全天）", 480, 1, "escort", 200),
    ("MED_PICKUP_DRUG", "助医", "代配药", 90, 1, "", 30),
    ("MED_VITALS", "助医", "健康监测", 20, 1, "vitals", 10),
    ("BATH_HOME_BED", "助浴", "入户助浴（卧床）", 90, 2, "bathing", 150),
    ("BATH_HOME_SHOWER", "助浴", "入户助浴（淋浴）", 60, 2, "bathing", 120),
    ("BATH_CENTER", "助浴", "站点助浴", 60, 2, "bathing", 80),
    ("BATH_CAR", "助浴", "助浴车", 60, 2, "bathing", 100),
    ("BATH_WIPE", "助浴", "床上擦浴", 45, 1, "personal_care", 60),
    ("CLEAN_DAILY", "助洁", "日常保洁", 120, 1, "cleaning", 80),
    ("CLEAN_DEEP", "助洁", "深度清洁", 180, 2, "cleaning", 260),
    ("CLEAN_LAUNDRY", "助洁", "洗衣晾晒", 60, 1, "", 30),
    ("CARE_HAIRCUT", "助洁", "上门理发", 30, 1, "barber", 20),
    ("CARE_NAIL", "助洁", "修甲等个人清洁", 20, 1, "foot_care", 20),
    ("CARE_BASIC", "助洁", "居家照护", 60, 1, "personal_care", 65),
    ("URGENT_RESPONSE", "助急", "应急响应", 30, 1, "first_aid", 0),
    ("URGENT_REPAIR", "助急", "应急维修、开锁", 60, 1, "repair", 80),
    ("MOVE_WALK", "助行", "陪同外出", 60, 1, "wheelchair", 40),
    ("MOVE_STAIRS", "助行", "爬楼、轮椅转移", 40, 2, "stair_climber", 60),
    ("MOVE_ERRAND", "助行", "代办代购", 60, 1, "", 20),
    ("VISIT_HOME", "巡视探访", "入户巡视探访", 20, 1, "visitor", 0),
    ("VISIT_PHONE", "巡视探访", "电话问候", 5, 1, "", 0),
    ("COMFORT", "精神慰藉", "精神慰藉", 40, 1, "social_work", 0),
    ("ASSESS_NEED", "评估", "需求调查", 40, 1, "assessor", 0),
)

_MEALS: Final = ("MEAL_DINEIN", "MEAL_PICKUP", "MEAL_DELIVERY")
_SIX: Final = ("助餐", "助医", "助浴", "助洁", "助急", "助行")
_UNITS: Final = {"CLEAN_DAILY": "2 小时", "CARE_BASIC": "小时"}
_PROOFS: Final = {  # by service, else by class
    "MEAL_DINEIN": "payment",
    "MEAL_PICKUP": "code",
    "MEAL_DELIVERY": "sign photo code place",
    "MEAL_FEEDING": "hours",
    "MED_VITALS": "values",
    "MED_PICKUP_DRUG": "receipt",
    "BATH_WIPE": "hours",
    "CLEAN_DAILY": "photo hours",
    "CLEAN_DEEP": "photo hours",
    "VISIT_HOME": "form place",
    "VISIT_PHONE": "call",
    "MOVE_ERRAND": "receipt",
    "URGENT_REPAIR": "photo receipt",
    "助医": "hours sign",
    "助浴": "values sign hours",
    "助急": "call hours",
    "评估": "form",
}


def assists() -> list[Assist]:
    """The classes of the catalogue, six of them the six assists."""
    return [
        Assist(code=code, label=code, one_of_six=code in _SIX, rank=rank)
        for rank, code in enumerate(dict.fromkeys(row[1] for row in _ROWS), start=1)
    ]


def services() -> list[Service]:
    """The rows, ready to be kept."""
    return [
        Service(
            code=code,
            assist=assist,
            name=name,
            minutes=minutes,
            people=people,
            skills=skills.split(),
            price_fen=yuan * 100,
            is_meal=code in _MEALS,
            unit="份" if code in _MEALS else _UNITS.get(code, "次"),
            proofs=(_PROOFS.get(code) or _PROOFS.get(assist, "hours")).split(),
        )
        for code, assist, name, minutes, people, skills, yuan in _ROWS
    ]
