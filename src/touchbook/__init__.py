"""Touchbook: a relationship ledger and touch point planner."""

__version__ = "0.1.0"
