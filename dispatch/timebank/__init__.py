"""The time bank: minutes of evidenced volunteering, kept like money."""
