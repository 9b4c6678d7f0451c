"""The database: engine and sessions, column types, one transaction at a time."""
