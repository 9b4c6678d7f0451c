"""The shapes that come in over the wire, checked before anything is done."""
