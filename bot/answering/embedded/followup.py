"""What a short message leaves out is taken from the turn before: "and Worth?", 那上个月呢, "why?"."""

import re
from typing import Literal

from bot.answering.embedded.understand_figures import MEASURED
from bot.answering.embedded.understand_reading import Reading
from bot.answering.embedded.understand_slots import TAKES
from bot.answering.types import Intent, Question, Slots, Step, Turn

Bare = Literal["same", "more", "sure", "why", "how", "compare", "show", "no"]

_FILLER = re.compile(
    r"\b(?:what about|how about|and|or|but|so|ok|okay|the|a|an|for|in|on|of|at|my|our|this|that|it|its|them"
    r"|same|with|by|during|then|now|please|instead|since|if|score|value|to|from|only|just|have|had|got|i|i've|we|were"
    r"|was|is|are|there|at most|within|before|until)\b"
    r"|那么|那|呢|的|还有|换成|看看|看一下|我的|我们|我|再|也|还|就|啊|吧|呀|嘛|分数|分|这个|这|个|它|说说"
    r"|如果是|要是|对|在|里|店|和|跟|按|改成|一样|同样|情况|表现|换|问|下|一|到|从|以来|开始|期间|只有|只能|只|有|最多|顶多|手头|之前|以前|前|内"
)
_PUNCTUATION = re.compile(r"[\s?!.,;:~\-+%'\"()…]+")
_MORE = re.compile(
    r"^(?:(?:can you )?(?:tell me |say |explain )?(?:more|in (?:more )?detail|go on|continue)(?: (?:about|on"
    r"|please).*)?|elaborate|go on|continue|"
    r"(?:能|可以|请|再)?(?:不能)?(?:再)?(?:详细|具体|多|展开)(?:一?点|些|地)?(?:说说|说|讲讲|讲|介绍"
    r"|解释)?(?:一下|下|看)?吗?|继续|接着说|然后呢|还有呢|还有吗)$"
)
_SURE = re.compile(
    r"^(?:how (?:sure|certain|confident|likely|safe|reliable|exact) (?:are you|is (?:it|that|this))(?: about)?"
    r"|are you (?:sure|certain)|(?:is|are) (?:that|this|it|those|these) (?:certain|sure|reliable|realistic|likely)"
    r"|how likely|how realistic(?: is)?|what are (?:the|my) (?:odds|chances)|(?:what's|what is) the chance"
    r"|你?有?(?:多大|多少|几成)的?(?:把握|胜算|可能性?|可信度)|你?(?:确定|肯定|有把握|靠谱|准|可靠|可信|靠得住)[吗么]"
    r"|这?(?:靠谱|准|可靠|可信)不(?:靠谱|准|可靠|可信)|有多(?:准|确定|靠谱|可靠)|准不准|靠不靠谱"
    r"|概率有?多[少大]|把握大(?:不大|吗))$"
)
_SHOW = re.compile(
    r"^(?:(?:can you |could you |please )*"
    r"(?:show (?:me|it|that)(?: (?:it|that))?|(?:let me|can i) see (?:it|that)"
    r"|(?:draw|plot|chart|graph) (?:it|that|me)?)"
    r"(?: (?:as|in|on) an?)?(?: (?:chart|graph|plot|picture))?"
    r"|(?:as|in) an? (?:chart|graph|plot|picture)|(?:an? )?(?:chart|graph|plot|picture)"
    r"|(?:能|可以|帮我?|给我?|请)*(?:不能)?[给帮]?我?[画做出看来要弄发配]一?[个张幅下]?"
    r"(?:图表?|曲线|走势图|趋势图|图看看|出来|图出来)(?:看看|看|瞧瞧)?(?:吗|吧|呗|可以吗)?"
    r"|[用拿]图表?(?:表示|看|展示|说)(?:一下)?|有图吗|图呢|图表|曲线|走势图)$"
)
_IF = re.compile(r"如果|假如|假设|要是|倘若|假使|万一|的话|\b(?:if|suppose|supposing|assuming|imagine)\b")
_WHY = re.compile(
    r"^(?:why|how come|why is that|why so|reasons?|but why|为什么|为啥|为何|原因|怎么回事|什么原因|咋回事"
    r"|怎么会|怎么会这样|咋会|weishenme)$"
)
_HOW = re.compile(
    r"^(?:how|how so|how do i|how can i|how to|what can i do|what should i do|what do i do|what now"
    r"|how do i fix|how do i improve|how to improve|how do i do|any tips|advice|"
    r"怎么办|怎么做|怎么提高|怎么提升|怎么改|怎么改善|如何提高|如何提升|如何改善|如何做|有什么办法|有啥办法"
    r"|该怎么办|咋办|怎么弄|怎样提高|怎么操作|具体怎么做|zenmeban|zenme tigao)$"
)
_COMPARE = re.compile(
    r"^(?:compared?(?: to| with)?|versus|vs|against)?(?: ?(?:peers?|others|other shops|the average|average"
    r"|similar shops|everyone else|last year))$"
    r"|^(?:比|跟|和|与)?(?:同行|别人|别家|平均|同类|行业)(?:比|相比|比较|比起来|平均)?(?:怎么样|如何|咋样)?$"
    r"|^(?:排名|排第几|第几|比较)$"
)
_YES = re.compile(
    r"^(?:y|yes|yeah|yep|sure|ok|okay|please|yes please|do it|go ahead|please do|sounds good|of course|是"
    r"|是的|对|对的|好|好的|好啊|好呀|行|可以|要|要的|嗯|嗯嗯|来吧|来一个|没错|麻烦了|排一个|帮我排)$"
)
_NTH = re.compile(r"^(?:the )?(?:第 ?)?(first|second|third|[1-9一二三四五])(?: ?(?:one|个|家|项|条|号))?$")
_PLACES = {"first": 1, "second": 2, "third": 3, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_POINTS_BACK = re.compile(r"\b(?:it|that|this|them|one|there)\b|它|这个|那个|这|该")
# What the bot offers at the end of an answer, so that a plain "yes" means something.
OFFERED: dict[Intent, Intent] = {
    "improve": "plan",
    "overview": "improve",
    "compare": "improve",
    "explain": "improve",
    "metric": "improve",
    "policy": "howto",
}
SHORT = 40  # characters of the plain text, beyond which a message says what it means


def last_turn(question: Question) -> Turn | None:
    """The turn to go on from: the last one that ran steps."""
    return next((t for t in reversed(question.history) if t.plan.steps), None)


def last_shop(question: Question) -> str | None:
    """The shop that the conversation spoke of last, if it is still within reach."""
    named = (s.slots.merchant_id for t in reversed(question.history) for s in reversed(t.plan.steps))
    shop = next((m for m in named if m), None)
    return shop if shop in question.principal.merchants else None


def name_only(reading: Reading) -> Intent | None:
    """What a message means that is nothing but a name, when there is no turn before to go on from."""
    if bare_kind(reading) != "same" or reading.numbers:
        return None
    kinds = {m.kind for m in reading.mentions}
    if kinds & {"metric", "dimension", "other"}:
        return "metric"
    return "policy" if "product" in kinds else "overview" if reading.shops or "score" in kinds else None


def pending(question: Question) -> Turn | None:
    """The turn just before, when it asked back and this message may be the reply."""
    turn = question.history[-1] if question.history else None
    return turn if turn is not None and turn.plan.clarification is not None else None


def _rest(reading: Reading) -> str:
    """The words left when names, dates, numbers and conversational filler are taken away."""
    frame = re.sub(r"§[a-z]", " ", reading.bare)
    return _PUNCTUATION.sub(" ", frame).strip()


def bare_kind(reading: Reading) -> Bare:
    """What an elliptical message asks: the same of another thing, more of it, why, how, against peers; else `no`."""
    if len(reading.text) > SHORT:
        return "no"
    rest = _rest(reading)
    words = re.sub(r"^(?:and|but|so|ok|那么?|那) ?| ?(?:呢|啊|呀|嘛|吧|then|it|that|this)$", "", rest).strip()
    if _SHOW.match(words) or _SHOW.match(rest):
        return "show"
    if _MORE.match(words) or _MORE.match(rest):
        return "more"
    if _SURE.match(words) or _SURE.match(rest):
        return "sure"
    if _WHY.match(words) or _WHY.match(rest):
        return "why"
    if _HOW.match(words) or _HOW.match(rest):
        return "how"
    if _COMPARE.match(words) or _COMPARE.match(rest):
        return "compare"
    left = _PUNCTUATION.sub("", _FILLER.sub(" ", rest))
    names = reading.mentions or reading.dates or reading.shops or reading.numbers or reading.limits
    return "same" if not left and names else "no"


def _intent(kind: Bare, before: Step) -> Intent:
    if kind == "why":
        return "explain" if before.intent in MEASURED else before.intent
    if kind == "how":
        return (
            "howto"
            if before.intent in ("policy", "howto")
            else "improve"
            if before.intent in MEASURED or before.intent == "effect"
            else before.intent
        )
    return "compare" if kind == "compare" and before.intent in MEASURED else before.intent


def inherit(slots: Slots, before: Slots, intent: Intent) -> Slots:
    """`slots` with what they leave out taken from `before`; a new figure replaces the old one of either kind."""
    values = {k: v for k, v in before if v is not None and k not in ("chart", "sure")}
    own = {k: v for k, v in slots if v is not None}
    if "metric" in own or "dimension" in own:
        values.pop("metric", None)
        values.pop("dimension", None)
        # 70 of a score says nothing about a rate.
        values.pop("target", None)
        values.pop("through", None)
    if "product" in own:
        values = {k: v for k, v in values.items() if k not in ("metric", "dimension")}
    values.update(own)
    return Slots(**{k: v for k, v in values.items() if k in TAKES.get(intent, ())})


def carried_intent(reading: Reading, before: Step) -> Intent | None:
    """The intent of an elliptical message after the step `before`; None when the message stands on its own."""
    kind = bare_kind(reading)
    if (
        kind == "same"
        and reading.numbers
        and not reading.limits
        and before.intent in MEASURED
        and _IF.search(reading.text)
    ):
        return "what_if"
    if kind == "same":
        return _by_name(reading, before.intent)
    if kind == "show":
        return before.intent if "chart" in TAKES.get(before.intent, ()) else None
    if kind not in ("more", "sure") and before.intent not in MEASURED and reading.of("metric", "dimension"):
        return None  # "how do I raise repurchase" after a rule is a question of its own
    return None if kind == "no" else before.intent if kind in ("more", "sure") else _intent(kind, before)


def _by_name(reading: Reading, intent: Intent) -> Intent | None:
    """A product named after a figure is a new subject, and so is a figure after a rule."""
    figures, products = reading.of("metric", "dimension"), [m for m in reading.of("product") if not m.weak]
    if intent in MEASURED and products and not figures:
        return "policy"
    if intent == "overview" and any(m.kind == "metric" for m in figures):
        return "metric"
    if intent in ("policy", "howto", "points") and figures and not products and any(not m.weak for m in figures):
        return "metric"
    return intent if intent in TAKES else None


def leans_back(reading: Reading) -> bool:
    """Whether a message with an intent of its own points at the subject before: "how do I raise it?"."""
    return bool(_POINTS_BACK.search(reading.text)) or len(reading.text) <= SHORT


def is_yes(reading: Reading) -> bool:
    return bool(_YES.match(_PUNCTUATION.sub(" ", reading.text).strip()))


def chosen(reading: Reading, choices: tuple[str, ...]) -> int | None:
    """Which of the offered choices a reply picks: yes is the first, "2" and 第二个 the second."""
    text = _PUNCTUATION.sub(" ", reading.text).strip()
    if is_yes(reading):
        return 0
    match = _NTH.match(text)
    place = (_PLACES.get(match[1]) or int(match[1])) if match else 0
    return place - 1 if 0 < place <= len(choices) else None
