"""A simulated club, from one seed: people, moments, answers and outcomes to try everything on. Pure."""
