"""Evidence made by hand for composing and verifying: cards of many shapes, passages of many kinds."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.answering.types import Evidence, Intent, Plan, Principal, Question, Slots, Step, Turn
from knowledge.types import Document, Passage, Validity
from tools.catalog import load_catalog
from tools.types import DIMENSIONS, Measurement, Merchant, Period, ScoreCard, State, Unit

CATALOG = load_catalog()
TODAY = date(2026, 11, 22)
AS_OF = date(2026, 11, 21)
NOW = datetime(2026, 11, 22, 10, 0)  # noqa: DTZ001 - the asker's wall clock
OWN = Merchant(merchant_id="M0001", name="老陈面馆", industry="catering", city="杭州", joined_on=date(2023, 3, 1))

# value, peers' median, upper quarter, metric score, gain at the median, gain at the upper quarter
TYPICAL: dict[str, tuple[float, float, float, float, float, float]] = {
    "visitors_28d": (412, 455, 702, 45.1, 1.7, 10.4),
    "new_users_28d": (128, 110, 171, 58.3, 0, 4.2),
    "followers": (903, 1210, 2044, 38.2, 2.4, 7.3),
    "identified_share": (0.4213, 0.4382, 0.5311, 46.0, 0.8, 5.8),
    "active_rate": (0.3127, 0.3544, 0.4218, 38.4, 2.3, 7.3),
    "visit_days_per_user": (2.13, 1.92, 2.44, 61.2, 0, 2.1),
    "return_rate_28d": (0.1824, 0.2451, 0.3098, 22.4, 8.3, 15.8),
    "interaction_rate": (0.2816, 0.2734, 0.3541, 53.3, 0, 3.2),
    "redemption_rate": (0.0903, 0.1502, 0.1911, 18.7, 6.3, 11.3),
    "conversion_rate": (0.4312, 0.4218, 0.5106, 52.6, 0, 6.7),
    "repurchase_rate_90d": (0.3104, 0.2857, 0.3622, 60.1, 0, 4.5),
    "average_order_value": (36.48, 38.12, 44.9, 43.8, 1.2, 6.2),
    "revenue_per_active_user": (21.07, 22.4, 29.85, 44.4, 1.1, 6.1),
    "new_user_cost": (18.42, 14.91, 10.06, 31.5, 3.7, 8.7),
    "discount_rate": (0.1243, 0.0871, 0.0614, 27.2, 5.7, 12.0),
    "coupon_return": (6.12, 6.87, 9.31, 41.0, 1.8, 6.8),
    "promotion_return": (2.31, 2.05, 3.4, 57.7, 0, 3.5),
    "refund_rate": (0.0213, 0.0224, 0.0131, 52.9, 0, 3.3),
}
SCORES: dict[str, tuple[float, float, float]] = {  # score, peers' median, share of peers beaten
    "scale": (46.4, 50.6, 0.412),
    "active": (35.3, 50.2, 0.187),
    "worth": (50.9, 49.7, 0.536),
    "efficiency": (41.2, 50.1, 0.297),
    "overall": (43.5, 50.3, 0.304),
}
GROUP = "catering/medium"


class CardMaker:
    """Builds cards whose figures carry running ids."""

    def __init__(self) -> None:
        self.measurements: list[Measurement] = []

    @property
    def next_id(self) -> str:
        return f"M{len(self.measurements) + 1}"

    def add(
        self, metric: str, value: float | None, unit: Unit, as_of: date, merchant: str | None, **more: object
    ) -> Measurement:
        window = more.pop("window", 28)
        assert isinstance(window, int)
        made = Measurement.model_validate(
            {
                "id": self.next_id, "metric": metric, "merchant_id": merchant, "value": value, "unit": unit,
                "period": Period(start=as_of - timedelta(days=window - 1), end=as_of), "as_of": as_of, **more,
            }
        )  # fmt: skip
        self.measurements.append(made)
        return made

    def card(
        self,
        *,
        values: Mapping[str, tuple[float, float, float, float, float, float]] = TYPICAL,
        scores: Mapping[str, tuple[float, float, float]] = SCORES,
        missing: Mapping[str, State] | None = None,
        alone: bool = False,
        state: State = "ok",
        as_of: date = AS_OF,
        merchant: Merchant = OWN,
        official: bool = False,
        peers: int = 143,
    ) -> ScoreCard:
        figures: dict[str, Measurement] = {}

        def put(metric: str, value: float | None, unit: Unit, owner: str | None, **more: object) -> None:
            figures[metric] = self.add(metric, value, unit, as_of, owner, **more)

        for metric in CATALOG.metrics:
            owner = merchant.merchant_id
            gone = (missing or {}).get(metric.id)
            if gone is not None:
                put(
                    metric.id,
                    None,
                    metric.unit,
                    owner,
                    state=gone,
                    denominator=12 if gone == "too_small" else None,
                    window=metric.window_days,
                )
                continue
            value, median, quarter, score, at_median, at_quarter = values[metric.id]
            ratio = {"numerator": round(value * 1000), "denominator": 1000, "n": 1000} if metric.unit == "ratio" else {}
            put(metric.id, value, metric.unit, owner, window=metric.window_days, **ratio)
            if alone:
                put(f"{metric.id}.past_4w", median, metric.unit, owner, window=metric.window_days)
                continue
            group = {"group": GROUP, "group_level": "industry_band", "n": peers, "window": metric.window_days}
            put(f"{metric.id}.score", score, "score", owner, **group)
            put(f"{metric.id}.peer_median", median, metric.unit, None, **group)
            put(f"{metric.id}.peer_upper_quarter", quarter, metric.unit, None, **group)
            put(f"{metric.id}.peers", peers, "merchants", None, **group)
            for name, gain in (("gain_at_median", at_median), ("gain_at_upper_quarter", at_quarter)):
                if gain:
                    put(f"{metric.id}.{name}", gain, "points", owner, **group)
        for dimension, (score, median, share) in ({} if alone else scores).items():
            group = {"group": GROUP, "group_level": "industry_band", "n": peers}
            put(f"{dimension}.score", score, "score", merchant.merchant_id, **group)
            put(f"{dimension}.peer_median", median, "score", None, **group)
            put(f"{dimension}.peers", peers, "merchants", None, **group)
            put(f"{dimension}.rank_share", share, "ratio", merchant.merchant_id, **group)
            put(f"{dimension}.coverage", 1.0, "ratio", merchant.merchant_id, **group)
        for name, count in (
            ("new", 128),
            ("active", 262),
            ("at_risk", 205),
            ("lapsed", 1480),
            ("won_back", 22),
            ("regulars", 97),
        ):
            put(f"users.{name}", count, "users", merchant.merchant_id)
        return ScoreCard(
            merchant=merchant, as_of=as_of, state=state, newest_day=as_of, official=official, figures=figures
        )

    def changes(self, now: ScoreCard, before: ScoreCard) -> None:
        for key, m in now.figures.items():
            old = before.figures.get(key)
            if (
                old is None
                or m.value is None
                or old.value is None
                or m.statistic not in ("value", "score")
                or m.base == "users"
            ):
                continue
            name = f"{key}_change" if m.statistic == "score" else f"{key}.change"
            unit: Unit = "points" if m.statistic == "score" else m.unit
            self.measurements.append(
                Measurement(
                    id=self.next_id, metric=name, merchant_id=m.merchant_id, value=m.value - old.value, unit=unit,
                    period=Period(start=before.as_of, end=now.as_of), as_of=now.as_of,
                )
            )  # fmt: skip


def document(
    id: str, *, locale: str = "zh", start: date | None = date(2024, 1, 1), end: date | None = None, **more: object
) -> Document:
    return Document.model_validate(
        {
            "id": id, "title": more.pop("title", id), "kind": "guide", "product": "merchant_coupon",
            "platform": "alipay", "audience": "all", "locale": locale, "valid_from": start, "valid_until": end,
            "version": "1", "supersedes": None, "source": "[S]",
            "status": "sourced", "last_verified": date(2026, 10, 1), "recheck_by": date(2027, 10, 1), **more,
        }
    )  # fmt: skip


def passage(
    id: str,
    doc: Document,
    text: str,
    *,
    section: str = "",
    number: int = 1,
    validity: Validity | None = None,
    on: date = TODAY,
) -> Passage:
    return Passage(
        id=id,
        passage_id=f"{doc.id}#{number}",
        document=doc,
        section=section,
        text=text,
        validity=validity or doc.validity(on),
        score=1.0,
        similarity=0.9,
    )


COUPON_ZH = passage(
    "P1", document("merchant-coupon-overview-zh", title="商家券规则"),
    "商家券的总库存最多 999,999 张，只能增加不能减少。\n"
    "券的有效期可以在修改里调整，每位用户的领取次数可以按天、周、月限制，填 0 表示不限。",
    number=3,
)  # fmt: skip
BROADCAST_ZH = passage(
    "P2", document("life-account-messages-zh", title="生活号消息规则", product="life_account", start=date(2024, 3, 1)),
    "生活号群发消息，每位用户每周最多收到一次。\n客服消息只能在用户互动后 48 小时内发送，每位用户每天最多 100 条。",
    number=2,
)  # fmt: skip
COUPON_EN = passage(
    "P1", document("merchant-coupon-overview-en", locale="en", title="Merchant coupon rules"),
    "The total stock of a merchant coupon is at most 999,999 and it can only grow. "
    "Limits per user can be set by day, week or month; 0 means no limit.",
    number=3,
)  # fmt: skip
BROADCAST_EN = passage(
    "P2",
    document(
        "life-account-messages-en", locale="en", title="Life messages", product="life_account", start=date(2024, 3, 1)
    ),
    "A broadcast reaches each user at most once a week. A customer message may only be sent within 48 hours of "
    "the user's interaction, at most 100 a user a day.",
    number=2,
)  # fmt: skip


def rules(language: str) -> tuple[Passage, ...]:
    return (COUPON_ZH, BROADCAST_ZH) if language == "zh" else (COUPON_EN, BROADCAST_EN)


def evidence(maker: CardMaker, *cards: ScoreCard, passages: tuple[Passage, ...] = (), **more: object) -> Evidence:
    return Evidence.model_validate(
        {"measurements": tuple(maker.measurements), "cards": cards, "passages": passages, **more}
    )


def typical(language: str = "zh", **card: object) -> Evidence:
    maker = CardMaker()
    made = maker.card(**card)  # type: ignore[arg-type]
    return evidence(maker, made, passages=rules(language))


def two_dates(language: str = "zh", days: int = 28) -> Evidence:
    """The typical card and one from `days` before, where Active was higher and Worth lower."""
    maker = CardMaker()
    now = maker.card()
    earlier_scores = {
        "scale": (45.0, 50.4, 0.4),
        "active": (39.9, 50.1, 0.24),
        "worth": (48.8, 49.9, 0.48),
        "efficiency": (41.2, 50.0, 0.3),
        "overall": (43.7, 50.2, 0.31),
    }
    earlier = {k: (v[0] * (1.12 if k == "return_rate_28d" else 0.97), *v[1:]) for k, v in TYPICAL.items()}
    before = maker.card(values=earlier, scores=earlier_scores, as_of=AS_OF - timedelta(days=days))
    maker.changes(now, before)
    return evidence(maker, now, before, passages=rules(language))


def question(
    text: str, *, role: str = "merchant", merchants: tuple[str, ...] = ("M0001",), history: tuple[Turn, ...] = ()
) -> Question:
    principal = Principal.model_validate(
        {"role": role, "id": "M0001" if role == "merchant" else "A001", "merchants": frozenset(merchants)}
    )
    return Question(id="q1", text=text, principal=principal, now=NOW, history=history)


def plan(language: str, intent: Intent, **slots: object) -> Plan:
    return Plan.model_validate(
        {"language": language, "steps": (Step(intent=intent, slots=Slots.model_validate(slots)),)}
    )


ALL_DIMENSIONS = (*DIMENSIONS, "overall")
