"""Choosing touches: one objective, prices for what is shared, an exact choice for each customer, a repair.

    maximise  Σ value[i, t] · x[i, t]
    such that each customer's choice respects the families they have room in, and
              Σ use[t, k] · x[i, t] ≤ available[k]   for every capacity k

For any prices λ ≥ 0 the dual value  λ · available + Σᵢ maxₓ Σₜ (value[i, t] − Σₖ λₖ use[t, k]) · x[i, t]  is an upper
bound on the best plan, so the gap between it and a feasible plan is a certificate that needs no trust in the search.
"""
