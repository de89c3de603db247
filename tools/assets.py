"""User assets: how many users a merchant has in each state, by the catalog's rules.

Counting happens with the other sums (tools/sums.py), where a user's days are already in hand; here the counts get
their names. Every user who ever came is in exactly one of new, active, won_back, at_risk, lapsed; regulars overlap.
"""

import ibis

ASSETS = tuple(f"users.{name}" for name in ("new", "active", "at_risk", "lapsed", "won_back", "regulars"))


def asset_values(sums: ibis.Table) -> ibis.Table:
    """no, and the ASSETS as columns of their last words, of merchants to whom anybody has come yet."""
    sums = sums.filter(sums.ever.notnull())
    new, came, back = (sums[f"asset_{name}"].fill_null(0) for name in ("new", "came", "won_back"))
    return sums.select(
        "no",
        new=new,
        active=came - new - back,
        at_risk=sums.asset_at_risk.fill_null(0),
        lapsed=sums.ever - sums.seen_lately.fill_null(0),
        won_back=back,
        regulars=sums.asset_regulars.fill_null(0),
    )
