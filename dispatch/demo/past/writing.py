"""Writing a month in bulk: rows laid out once, then put into each table by the
database, drafted and posted, with every guard on.

One order is one row of a table of our own; SQL makes orders, proofs, payments, entries,
postings and grants of it. On PostgreSQL those rows come by COPY.
"""

# ruff: noqa: S608 - statements are put together from our own words only

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from dispatch.demo.chance import Chance
from dispatch.demo.past.facts import Past
from dispatch.demo.past.statements import HELD, MONEY, SEEN, SPREAD

Row = tuple[object, ...]

_ORDER: Final = (
    *("id", "number", "elder_id", "household_id", "station_id", "street_code"),
    *("kitchen_id", "sitting_id", "service", "is_meal", "channel", "serve_on"),
    *("serving", "window_from_at", "window_until_at", "price_fen", "fee_fen"),
    *("due_fen", "state", "reason", "grade", "placed_at", "ended_at", "period"),
    *("evidence_id", "origin", "basis", "field_event_id", "helper_id", "account_id"),
    *("payment_id", "entry_id", "income_id", "self_id", "home_street", "category"),
    *("categories", "rule_version", "meal", "business_key"),
)
_LINE: Final = (
    *("id", "posting_id", "order_id", "subsidy", "payer", "kind", "part", "fen"),
    *("units", "category", "window_key", "once_key"),
)
_EVENT: Final = (
    *("id", "device_id", "boot_id", "seq", "wall_ms", "mono_ms", "prev_hash"),
    *(
        "hash",
        "helper_id",
        "order_id",
        "kind",
        "lat",
        "lon",
        "accuracy_m",
        "datum",
        "photo_sha256",
    ),
    *("detail", "at"),
)
_PICTURE: Final = ("id", "order_id", "helper_id", "kind", "sha256", "look", "at")
TABLES: Final = {
    "past_order": _ORDER,
    "past_line": _LINE,
    "past_event": _EVENT,
    "past_picture": _PICTURE,
    "past_station": ("id", "words"),
}
_WHOLE: Final = {"price_fen", "fee_fen", "due_fen", "fen", "units", "seq"}
_LONG: Final = {"wall_ms", "mono_ms"}
_REAL: Final = {"lat", "lon", "accuracy_m"}


