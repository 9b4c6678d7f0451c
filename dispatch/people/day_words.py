"""The word of the day: by it an elder checks who stands at the door.

It is computed from the installation's own key, the elder and the day: nothing is kept,
the same word stands on every page and paper of that day, and tomorrow's cannot be
guessed from today's. Two signs of everyday things, easy to say and to hear.
"""

import hashlib
import hmac
from datetime import date
from typing import Final
from uuid import UUID

from dispatch.people.vault import keys

_LOOKS: Final = "红黄蓝绿青金银花大小新圆"
_THINGS: Final = "马牛羊猫鱼燕碗船伞灯门树桥茶糖瓜桃杏枣山河云星车"


def word_of_day(elder_id: UUID, on: date) -> str:
    """One of 288 words, such as 红枣."""
    plain = f"word of the day|{elder_id}|{on.isoformat()}".encode()
    drawn = hmac.new(keys().blind, plain, hashlib.sha256).digest()
    look, thing = drawn[0] % len(_LOOKS), int.from_bytes(drawn[1:5]) % len(_THINGS)
    return _LOOKS[look] + _THINGS[thing]
