"""The bench: the whole product under load while its processes are killed for real."""
