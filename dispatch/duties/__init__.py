"""Duties (应办事项): what is owed to an elder within a period, and what credits it."""
