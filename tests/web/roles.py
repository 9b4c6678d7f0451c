"""The roles that share a door, by the names the tables of doors use."""

from typing import Final

STATION = frozenset({"station"})
ORDERERS = frozenset({"station", "dispatcher"})
COORDINATORS = frozenset({"dispatcher", "street", "district"})
OFFICERS = frozenset({"street", "district"})
STAFF = STATION | COORDINATORS
HELPER = frozenset({"helper"})
DISTRICT = frozenset({"district"})
IMPORTERS = STATION | OFFICERS
EVERYBODY = STAFF | HELPER
# Who reach a little and nothing around it: their doors are named one by one.
RINGING = frozenset({"call_centre"})
SECURITY = frozenset({"security_admin"})
AUDITS = frozenset({"audit_admin"})
COOKS = STATION | {"kitchen"}
SEE_KITCHENS = STAFF | {"kitchen"}
READ_BOOKS = OFFICERS | {"auditor"}
READ_MONTHS = IMPORTERS | {"auditor"}
READ_DRAWS = STAFF | {"evaluator"}
AUDITOR = frozenset({"auditor"})
KEEP_HOUSE = DISTRICT | {"system_admin"}
NARROW = (
    SECURITY | AUDITS | RINGING | {"kitchen", "auditor", "evaluator", "system_admin"}
)
ACCOUNTS = EVERYBODY | NARROW
PUBLIC: Final[frozenset[str]] = ACCOUNTS | {"stranger"}
