"""People and places: elders at their doors, stations, helpers, and what is sealed."""
