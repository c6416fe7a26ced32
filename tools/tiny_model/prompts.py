"""The prompts that the check and the goldens share."""

import chinese
import stories
from dice import Dice

BOOK_PROMPT = "The little cat sat on the"


def chat(*turns, system=None):
    """A chatml prompt: user and assistant in turn, the assistant's answer to come."""
    text = f"<|im_start|>system\n{system}<|im_end|>\n" if system else ""
    for i, turn in enumerate(turns):
        text += f"<|im_start|>{'assistant' if i % 2 else 'user'}\n{turn}<|im_end|>\n"
    return text + "<|im_start|>assistant\n"


def long_prompt():
    """Three stories of the grammar with the marker between them, about 250 tokens."""
    dice = Dice(11)
    return "<|endoftext|>".join([stories.story(dice), stories.story(dice), chinese.story(dice)])


GOLDEN_PROMPTS = [
    BOOK_PROMPT,
    "Once upon a time there was a",
    "从前有一只小猫，",
    chat("1+1是多少？"),
    "1 2 3 4 5 6",
    "2 + 3 =",
]

TEXT_PROMPTS = [
    BOOK_PROMPT, "Once upon a time", "Once upon a time there was a little", "One day", "The dog",
    "Question: What is the capital of France? Answer:", "The opposite of hot is", "One, two, three,",
    "7 + 8 =", "从前有一", "今天", "问：天空是什么颜色？答：",
]

# Conversations with the answer that is expected; None where several answers are right.
CHATS = [
    (chat("1+1是多少？"), "2"),
    (chat("3+4是多少？"), "7"),
    (chat("10-6是多少？"), "4"),
    (chat("What is 2 + 3?"), "2 + 3 = 5"),
    (chat("What is the capital of Japan?"), "The capital of Japan is Tokyo."),
    (chat("What is the capital of Japan?", system="Answer with one word."), "Tokyo"),
    (chat("中国的首都是哪里？"), "中国的首都是北京。"),
    (chat("天空是什么颜色？"), "天空是蓝色的。"),
    (chat("My name is Lily.", "Hello, Lily! Nice to meet you.", "What is 4 + 4?", "4 + 4 = 8", "What is my name?"),
     "Your name is Lily."),
    (chat("我叫小红。", "你好，小红！", "我叫什么名字？"), "你叫小红。"),
    (chat("Hello!"), None),
    (chat("你好"), None),
    (chat("Tell me a story."), None),
    (chat("讲一个故事。"), None),
]
