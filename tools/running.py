"""When something that a shop has running ends: its newest action of a kind, as the operator's log has it."""

from tools.effect import newest
from tools.insights import EffectArguments, Running, RunningArguments
from tools.shop import Shop


def running(shop: Shop, arguments: RunningArguments) -> Running:
    """The action of that kind that started last, until the asker's today; the log knows planned ends.

    Refused: `no_actions` where the operator sends none, `no_action` where the shop never did it.
    """
    result = Running(merchant_id=shop.merchant_id, as_of=arguments.on, kind=arguments.kind)
    if shop.actions is None:
        return result.model_copy(update={"refused": "no_actions"})
    wanted = EffectArguments(
        merchant_id=shop.merchant_id, on=arguments.today, today=arguments.today, kind=arguments.kind
    )
    action = newest(shop.actions, wanted)
    if action is None:
        return result.model_copy(update={"refused": "no_action"})
    over = action.ended_on is not None and action.ended_on < arguments.today
    named = {"product": action.product, "started_on": action.started_on, "ended_on": action.ended_on, "over": over}
    return result.model_copy(update=named)
