"""Sheets in and out: what a district keeps in Excel, and what it wants back in it."""
