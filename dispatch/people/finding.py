"""Finding an elder by what staff type: name, pinyin, initials, card, number."""

from functools import lru_cache


@lru_cache(maxsize=50_000)
def spellings(name: str) -> tuple[str, str]:
    """The name in pinyin without tones, and its initials: wangxiulan, wxl."""
    # Only now: its dictionary takes half a second, and few processes ever ask.
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(name, style=Style.NORMAL)
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


def fits(asked: str, *, name: str, card: str, number: str) -> bool:
    """What was typed could mean this person.

    A name fits anywhere, its pinyin and initials from the beginning, a card by its
    whole number or its last four digits.
    """
    asked = asked.strip().lower().replace(" ", "")
    if not asked:
        return True
    if asked.isdigit() and len(asked) >= 3:
        return card == asked or (len(asked) == 4 and card.endswith(asked))
    full, initials = spellings(name)
    return (
        asked in name
        or full.startswith(asked)
        or initials.startswith(asked)
        or number.lower() == asked
    )
