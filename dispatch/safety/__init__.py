"""Safety: nobody is left at an unanswered door."""
