"""The demo: a made-up district, its day, and the made-up people who live it."""
