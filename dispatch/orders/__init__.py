"""Orders: one thing one elder needs once, from the phone call to the evidence."""
