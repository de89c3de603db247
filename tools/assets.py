"""User assets: how many users a merchant has in each state, by the catalog's rules.

Counting happens with the other sums (tools/sums.py), where a user's days are already in hand; here the counts get
their names. Every user who ever came is in exactly one of new, active, won_back, at_risk, lapsed; regulars overlap.
"""

import ibis


def asset_values(sums: ibis.Table) -> ibis.Table:
    """as_of, no, metric, value of every user asset of merchants to whom anybody has come yet."""
    sums = sums.filter(sums.ever.notnull())
    new, came, back = (sums[f"asset_{name}"].fill_null(0) for name in ("new", "came", "won_back"))
    counts = {
        "users.new": new,
        "users.active": came - new - back,
        "users.at_risk": sums.asset_at_risk.fill_null(0),
        "users.lapsed": sums.ever - sums.seen_lately.fill_null(0),
        "users.won_back": back,
        "users.regulars": sums.asset_regulars.fill_null(0),
    }
    return ibis.union(
        *(
            sums.select("as_of", "no", metric=ibis.literal(name), value=count.cast("float64"))
            for name, count in counts.items()
        )
    )
