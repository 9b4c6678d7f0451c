"""Visits that hang together across helpers: two people at one start, one after another.

The times of all rounds are found together, compiled; see `clockwork`.
"""
