"""Guards of the time bank: moves join only what they may, spend only what is there,
and never change; one proof has one live mint. On both engines.
"""

# ruff: noqa: S608 - statements are put together from our own words only

from collections.abc import Iterator
from typing import Final

MOVE_STAYS = "时间流水不能修改或删除，请用冲正"
ACCOUNT_STAYS = "时间账户不能修改或删除"
WRONG_WAY = "这两个账户之间不能这样划转时间"
TOO_LITTLE = "时间余额不足"
MINTED_ALREADY = "这份凭证已经入过账"
NOT_ITS_MIRROR = "冲正须与原流水方向相反、分钟相同"

# Which kinds of accounts each kind of move joins.
_WAYS: Final = {
    "mint": (("issue",), ("helper", "team")),
    "overflow": (("issue",), ("pool",)),
    "gift": (("helper",), ("elder",)),
    "donate": (("helper", "team", "elder"), ("pool",)),
    "grant": (("pool",), ("elder",)),
    "redeem": (("elder",), ("issue",)),
}
_TABLES: Final = {"time_move": MOVE_STAYS, "time_account": ACCOUNT_STAYS}


def _among(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


_MAY: Final = " OR ".join(
    f"(NEW.kind = '{kind}' AND f.kind IN ({_among(giving)}) "
    f"AND t.kind IN ({_among(taking)}))"
    for kind, (giving, taking) in _WAYS.items()
)
_JOINS_WRONGLY: Final = (
    "NEW.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM time_account f, "
    f"time_account t WHERE f.id = NEW.from_id AND t.id = NEW.to_id AND ({_MAY}))"
)
_SPENDS_TOO_MUCH: Final = (
    "NEW.kind IN ('gift', 'donate', 'grant', 'redeem') AND NEW.minutes > "
    "(SELECT COALESCE(SUM(minutes), 0) FROM time_move WHERE to_id = NEW.from_id) - "
    "(SELECT COALESCE(SUM(minutes), 0) FROM time_move WHERE from_id = NEW.from_id)"
)
_MINTS_AGAIN: Final = (
    "NEW.evidence_id IS NOT NULL AND EXISTS (SELECT 1 FROM time_move m "
    "WHERE m.evidence_id = NEW.evidence_id AND m.kind = NEW.kind AND NOT EXISTS "
    "(SELECT 1 FROM time_move b WHERE b.reverses_id = m.id))"
)
_IS_NO_MIRROR: Final = (
    "NEW.kind = 'reversal' AND NOT EXISTS (SELECT 1 FROM time_move m "
    "WHERE m.id = NEW.reverses_id AND m.kind <> 'reversal' "
    "AND m.from_id = NEW.to_id AND m.to_id = NEW.from_id AND m.minutes = NEW.minutes)"
)
_RULES: Final = (
    ("joins", _JOINS_WRONGLY, WRONG_WAY),
    ("spends", _SPENDS_TOO_MUCH, TOO_LITTLE),
    ("mints", _MINTS_AGAIN, MINTED_ALREADY),
    ("mirrors", _IS_NO_MIRROR, NOT_ITS_MIRROR),
)


def time_guards(dialect: str) -> Iterator[str]:
    """The statements that a migration runs after making the tables."""
    yield from _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> Iterator[str]:
    for name, when, words in _RULES:
        yield _trigger(f"time_move_{name}", "INSERT", "time_move", when, words)
    for table, words in _TABLES.items():
        for act in ("UPDATE", "DELETE"):
            yield _trigger(f"{table}_no_{act.lower()}", act, table, "1", words)
    # INSERT OR REPLACE deletes without asking the delete trigger.
    same = (
        "EXISTS (SELECT 1 FROM time_move m WHERE m.id = NEW.id "
        "OR m.reverses_id = NEW.reverses_id)"
    )
    yield _trigger("time_move_no_replace", "INSERT", "time_move", same, MOVE_STAYS)
    same = (
        "EXISTS (SELECT 1 FROM time_account a WHERE a.id = NEW.id "
        "OR a.helper_id = NEW.helper_id OR a.team_id = NEW.team_id "
        "OR a.elder_id = NEW.elder_id "
        "OR (a.kind = NEW.kind AND a.kind IN ('issue', 'pool')))"
    )
    yield (
        "CREATE TRIGGER time_account_no_replace BEFORE INSERT ON time_account "
        f"WHEN {same} BEGIN SELECT RAISE(IGNORE); END"
    )


def _trigger(name: str, act: str, table: str, when: str, words: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def _postgresql() -> Iterator[str]:
    checks = " ".join(
        f"IF {when} THEN RAISE EXCEPTION '{words}' USING ERRCODE = '23000'; END IF;"
        for _, when, words in _RULES
    )
    # Two who spend from one account, or mint by one proof, wait for each other.
    held = (
        "IF NEW.kind IN ('gift', 'donate', 'grant', 'redeem') THEN PERFORM 1 "
        "FROM time_account WHERE id = NEW.from_id FOR UPDATE; END IF; "
        "IF NEW.evidence_id IS NOT NULL THEN PERFORM 1 FROM evidence "
        "WHERE id = NEW.evidence_id FOR NO KEY UPDATE; END IF;"
    )
    yield (
        "CREATE FUNCTION time_move_guard() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {held} {checks} RETURN NEW; END $$"
    )
    yield (
        "CREATE TRIGGER time_move_guard BEFORE INSERT ON time_move "
        "FOR EACH ROW EXECUTE FUNCTION time_move_guard()"
    )
    for table, words in _TABLES.items():
        yield (
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change('{words}')"
        )
        yield (
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change('{words}')"
        )
