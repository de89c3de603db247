"""User assets: how many users a merchant has in each state, by the catalog's rules.

Counting happens with the other sums (tools/sums.py), where a user's days are already in hand; here the counts get
their names. Every user who ever came is in exactly one of new, active, won_back, at_risk, lapsed; regulars overlap.
"""

import ibis

ASSETS = ("users.new", "users.active", "users.at_risk", "users.lapsed", "users.won_back", "users.regulars")


def asset_values(sums: ibis.Table) -> ibis.Table:
    """as_of, no, metric, value of every user asset of merchants to whom anybody has come yet."""
    sums = sums.filter(sums.ever.notnull())
    lapsed = sums.ever - sums.seen_lately.fill_null(0)
    parts = []
    for name in ASSETS:
        count = lapsed if name == "users.lapsed" else sums[f"asset_{name.removeprefix('users.')}"].fill_null(0)
        parts.append(sums.select("as_of", "no", metric=ibis.literal(name), value=count.cast("float64")))
    return ibis.union(*parts)
