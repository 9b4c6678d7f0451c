"""Gauging: how the house itself stands, for machines that watch and for one page."""
