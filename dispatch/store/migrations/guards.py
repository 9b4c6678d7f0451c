"""Guards: tables whose rows are written once and never changed, on both engines."""

from collections.abc import Iterator

WRITTEN_ONCE = {
    "event": "事件记录只能追加，不能修改或删除",
    "audit": "审计记录只能追加，不能修改或删除",
    "payment": "收款记录只能追加，不能修改或删除",
    "field_event": "现场记录只能追加，不能修改或删除",
}


def guards(dialect: str) -> Iterator[str]:
    """The statements that make those tables append-only."""
    if dialect == "sqlite":
        for table, words in WRITTEN_ONCE.items():
            for act in ("UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
                )
        return
    yield (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$"
    )
    for table, words in WRITTEN_ONCE.items():
        yield (
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change('{words}')"
        )
        yield (
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('{words}')"
        )
