"""Pages without JavaScript: for elders and their families."""
