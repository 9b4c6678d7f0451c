"""Months that have been: made up in bulk from a seed, kept through the same guards."""
