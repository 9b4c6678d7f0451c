"""Real servers inside the checkout, for a machine that brings none."""
