"""Planning: waves, the problem made of one, and plans that are published once."""
