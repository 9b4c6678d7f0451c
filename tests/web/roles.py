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
PUBLIC: Final[frozenset[str]] = EVERYBODY | {"stranger"}
