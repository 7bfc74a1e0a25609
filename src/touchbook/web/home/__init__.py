"""The way in, the rest of the menu, and what makes the app installable."""