class Writer:
    """One month's rows on their way into one transaction."""

    def __init__(self, connection: Connection, chance: Chance, period: str) -> None:
        self._connection, self._chance, self._period = connection, chance, period
        self._on_sqlite = connection.dialect.name == "sqlite"
        self._numbers = count(1)
        self._phones: dict[str, tuple[int, str]] = {}  # last number and hash

    def lay_out(self) -> None:
        """The tables of our own, gone with the transaction's connection."""
        for table, columns in TABLES.items():
            self._run(f"DROP TABLE IF EXISTS {table}")
            told = ", ".join(f"{name} {self._type(name)}" for name in columns)
            self._run(f"CREATE TEMPORARY TABLE {table} ({told})")

    def _type(self, column: str) -> str:
        if column in _WHOLE or column in _LONG:
            return "BIGINT"
        if column in _REAL:
            return "DOUBLE PRECISION"
        if self._on_sqlite:
            return "INTEGER" if column == "is_meal" else "TEXT"
        if column in {"basis", "detail", "photo_sha256"}:
            return "JSONB"
        if column == "is_meal":
            return "BOOLEAN"
        if column == "serve_on":
            return "DATE"
        if column.endswith("_at") or column == "at":
            return "TIMESTAMPTZ"
        is_id = column == "id" or column.endswith("_id")
        return "UUID" if is_id and column not in {"device_id", "boot_id"} else "TEXT"

    def id(self) -> str:
        """An id that the seed decides."""
        return UUID(int=self._chance.getrandbits(128), version=4).hex

    def line_rows(self, past: Past, once: Mapping[str, str | None]) -> Iterator[Row]:
        """Its grants. Args: once: by subsidy, the window that takes one."""
        for line in past.lines:
            kind = "advance" if line.advance_by else "due"
            ids = (self.id(), self.id(), past.id.hex, line.subsidy, line.payer, kind)
            yield (
                *ids,
                line.on,
                line.fen,
                line.units,
                line.category,
                line.window,
                once[line.subsidy] if past.once else None,
            )

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """Bring rows into one of our own tables."""
        if self._on_sqlite:
            marks = ", ".join("?" * len(TABLES[table]))
            told = [tuple(map(_plain, row)) for row in rows]
            if told:
                self._connection.exec_driver_sql(
                    f"INSERT INTO {table} VALUES ({marks})", told
                )
            return
        # One write for all rows: each of them waits for the server's socket.
        told_at_once = "".join("\t".join(map(_copied, row)) + "\n" for row in rows)
        raw = self._connection.connection.cursor()
        with raw.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(told_at_once)

    def spread(self, stations: Iterable[UUID]) -> None:
        """Make the rows of the product's own tables, and post the entries."""
        self.put("past_station", ((each.hex, str(each)) for each in stations))
        for statement in (*SPREAD, *self._indexes(), *MONEY):
            self._run(statement.format(true="1" if self._on_sqlite else "TRUE"))
        if not self._on_sqlite:
            self._run(HELD)
        post = "UPDATE ledger_entry SET state = 'posted' WHERE state = 'draft' "
        self._run(f"{post}AND period = '{self._period}'")
        self._run(SEEN)

    def _indexes(self) -> Iterator[str]:
        yield "CREATE INDEX past_by_id ON past_order (id)"
        if not self._on_sqlite:
            yield "ANALYZE past_order"
            yield "ANALYZE past_line"

    def _run(self, statement: str) -> None:
        self._connection.execute(text(statement))

    def order_row(
        self, past: Past, sitting_id: str | None, told: tuple[str, str, str, str]
    ) -> Row:
        """One order with everything that is one of it.

        Args:
            told: the version of the rules, the home street, the first category, and
                all categories.
        """
        version, home_street, category, categories = told
        done = past.state == "done"
        from_counter = past.hands is None
        due = past.price_fen + past.fee_fen - past.given_fen
        number = f"P{self._period.replace('-', '')[2:]}{next(self._numbers):08d}"
        return (
            past.id.hex,
            number,
            past.eater.id.hex,
            past.eater.household_id.hex,
            past.point.station_id.hex,
            past.point.street_code,
            past.point.kitchen_id.hex if past.is_meal else None,
            sitting_id,
            past.service,
            past.is_meal,
            past.channel,
            past.on.isoformat(),
            past.serving,
            past.began_at or past.at,
            past.at,
            past.price_fen,
            past.fee_fen,
            due,
            past.state,
            past.reason,
            past.grade,
            past.began_at or past.at,
            past.at,
            self._period,
            self.id() if done else None,
            "counter" if from_counter else "phone",
            json.dumps(past.basis, ensure_ascii=False),
            self.id() if done and past.hands else None,
            past.hands.id.hex if past.hands else None,
            past.point.account_id.hex if past.point.account_id else None,
            self.id(),
            self.id(),
            self.id(),
            self.id(),
            home_street,
            category,
            categories,
            version,
            past.serving.upper() if past.is_meal else None,
            f"service:{past.id}:1",
        )

    def event_rows(self, past: Past, row: Row) -> Iterator[Row]:
        """What the phone said of it: that it began, and that it was done."""
        hands = past.hands
        if hands is None or past.state != "done" or past.began_at is None:
            return
        begun, ended = (
            ("picked_up", "handed_over")
            if past.is_meal
            else ("visit_begun", "visit_ended")
        )
        lat, lon = past.here or (None, None)
        shas = json.dumps([sha256 for _, sha256, _ in past.pictures])
        detail = json.dumps(past.detail, ensure_ascii=False)
        ids = (self.id(), row[_ORDER.index("field_event_id")])
        for n, kind, at in ((0, begun, past.began_at), (1, ended, past.at)):
            ms = int(at.timestamp() * 1000)
            place = (lat, lon, past.accuracy_m) if n else (None, None, None)
            seq, before = self._phones.get(hands.phone, (0, ""))
            now = f"{self._chance.getrandbits(256):064x}"
            self._phones[hands.phone] = (seq + 1, now)
            yield (
                *(ids[n], hands.phone, f"past-{self._period}", seq + 1, ms, ms),
                *(before, now, hands.id.hex, past.id.hex),
                *(kind, *place, "wgs84" if place[0] else None),
                *(shas if n else "[]", detail if n else "{}", at),
            )

    def picture_rows(self, past: Past) -> Iterator[Row]:
        """Pictures that were kept their time and are forgotten; their hashes stay."""
        if past.hands is None:
            return
        for kind, sha256, look in past.pictures:
            ids = (self.id(), past.id.hex, past.hands.id.hex)
            yield (*ids, kind, sha256, look, past.at)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


def _copied(value: object) -> str:
    return _WORDS_OF.get(type(value), _as_it_is)(value)


def _as_it_is(value: object) -> str:
    told = str(value)
    return told.replace("\\", "\\\\") if "\\" in told else told


# What COPY reads for values that do not say themselves.
_WORDS_OF: Final[dict[type, Callable[[Any], str]]] = {
    type(None): lambda _: "\\N",
    datetime: datetime.isoformat,
    bool: lambda value: "t" if value else "f",
    int: str,
}
