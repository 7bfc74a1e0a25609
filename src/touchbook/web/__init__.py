"""The face for people: a phone at the counter, and a desk."""
