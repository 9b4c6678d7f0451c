"""Programs as names, notes and words: what a page must show and never run.

Each has a mark of its own. Where the mark stands in a page the whole program must stand
around it, as text; were one run, it would open a dialog, or miss a name and say so.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from playwright.sync_api import Dialog, Page
from sqlalchemy import JSON, Enum, text
from sqlmodel import AutoString, Session, SQLModel, select

from dispatch.people.vault import Sealed, seal, unseal
from dispatch.store import tables as _tables  # noqa: F401 - all of them

_SHAPES: Final = """
<svg onload=@()>
<b onclick=@()>
'onclick=@()//
"onload='@()'
{{@()}}
${@()}
<p id=@>
javascript:@()
</b><u>@
<!--@-->
<script>alert('@')</script>
<SCRIPT>alert('@')</SCRIPT>
<scr<script>ipt>alert('@')</script>
</script><script>alert('@')</script>
<script src=//@.invalid></script>
<script src="data:,alert('@')"></script>
<script>/*@*/</script
<img src=x onerror=alert('@')>
<img src=x onerror="alert('@')">
<img/src=x/onerror=alert('@')>
<img src="javascript:alert('@')">
<IMG SRC=x ONERROR=alert('@')>
"><img src=x onerror=alert('@')>
'><img src=x onerror=alert('@')>
`><img src=x onerror=alert('@')>
</title><img src=x onerror=alert('@')>
</textarea><img src=x onerror=alert('@')>
</option></select><b onload=alert('@')>
<svg/onload=alert('@')>
<svg><script>alert('@')</script></svg>
<svg><a href=javascript:alert('@')>x</a>
<svg><animate onbegin=alert('@') attributeName=x>
<math><a href=javascript:alert('@')>x
<iframe src=javascript:alert('@')>
<iframe srcdoc="<b onload=alert('@')>">
<object data=javascript:alert('@')>
<embed src=javascript:alert('@')>
<link rel=stylesheet href=//@.invalid>
<style>@import '//x.invalid'</style>
<style>*{color:red}/*@*/</style>
<meta http-equiv=refresh content=0;url=//@.invalid>
<base href=//@.invalid>
<body onload=alert('@')>
<details open ontoggle=alert('@')>
<video src=x onerror=alert('@')>
<audio src=x onerror=alert('@')>
<input autofocus onfocus=alert('@')>
<select autofocus onfocus=alert('@')>
<marquee onstart=alert('@')>
<form><button formaction=javascript:alert('@')>
<a href="javascript:alert('@')">x</a>
<a href=data:text/html,@>x</a>
<div style="background:url(javascript:@)">
" onmouseover=alert('@') x="
' autofocus onfocus=alert('@') x='
{@html '<img src=x onerror=@()>'}
{% raw %}{{ 7*7 }}@{% endraw %}
&lt;script&gt;alert('@')&lt;/script&gt;
\\u003cscript\\u003ealert('@')
%3Cscript%3Ealert('@')%3C/script%3E
"""
PROGRAMS: Final = tuple(
    shape.replace("@", f"x7q{n:02}")
    for n, shape in enumerate(_SHAPES.strip().splitlines(), start=1)
)
# What people write freely: a column of one of these names, of any table.
_FREE: Final = frozenset(
    {
        *("name", "title", "note", "words", "relation", "label", "notice", "language"),
        *("community", "estate", "building", "ingredients", "allergens", "proof"),
        *("witness", "issuer", "fridge", "went_to", "collected_by", "withdrawn_why"),
        *("decision", "resolution", "file_name", "sheet_name", "accepted_by"),
        *("inside", "voucher", "paper"),
    }
)
# Names and words that the house itself reads, or writes.
_ITS_OWN: Final = frozenset(
    {
        *("backup_run.name", "backup_run.words", "report_print.name"),
        *("rule_version.words", "rule_draft.words", "calendar_day.name"),
    }
)
_SEALED: Final = frozenset(
    {
        *("name", "address", "door", "door_note", "message", "answer", "said", "asked"),
        *("replied", "found", "reason", "note", "diet_note", "habits"),
    }
)
# Two columns of each elder that a station reads in full; between them stands each one.
_HALVES: Final = {"household.building": 0, "name": 30}
_AS_MADE: Final = text("rowid")  # SQLite's own order
# What a page holds of text, and what stands around each mark; what must not be there.
_LOOK: Final = """() => {
  const found = [], alive = [];
  const leads = /^(href|src|action|formaction|data|xlink:href)$/;
  const strange = /^(IFRAME|OBJECT|EMBED|BASE|MARQUEE)$/;
  const words = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) found.push(words.currentNode.data);
  for (const one of document.querySelectorAll("*")) {
    if (one.value && typeof one.value === "string") found.push(one.value);
    for (const { name, value } of one.attributes) {
      const runs = leads.test(name) && /^\\s*javascript:/i.test(value);
      if (name.startsWith("on") || runs) alive.push(`${one.tagName} ${name}`);
      else found.push(value);
    }
    const within = one.tagName === "SCRIPT" && !one.src;
    if (within || strange.test(one.tagName)) alive.push(one.tagName);
  }
  return [found.filter((text) => text.includes("x7q")), alive];
}"""


def plant(session: Session) -> None:
    """Make each free text of every row a program, down one column after the other."""
    for table in SQLModel.metadata.sorted_tables:
        keys = list(table.primary_key)
        for column in (one for one in table.columns if _is_free(table.name, one)):
            turn = _turns(f"{table.name}.{column.name}")
            for row in session.execute(select(*keys).order_by(_AS_MADE)).all():
                where = [key == value for key, value in zip(keys, row, strict=True)]
                told = {column.name: _said(column.type, turn)}
                session.execute(table.update().where(*where).values(**told))
    turns = {field: _turns(field) for field in _SEALED}
    rows = session.execute(select(Sealed.owner_id, Sealed.field).order_by(_AS_MADE))
    for owner_id, field in rows.all():
        if field in turns and unseal(session, [owner_id], [field])[owner_id][field]:
            seal(session, owner_id, {field: next(turns[field])})
    session.commit()


def _turns(column: str) -> Iterator[str]:
    """The programs, over and over; half of a village's rows are enough for all."""
    at = zlib.crc32(column.encode()) if column not in _HALVES else _HALVES[column]
    while True:
        yield PROGRAMS[at % len(PROGRAMS)]
        at += 1


def _is_free(table: str, column: Any) -> bool:
    fixed = column.primary_key or column.foreign_keys or isinstance(column.type, Enum)
    words = isinstance(column.type, AutoString | JSON) and not fixed
    return words and column.name in _FREE and (f"{table}.{column.name}" not in _ITS_OWN)


def _said(kind: Any, turn: Iterator[str]) -> str | list[str]:
    if not isinstance(kind, AutoString):
        return [next(turn)]
    return next(one for one in turn if len(one) <= (kind.length or 200))


def watch(page: Page, complaints: list[str]) -> None:
    """A dialog is what a program that runs would open."""

    def hear(dialog: Dialog) -> None:
        complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", hear)


def look_through(page: Page, seen: set[str]) -> list[str]:
    """What of this page is more than text, or text that is not whole."""
    texts, alive = page.evaluate(_LOOK)
    wrong = [f"{page.url.rsplit('/', 1)[-1]} alive: {one}" for one in alive]
    for words in texts:
        whole = [program for program in PROGRAMS if program in words]
        left = _without(words, whole)
        seen.update(whole)
        if "x7q" in left:
            wrong.append(f"{page.url.rsplit('/', 1)[-1]} cut: {left[:80]}")
    return wrong


def _without(words: str, programs: Sequence[str]) -> str:
    for program in programs:
        words = words.replace(program, "")
    return words
