"""What happened: events, the feed made from them, and who looked at what."""
