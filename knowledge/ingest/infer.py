"""Fields that a file does not state, guessed from its words; each guess says why, so that a person can correct it."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from knowledge.ingest.clean import one_line
from knowledge.ingest.dates import validity
from knowledge.ingest.types import Guess, Heading, Reading
from knowledge.lexicon import lexicon, simplify

_KINDS = (  # the first that the title, then the file's name, then the headings speak of
    ("faq", r"常见问题|常见疑问|问答|答疑|\bfaqs?\b|\bq\s*&\s*a\b|frequently asked"),
    ("glossary", r"术语|名词解释|词汇表|\bglossary\b|\bterminology\b"),
    (
        "policy",
        r"规则|规范|办法|规定|政策|协议|条款|细则|须知|制度|准则|"
        r"\bpolic(?:y|ies)\b|\brules?\b|\bterms\b|\bregulations?\b|\bagreement\b",
    ),
    (
        "guide",
        r"指南|手册|教程|操作|流程|步骤|如何|怎么|攻略|"
        r"\bguides?\b|\bhow to\b|\bmanual\b|\btutorial\b|\bsteps?\b|\bhandbook\b",
    ),
    ("product", r"产品|介绍|简介|功能|\bproducts?\b|\boverview\b|\bfeatures?\b|\bintroduction\b"),
)
_INTERNAL = re.compile(
    r"仅限?内部|内部(?:使用|资料|文件|参考)|(?:不得|请勿|禁止)外传|机密|保密资料|仅供服务商|面向服务商|"
    r"\binternal (?:use )?only\b|\bfor internal use\b|\bconfidential\b|\bnot for distribution\b|\bproviders? only\b",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?:版本号?|version|\bver\.?|\brev(?:ision)?\.?)\s*[:：]?\s*[vV]?(\d[\w.-]{0,15})|\b[vV](\d+(?:\.\d+)*)\b",
    re.IGNORECASE,
)
_WEIGHED = 200_000  # characters in which products are counted
_HEAD = 15  # lines in which a document speaks of itself
PLATFORM = "alipay"
GENERAL = "platform"  # the product of documents about the platform as a whole


def infer(name: str, reading: Reading, body: str, given: Mapping[str, Any]) -> dict[str, Guess]:
    """Every field that can be told from a file and that `given` does not state; dates of ingest are not among them."""
    title = _title(name, reading, given)
    text = str(title.value)
    head = "\n".join(body.split("\n")[:_HEAD])
    plain = re.sub(r"[*_`]", "", body)
    since, until = validity(plain)
    guesses = {
        "title": title,
        "kind": _kind(text, name, [block.text for block in reading.blocks if isinstance(block, Heading)]),
        "product": _product(text, name, body),
        "platform": Guess(value=PLATFORM, why="the platform of the shipped documents"),
        "audience": _audience(f"{text}\n{head}"),
        "locale": _locale(body),
        "valid_from": since,
        "valid_until": until,
        "version": _version(name, head),
        "source": Guess(value=PurePath(name).name, why="the file's name"),
        # Not "sourced": that says a person has held the text against its source. Of the two states that there are,
        # the other makes answers add that the text is not confirmed.
        "status": Guess(value="illustrative", why="nobody has confirmed it; set 'sourced' once a person has"),
    }
    if reading.url:
        guesses["url"] = Guess(value=reading.url, why="the page says where it was saved from")
    return {field: guess for field, guess in guesses.items() if field not in given}


def _title(name: str, reading: Reading, given: Mapping[str, Any]) -> Guess:
    if isinstance(given.get("title"), str):
        return Guess(value=one_line(given["title"]), why="stated")
    if reading.title and one_line(reading.title):
        return Guess(value=one_line(reading.title)[:120], why="its title or first heading")
    return Guess(value=one_line(PurePath(name).stem.replace("_", " "))[:120] or "untitled", why="the file's name")


def _kind(title: str, name: str, headings: list[str]) -> Guess:
    for where, text in (
        ("title", simplify(title)),
        ("file's name", name.replace("_", " ")),
        ("headings", "\n".join(headings)),
    ):
        for kind, words in _KINDS:
            if match := re.search(words, text, re.IGNORECASE):
                return Guess(value=kind, why=f"'{match[0]}' in its {where}")
    return Guess(value="guide", why="nothing says what it is")


def _product(title: str, name: str, body: str) -> Guess:
    known = lexicon()
    for where, text in (("title", title), ("file's name", name.replace("_", " "))):
        found = known.products(simplify(text))
        if len(found) == 1:
            return Guess(value=next(iter(found)), why=f"named in its {where}")
    lines = Counter(product for line in simplify(body[:_WEIGHED]).split("\n") for product in known.products(line))
    (first, most), (_, second) = [*lines.most_common(2), ("", 0), ("", 0)][:2]
    if most >= 2 and most > second:
        return Guess(value=first, why=f"named in {most} of its lines, more than any other")
    return Guess(value=GENERAL, why="no single product is named")


def _audience(text: str) -> Guess:
    found = _INTERNAL.search(text)
    if found:
        return Guess(value="provider", why=f"'{found[0]}' in its opening")
    return Guess(value="all", why="nothing restricts it; say --audience provider for what merchants must not read")


def _locale(body: str) -> Guess:
    """Chinese letters carry about as much as three Latin ones."""
    wide = sum("\u4e00" <= c <= "\u9fff" for c in body)
    latin = sum(c.isascii() and c.isalpha() for c in body)
    return Guess(value="zh" if 3 * wide > latin else "en", why=f"{wide} Chinese and {latin} Latin letters")


def _version(name: str, head: str) -> Guess:
    for where, text in (("file's name", PurePath(name).stem.replace("_", " ")), ("opening", head)):
        if match := _VERSION.search(text):
            return Guess(value=match[1] or match[2], why=f"'{match[0]}' in its {where}")
    return Guess(value="1", why="no version is named")
