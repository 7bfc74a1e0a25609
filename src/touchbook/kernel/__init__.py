"""What every layer may use: errors, ids, time. Standard library only."""
