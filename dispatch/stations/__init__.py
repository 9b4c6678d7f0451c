"""Stations: how points enter, who runs them, and what becomes of theirs on exit."""
