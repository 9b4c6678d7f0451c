"""Backups: made while the house runs, brought back into an empty place, and tried."""
