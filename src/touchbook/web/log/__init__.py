"""Log a moment."""
