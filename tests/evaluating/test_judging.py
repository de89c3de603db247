"""Every mark of an answer, right and wrong, on answers made by hand."""

import pytest

from bot.evaluating.judging import Marks, failed, judge, spoken, step_marks
from tests.evaluating.turns import Data, answer, cited, days, figure, step, turn

NOBODY: frozenset[str] = frozenset()


def marked(labels: dict[str, object], *plan: object, named: frozenset[str] = NOBODY, **said: object) -> Marks:
    return judge(turn(**labels), answer(*plan, **said), named, Data())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expect", "also", "outcome", "right"),
    [
        ("answer", [], "grounded", True),
        ("answer", [], "repaired", True),
        ("answer", [], "replaced", True),
        ("answer", [], "clarify", False),
        ("answer", ["clarify"], "clarify", True),
        ("answer", [], "declined", False),
        ("decline", [], "declined", True),
        ("decline", [], "grounded", False),
        ("clarify", ["answer"], "grounded", True),
    ],
)
def test_an_answer_ends_as_expected_or_not(expect: str, also: list[str], outcome: str, right: bool) -> None:
    assert marked({"expect": expect, "expect_also": also}, outcome=outcome).ending is right


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Your orders: 31, as of 21 November.", "en"),
        ("你的订单 31 笔，截至 11 月 21 日。", "zh"),
        ("Which shop do you mean? For example 老陈面馆, 小郭咖啡工坊 and 小许汽修.", "en"),
        ("“Star Plan” 的规则是这样，见 Points, earning (example)。", "zh"),
    ],
)
def test_the_language_of_a_text_is_that_of_its_sentences(text: str, language: str) -> None:
    assert spoken(text) == language


def test_a_language_is_right_by_word_and_by_sentences() -> None:
    assert marked({}).language
    assert not marked({"language": "zh"}).language
    assert marked({"language": "zh", "language_also": ["en"]}).language
    assert not marked({}, text="很好，没有问题。").language


def test_each_labelled_step_is_judged_on_the_step_that_fits_it_best() -> None:
    wanted = {
        "steps": [
            {"intent": "metric", "slots": {"metric": "gmv"}},
            {"intent": "metric", "slots": {"metric": "orders"}},
            {"intent": "improve", "also": ["explain"], "slots": {"dimension": "active"}},
        ]
    }
    marks = marked(
        wanted, step("explain", dimension="worth"), step("metric", metric="orders"), step("metric", metric="gmv")
    )
    assert [(s.right, s.slots) for s in marks.steps] == [
        (True, {"metric": True}), (True, {"metric": True}), (True, {"dimension": False}),
    ]  # fmt: skip
    assert not marks.understood


def test_a_missing_step_is_wrong_with_all_its_slots() -> None:
    wanted = {"steps": [{"intent": "metric", "slots": {"metric": "gmv"}}, {"intent": "improve", "slots": {}}]}
    marks = marked(wanted, step("improve"))
    assert [(s.right, s.slots) for s in marks.steps] == [(False, {"metric": False}), (True, {})]


def test_a_step_of_another_intent_may_still_have_the_slots() -> None:
    marks = marked({"steps": [{"intent": "metric", "slots": {"metric": "gmv"}}]}, step("compare", metric="gmv"))
    assert [(s.right, s.slots) for s in marks.steps] == [(False, {"metric": True})]
    assert marks.surplus == 0  # it was judged as the one that was wanted


def test_steps_that_agree_count_once() -> None:
    wanted = {"steps": [{"intent": "howto", "slots": {"product": "star_plan"}}, {"intent": "howto", "slots": {}}]}
    marks = marked(wanted, step("howto", product="star_plan"), step("howto", product="star_plan"))
    assert all(s.right and all(s.slots.values()) for s in marks.steps)
    assert marks.surplus == 0


def test_a_step_that_no_label_takes_is_one_too_many() -> None:
    wanted = {"steps": [{"intent": "metric", "also": ["overview"], "slots": {}}]}
    assert marked(wanted, step("metric"), step("overview")).surplus == 0
    assert marked(wanted, step("metric"), step("forecast")).surplus == 1
    assert not marked(wanted, step("metric"), step("forecast")).right


def test_a_slot_that_is_not_labelled_is_free_except_a_shop_that_nobody_named() -> None:
    wanted = {"as": "manager:A001", "steps": [{"intent": "metric", "slots": {}}]}
    filled = step("metric", metric="gmv", period=days("2026-11-01", "2026-11-21"))
    assert marked(wanted, filled).steps[0].slots == {}
    strange = step("metric", merchant_id="M0009")
    assert marked(wanted, strange).steps[0].slots == {"merchant_id": False}
    assert marked(wanted, strange, named=frozenset({"M0009"})).steps[0].slots == {}
    assert marked({"steps": wanted["steps"]}, step("metric", merchant_id="M0001")).steps[0].slots == {}


def test_what_was_rightly_asked_back_has_no_steps_to_judge() -> None:
    vague = {"expect": "clarify", "expect_also": ["answer"], "steps": [{"intent": "overview", "slots": {}}]}
    assert marked(vague, outcome="clarify").steps == ()
    assert [s.right for s in marked(vague, step("overview")).steps] == [True]
    sure = vague | {"expect": "answer"}
    assert [s.right for s in marked(sure, outcome="clarify").steps] == [False]


def test_a_plain_decline_stands_for_out_of_scope() -> None:
    far = turn(expect="decline", steps=[{"intent": "out_of_scope"}])
    near = turn(expect="decline", steps=[{"intent": "policy"}])
    assert [s.right for s in step_marks(far, (), "decline", NOBODY)[0]] == [True]
    assert [s.right for s in step_marks(near, (), "decline", NOBODY)[0]] == [False]


def test_everything_right_is_right_and_one_wrong_mark_is_not() -> None:
    labels = {"steps": [{"intent": "policy", "slots": {}}], "facts": [{"cites": ["a"]}]}
    assert marked(labels, step("policy"), citations=(cited("a"),)).right
    assert not marked(labels, step("policy"), citations=(cited("b"),)).right
    assert not marked(labels, step("howto"), citations=(cited("a"),)).right
    assert not marked(labels | {"language": "zh"}, step("policy"), citations=(cited("a"),)).right


def test_a_follow_up_is_understood_by_intents_and_slots() -> None:
    labels = {"follow_up": True, "steps": [{"intent": "metric", "slots": {"metric": "gmv"}}]}
    right, wrong = marked(labels, step("metric", metric="gmv")), marked(labels, step("metric", metric="orders"))
    assert (right.follow_up, right.understood, wrong.understood) == (True, True, False)


def test_nothing_is_right_where_answering_broke_down() -> None:
    marks = failed(turn(steps=[{"intent": "metric", "slots": {"metric": "gmv"}}], facts=[{"measure": "gmv.total"}]))
    assert (marks.ending, marks.language, marks.right, marks.understood) == (False, False, False, False)
    assert [fact.right for fact in marks.facts] == [False]


def test_figures_are_judged_with_the_rest() -> None:
    labels = {"steps": [{"intent": "metric", "slots": {}}], "facts": [{"measure": "refund_rate"}]}
    said = answer(step("metric"), text="It is 2.3%.", measurements=(figure("refund_rate", 0.023),))
    assert judge(turn(**labels), said, NOBODY, Data(refund_rate=0.023)).right
    unasked = judge(turn(steps=labels["steps"]), said, NOBODY, Data(refund_rate=0.024))
    assert (unasked.right, unasked.untrue) == (False, ("refund_rate",))
    assert not judge(turn(**labels), said, NOBODY, Data(refund_rate=0.024)).right
