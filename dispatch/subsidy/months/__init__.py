"""Months: confirmed, reviewed, shown to the public, closed; corrected only later."""
