"""Paper: the pack of a serving that goes on when screens and power do not."""
