"""Masks: what a person sees of another person's data."""

_DOUBLE_SURNAMES = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟"}
)


def surname(name: str) -> str:
    """The family name, of one or two characters."""
    return name[:2] if name[:2] in _DOUBLE_SURNAMES and len(name) > 2 else name[:1]


def mask_name(name: str) -> str:
    """王小英 → 王*英, 王英 → 王*, 欧阳小英 → 欧阳**."""
    family = surname(name)
    rest = name[len(family) :]
    if len(family) == 1 and len(rest) == 2:
        return f"{family}*{rest[1]}"
    return family + "*" * max(1, len(rest))


def called(name: str, sex: str) -> str:
    """How a courier calls them: 王奶奶, 李爷爷."""
    return surname(name) + ("奶奶" if sex == "F" else "爷爷")


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; a landline keeps its last four digits."""
    if len(phone) == 11 and phone.isdigit():
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(0, len(phone) - 4) + phone[-4:]


def mask_id_number(number: str) -> str:
    """First three and last four of an identity number."""
    return f"{number[:3]}{'*' * max(0, len(number) - 7)}{number[-4:]}"
