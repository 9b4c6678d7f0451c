"""Guards of published rules: a publication stays, and so do the words of a draft."""

from collections.abc import Iterator

PUBLICATION_STAYS = "规则的发布记录不能修改或删除"
DRAFT_STAYS = "规则草案的内容不能修改，请另交一份"

_OWN = ("id", "version_id", "from_on", "until_on", "sha256", "words", "made_by")


def rule_guards(dialect: str) -> Iterator[str]:
    """The statements that a migration runs after making the tables."""
    yield from _SQLITE if dialect == "sqlite" else _POSTGRESQL


def _sqlite(name: str, act: str, table: str, words: str, when: str = "1") -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


_SQLITE = (
    _sqlite(
        "rule_publication_no_update",
        *("UPDATE", "rule_publication", PUBLICATION_STAYS),
    ),
    _sqlite(
        "rule_publication_no_delete",
        *("DELETE", "rule_publication", PUBLICATION_STAYS),
    ),
    _sqlite(
        "rule_publication_no_replace",
        *("INSERT", "rule_publication", PUBLICATION_STAYS),
        "EXISTS (SELECT 1 FROM rule_publication p WHERE p.version_id = NEW.version_id "
        "OR p.from_on = NEW.from_on OR p.draft_id = NEW.draft_id)",
    ),
    _sqlite(
        "rule_draft_no_update",
        *(f"UPDATE OF {', '.join(_OWN)}", "rule_draft", DRAFT_STAYS),
    ),
    _sqlite(
        "rule_draft_decided_once",
        *("UPDATE", "rule_draft", DRAFT_STAYS, "OLD.state <> 'open'"),
    ),
    _sqlite("rule_draft_no_delete", "DELETE", "rule_draft", DRAFT_STAYS),
    _sqlite(
        "rule_draft_no_replace",
        *("INSERT", "rule_draft", DRAFT_STAYS),
        "EXISTS (SELECT 1 FROM rule_draft d WHERE d.id = NEW.id "
        "OR (d.version_id = NEW.version_id AND d.state = 'open' "
        "AND NEW.state = 'open'))",
    ),
)

_SAME = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _OWN)

_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION rule_draft_guard() RETURNS trigger "
    "LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'UPDATE' AND OLD.state = 'open' AND {_SAME} THEN RETURN NEW; END IF; "
    f"RAISE EXCEPTION '{DRAFT_STAYS}' USING ERRCODE = '23000'; END $$",
    "CREATE TRIGGER rule_draft_kept BEFORE UPDATE OR DELETE ON rule_draft "
    "FOR EACH ROW EXECUTE FUNCTION rule_draft_guard()",
    "CREATE TRIGGER rule_publication_kept BEFORE UPDATE OR DELETE ON rule_publication "
    "FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change"
    f"('{PUBLICATION_STAYS}')",
    *(
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change('{words}')"
        for table, words in (
            ("rule_publication", PUBLICATION_STAYS),
            ("rule_draft", DRAFT_STAYS),
        )
    ),
)
