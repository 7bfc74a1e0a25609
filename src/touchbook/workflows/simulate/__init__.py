"""Policies played against each other in the simulated club: same people, same capacities, same luck."""
