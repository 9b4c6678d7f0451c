"""六助: the product without a screen."""
