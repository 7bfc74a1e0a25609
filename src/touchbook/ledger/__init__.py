"""The ledger's arithmetic: entries, decay, recovery, witnesses. Pure, and exact to 1e-9."""
