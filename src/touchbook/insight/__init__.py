"""Who each customer is now: the state, by SQL, and what is estimated from it, by NumPy. Pure."""
