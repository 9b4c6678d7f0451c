"""Which words a field of a form may say: what an export profile can give codes to."""

from collections.abc import Mapping, Sequence
from typing import Final

from dispatch.exchange.forms.files import ABILITY_WORDS, LIVING_WORDS
from dispatch.exchange.forms.rows import CATEGORY_WORDS
from dispatch.subsidy.stop_book import STOP_WORDS
from dispatch.words import WORDS

_YES_NO: Final = ("是", "否")
_SAYS: Final[Mapping[str, Sequence[str]]] = {
    "sex": ("女", "男"),
    "categories": tuple(CATEGORY_WORDS.values()),
    "living": tuple(LIVING_WORDS.values()),
    "ability": ABILITY_WORDS,
    "hukou": ("本区", "外区"),
    "dementia": _YES_NO,
    "why": tuple(STOP_WORDS.values()),
    "grade": ("A", "B", "C", "D", "E"),
}
_CATALOGUED: Final = {"channel": "channel", "serving": "serving", "receiver": "by"}


def says(field: str) -> Sequence[str]:
    """Empty where a field may say anything."""
    if field in _CATALOGUED:
        prefix = f"{_CATALOGUED[field]}."
        return tuple(zh for word, (zh, _) in WORDS.items() if word.startswith(prefix))
    return _SAYS.get(field, ())
