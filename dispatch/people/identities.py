"""Identity numbers: which kinds there are, and whether one can be right."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum.cn.ric import calc_check_digit

from dispatch.errors import BadInput
from dispatch.people.elders import IdentityKind

# Numbers of eighteen places with a date of birth and a check digit (GB 11643).
_EIGHTEEN: Final = {
    IdentityKind.RESIDENT: r"[1-7]",
    IdentityKind.RESIDENCE_PERMIT: r"8[123]0000",
    IdentityKind.PERMANENT_RESIDENT: r"9",
}
_OTHERS: Final = {
    # of Hong Kong and Macao: a letter and 8 or 10 digits; of Taiwan: 8 or 10 digits
    IdentityKind.TRAVEL_PERMIT: re.compile(r"(?:[HM]\d{8}(?:\d{2})?|\d{8}(?:\d{2})?)"),
    IdentityKind.PASSPORT: re.compile(r"[A-Z0-9]{5,15}"),
    # the card before 2023: three letters, twelve digits
    IdentityKind.PERMANENT_RESIDENT: re.compile(r"[A-Z]{3}\d{12}"),
}


class BadIdentity(BadInput):
    """证件号码有误，没有保存。请核对证件后再填。"""

    code = "bad_identity"


@dataclass(frozen=True)
class Identity:
    """A checked number; birth and sex where the number says them."""

    kind: IdentityKind
    number: str
    born_on: date | None = None
    sex: str | None = None


def check_identity(kind: IdentityKind, number: str) -> Identity:
    """The number as it is kept: without spaces, in capitals, its check digit right.

    Full-width digits, as some keyboards type them, are read as digits. The area code
    of a resident number is not looked up: areas are renamed and made anew.

    Raises:
        BadIdentity: it cannot be a number of this kind; the words say why.
    """
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", number)).upper()
    if kind is IdentityKind.NONE:
        if plain:
            raise BadIdentity("选了“暂无证号”，就不要填号码。没有保存。")
        return Identity(kind, "")
    if not plain:
        raise BadIdentity("请填写证件号码；暂时没有的，请选“暂无证号”。没有保存。")
    if (other := _OTHERS.get(kind)) and other.fullmatch(plain):
        return Identity(kind, plain)
    if kind in _EIGHTEEN:
        return _eighteen(kind, plain)
    raise BadIdentity


def _eighteen(kind: IdentityKind, number: str) -> Identity:
    if re.fullmatch(r"\d{15}", number):
        raise BadIdentity("这是十五位旧号码，请填十八位。没有保存。")
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise BadIdentity("号码应为十八位数字（末位可为 X），没有保存。")
    if not re.match(_EIGHTEEN[kind], number):
        raise BadIdentity("号码与证件类型不符，没有保存。请核对证件类型。")
    if calc_check_digit(number) != number[17]:
        raise BadIdentity("号码最后一位校验不对，可能有一位抄错。没有保存。")
    try:
        born_on = date.fromisoformat(number[6:14])
    except ValueError:
        raise BadIdentity("号码中的出生日期不存在，没有保存。") from None
    return Identity(kind, number, born_on, "M" if int(number[16]) % 2 else "F")
