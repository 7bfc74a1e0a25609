"""What was typed before a session ended."""
