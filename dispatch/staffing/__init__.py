"""Staffing: what is done about helpers, and what it does to their rounds."""
