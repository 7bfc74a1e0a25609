"""Settings: where the data lives, and what Django is told."""
