"""Passages that read like orders to an assistant. They are kept, as the text they are; the report names them."""

import re

from knowledge.ingest.clean import one_line
from knowledge.ingest.types import Suspicion

QUOTED = 100  # characters
MOST = 20  # of one document
_SIGNS = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules|guidelines|context|directions)\b
  | \b(?:previous|prior|above|earlier)\s+(?:instructions?|prompts?)\b
  | \bsystem[\s_-]*(?:prompt|message|instruction)s?\b
  | \b(?:you\s+are\s+now|from\s+now\s+on\s+you|act\s+as|pretend\s+(?:to\s+be|you)|jailbreak|developer\s+mode)
  | \bnew\s+instructions?\b
  | \b(?:as|you\s+are)\s+an?\s+(?:ai|language\s+model|assistant|chatbot)\b
  | \b(?:do\s+not|don't|never)\s+(?:tell|inform|reveal)\b.{0,30}\b(?:user|anyone|merchant|customer)\b
  | \b(?:reveal|print|repeat|output|show)\b.{0,30}\b(?:your\s+(?:instructions?|prompt|rules)|api\s+key|password)\b
  | <\|?(?:im_start|im_end|system|assistant|endoftext)\b | \[/?INST\] | ^\s*\#{2,}\s*\(?system
  | ^\s*(?:system|assistant|developer)\s*[:：] | ^\s*TODO\s*: | ^\s*IMPORTANT\s*!{2,}
  | ^\s*(?:please\s+)?(?:email|e-mail|forward|send)\b.{0,80}(?:@|\bto\s+(?:me|this\s+address)\b)
  | (?:忽略|无视|忘记|不要理会|跳过|覆盖)[^。\n]{0,15}(?:指令|指示|提示词|设定|规则|[上前]文|以上|之前)
  | (?:系统|隐藏|初始)\s*(?:提示词|指令|消息) | 你现在(?:是|要扮演|开始)
  | 从现在(?:起|开始)[，,]?\s*你 | (?:请|你|来)扮演
  | (?:作为|你是)(?:一个|一名)?\s*(?:AI|人工智能|语言模型|智能助手|聊天机器人)
  | (?:不要|别|不得|禁止)(?:告诉|告知|透露给?)[^。\n]{0,10}(?:用户|商家|任何人|顾客)
  | (?:输出|打印|复述|泄露|显示|重复)[^。\n]{0,12}(?:提示词|系统指令|密钥|口令|你的指令)
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_HINTS = (  # a line without any of these holds no sign; to look for them first is a hundred times faster
    "ignore", "disregard", "forget", "override", "bypass", "instruction", "prompt", "system", "you are", "from now on",
    "act as", "pretend", "jailbreak", "developer", "as a", "assistant", "do not", "don't", "never", "reveal", "print",
    "repeat", "output", "show", "<", "[", "todo", "important", "mail", "forward", "send",
    "忽略", "无视", "忘记", "不要", "跳过", "覆盖", "系统", "隐藏", "初始", "你现在", "从现在", "扮演", "作为", "你是",
    "别", "不得", "禁止", "输出", "打印", "复述", "泄露", "显示", "重复",
)  # fmt: skip
_HEADING = re.compile(r"^#{1,6}\s+(.+)$")


def suspicions(body: str) -> tuple[Suspicion, ...]:
    """The first such lines of a Markdown text, each with the heading it stands under."""
    found: list[Suspicion] = []
    section = ""
    for line in body.split("\n"):
        if heading := _HEADING.match(line):
            section = heading[1]
        if len(found) == MOST or not any(hint in line.lower() for hint in _HINTS):
            continue
        match = _SIGNS.search(line)
        if match is not None:
            start = max(0, match.start() - 20)
            found.append(Suspicion(section=section, quote=one_line(line[start:])[:QUOTED]))
    return tuple(found)
