"""Forms out: as XLSX, masked unless somebody may see and says why; written down."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from dispatch.access.accounts import Account
from dispatch.clock import TOWN
from dispatch.errors import BadInput, NotAllowed
from dispatch.exchange.columns import spoken
from dispatch.exchange.files import read_table
from dispatch.exchange.forms import FORMS
from dispatch.exchange.forms.field_words import says
from dispatch.exchange.forms.rows import CATEGORY_WORDS, Form, Row, Span
from dispatch.exchange.in_full import IN_FULL, count_list, must_be_short
from dispatch.exchange.profiles import ExportProfile, get_profile, save_profile
from dispatch.exchange.workbooks import Cell, Page, workbook
from dispatch.log.audit import write_down
from dispatch.people.revealing import may_open
from dispatch.people.showing import sees_names
from dispatch.reasons import says_why
from dispatch.store.columns import Json
from dispatch.store.unit_of_work import UnitOfWork

_LONGEST_DAYS: Final = 370
_BETWEEN: Final = "、"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NO_BOOK: Final = (InvalidFileException, zipfile.BadZipFile)  # a table of text, too
VERSION: Final = "2026-11"  # of the forms' columns


class UnknownForm(BadInput):
    """没有这种表，没有导出。"""

    code = "unknown_form"


class BadSpan(BadInput):
    """起止日期不对（结束早于开始，或超过一年），没有导出。"""

    code = "bad_span"


class ReasonMissing(BadInput):
    """导出完整的个人信息要写明用途，没有导出。"""

    code = "reason_missing"


class NotYoursToExport(NotAllowed):
    """您的账号不能导出完整的个人信息，没有导出。"""

    code = "not_yours_to_export"


class NoTemplate(BadInput):
    """模板里没有找到可以对上的表头，没有导出。"""

    code = "no_template"


@dataclass(frozen=True)
class Wish:
    """Which form, of which days, masked or with a reason not, in whose layout."""

    form: str
    span: Span
    plain: bool = False
    reason: str = ""
    profile_id: UUID | None = None


def export(
    uow: UnitOfWork, wish: Wish, template: bytes | None = None
) -> tuple[str, bytes]:
    """A form as a workbook, or written into somebody's own template.

    Returns:
        its name, and what is in it.

    Raises:
        UnknownForm, BadSpan, ReasonMissing, NotYoursToExport, NotFound, NoTemplate,
        TooManyInFull, TooManyLists
    """
    form, span = _form(wish), wish.span
    opened = _opened(uow, form, wish)
    in_full = bool(wish.plain and opened)
    if in_full:
        count_list(uow)
    rows = form.rows(uow, span, opened)
    if in_full:
        must_be_short(uow, rows)
    days = f"{span.from_on} 至 {span.until_on}"
    made_at = f"{uow.now.astimezone(TOWN):%Y-%m-%d %H:%M}"
    masked = "含完整个人信息" if wish.plain else "已脱敏"
    head = f"{form.title} · {days} · 截至 {made_at} · 表式 {VERSION} · {masked}"
    head = f"{head} · 导出人 {_who(uow)}"
    said = f"{form.word} {days} {len(rows)} 行 {wish.reason}".strip()[:200]
    deed = IN_FULL if in_full else "export"
    write_down(uow, deed, "form", uuid4(), fields=sorted(opened), purpose=said)
    name = f"{form.title}-{span.from_on}-{span.until_on}.xlsx"
    if template is not None:
        return name, fill_in(template, form.columns, rows)
    columns, codes = _layout(uow, form, wish)
    table = [
        [_coded(row.get(field), codes.get(head_)) for field, head_ in columns]
        for row in rows
    ]
    pages = [Page(form.title[:31], [title for _, title in columns], table)]
    pages.append(
        Page("代码表", ["代码", "含义"], [[c, w] for c, w in CATEGORY_WORDS.items()])
    )
    return name, workbook(pages, head=head, made_at=uow.now)


def _form(wish: Wish) -> Form:
    form = FORMS.get(wish.form)
    if form is None:
        raise UnknownForm
    if not 0 <= (wish.span.until_on - wish.span.from_on).days <= _LONGEST_DAYS:
        raise BadSpan
    return form


def _opened(uow: UnitOfWork, form: Form, wish: Wish) -> frozenset[str]:
    """What is shown in full. Names are read in full where lists show them, too."""
    names = frozenset({"name"} & form.sealed) if sees_names(uow.actor) else frozenset()
    if not wish.plain:
        return names
    if not says_why(wish.reason):
        raise ReasonMissing
    opened = form.sealed & may_open(uow.actor)
    if form.sealed and not opened:
        raise NotYoursToExport
    return frozenset(opened) | names


def _layout(
    uow: UnitOfWork, form: Form, wish: Wish
) -> tuple[Sequence[tuple[str, str]], Mapping[str, Mapping[str, str]]]:
    """The columns, and what words are translated into which codes, by header."""
    if wish.profile_id is None:
        return form.columns, {}
    profile = get_profile(uow, wish.profile_id)
    if profile.form != form.word:
        raise UnknownForm
    columns = [(str(one["field"]), str(one["header"])) for one in profile.columns]
    return columns, {
        str(one["header"]): one.get("codes", {}) for one in profile.columns
    }


def _coded(value: Cell, codes: Mapping[str, str] | None) -> Cell:
    """What they call it; of words that stand together (低保、独居) each by itself."""
    if not codes or value is None:
        return value
    told = ("是" if value else "否") if isinstance(value, bool) else str(value)
    if told in codes:
        return codes[told]
    if isinstance(value, str) and _BETWEEN in value:
        return _BETWEEN.join(codes.get(one, one) for one in value.split(_BETWEEN))
    return value


def fill_in(
    template: bytes, columns: Sequence[tuple[str, str]], rows: Sequence[Row]
) -> bytes:
    """Rows written under the header of a district's own template; its looks stay.

    Args:
        columns: each field and the header by which it is known.

    Raises:
        NoTemplate: it is no workbook, or fewer than two headers are known.
    """
    read_table(template)  # refuses what is no workbook, or too large, in words
    try:
        book = openpyxl.load_workbook(io.BytesIO(template))
    except (*_NO_BOOK, KeyError, ValueError, OSError) as trouble:
        raise NoTemplate from trouble
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise NoTemplate
    fields = {spoken(title): field for field, title in columns}
    for number, cells in enumerate(sheet.iter_rows(max_row=20), start=1):
        named = {
            cell.column: fields[spoken(cell.value)]
            for cell in cells
            if isinstance(cell.value, str) and spoken(cell.value) in fields
        }
        if len(named) >= 2:
            _write_under(sheet, number, named, rows)
            kept = io.BytesIO()
            book.save(kept)
            return kept.getvalue()
    raise NoTemplate


def _write_under(
    sheet: Worksheet, header: int, named: Mapping[int, str], rows: Sequence[Row]
) -> None:
    for at, row in enumerate(rows, start=header + 1):
        for column, field in named.items():
            value = row.get(field)
            cell = sheet.cell(at, column)
            if hasattr(value, "tzinfo") and value is not None:
                value = value.astimezone(TOWN).replace(tzinfo=None)  # type: ignore[union-attr]
            cell.value = value
            if isinstance(value, str) and value.startswith(_FORMULA):
                cell.data_type = "s"  # a text, whatever it begins with


def _who(uow: UnitOfWork) -> str:
    account = (
        uow.session.get(Account, uow.actor.account_id) if uow.actor.account_id else None
    )
    return account.title if account else "命令行"


@dataclass(frozen=True)
class FieldRow:
    """One field of a form, its usual header, and the words that it may say."""

    field: str
    title: str
    sealed: bool
    words: list[str]


@dataclass(frozen=True)
class FormRow:
    """One form that can leave the house; `may_open`: its persons can be shown."""

    form: str
    title: str
    fields: list[FieldRow]
    may_open: bool


def show_forms(uow: UnitOfWork) -> list[FormRow]:
    """The forms, and what of each this role may have in full."""
    opened = may_open(uow.actor)
    return [
        FormRow(
            form.word,
            form.title,
            [
                FieldRow(name, title, name in form.sealed, list(says(name)))
                for name, title in form.columns
            ],
            bool(form.sealed & opened),
        )
        for form in FORMS.values()
    ]


def keep_profile(
    uow: UnitOfWork, name: str, form: str, columns: Sequence[Json]
) -> ExportProfile:
    """Keep a mapping of a form's fields.

    Raises:
        UnknownForm, BadProfile
    """
    if form not in FORMS:
        raise UnknownForm
    return save_profile(uow, name, form, columns, FORMS[form].fields)
