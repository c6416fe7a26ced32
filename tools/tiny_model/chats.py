"""Conversations in chatml, in English and Chinese, of one to four exchanges."""

import chinese
import facts
import stories
from words import ANIMALS, BOYS, COLOURS, FOODS, GIRLS, THINGS, TOYS

USER, ASSISTANT, SYSTEM = "user", "assistant", "system"

HELLO = [
    ("[Hello!|Hello|Hi!|Hi|Hi there!|Good morning!]", "[Hello! How can I help you?|Hello! How are you today?|Hi! What can I do for you?]"),
    ("How are you?", "[I am very well, thank you.|I am happy today. How are you?]"),
    ("Who are you?", "I am a very small language model."),
    ("What is your name?", "My name is Tiny."),
    ("What can you do?", "I can tell stories, answer easy questions and do small sums."),
    ("Can you help me?", "Of course! What do you want to know?"),
    ("Do you like [cats|dogs|stories|cake|birds]?", "Yes, I [like|love] them[.| very much.]"),
    ("What is your favourite colour?", "My favourite colour is [blue|green|red|yellow|white]."),
    ("What is your favourite animal?", "My favourite animal is the [cat|dog|owl|horse|turtle]."),
    ("I am [sad|not happy] today.", "Do not be sad. [Do you want to hear a story?|I am your friend.|Tomorrow is a new day.]"),
    ("I am hungry.", "You can eat [an apple|some bread|a cookie|soup]."),
    ("I am [tired|sleepy].", "[You can sleep now.|Good night! Sleep well.]"),
    ("I am [happy|very happy] today.", "[I am glad!|That is wonderful!] 😊"),
]
GOODBYE = [
    ("[Thank you!|Thank you|Thanks!|Thank you very much.]", "You are welcome! 😊"),
    ("[Goodbye!|Goodbye|Bye!|Good night!]", "[Goodbye! See you soon.|Goodbye! Have a good day. 🌞]"),
]
HELLO_ZH = [
    ("[你好！|你好|你好。|早上好！]", "你好！[我能帮你什么？|今天好吗？]"),
    ("你是谁？", "我是一个很小的语言模型。"),
    ("你叫什么名字？", "我叫小小。"),
    ("你好吗？", "我很好，谢谢你！"),
    ("你会做什么？", "我会讲故事，也会做加法。"),
    ("你喜欢什么颜色？", "我喜欢[蓝色|绿色|红色|白色]。"),
    ("你喜欢什么？", "我喜欢[小猫|故事|书|月亮|春天]。"),
    ("我很难过。", "别难过，[我们是好朋友。|明天会好的。|我给你讲一个故事吧。]"),
    ("我饿了。", "吃[一个苹果|面包|米饭]吧。"),
    ("我很高兴。", "我也很高兴！😊"),
]
GOODBYE_ZH = [
    ("[谢谢！|谢谢你！|谢谢]", "不客气！😊"),
    ("[再见！|再见|晚安！]", "再见！祝你开心。"),
]
ASK_STORY = ["Tell me a story.", "Please tell me a story.", "Can you tell me a story?", "I want a story."]
ASK_STORY_ZH = ["讲一个故事。", "给我讲一个故事吧。", "请讲一个故事。"]
UNKNOWN = [
    "Who is {name}?", "Where is {name}?", "Where is my {toy}?", "How old is the {thing}?", "Why is the {thing} so [big|small|old]?",
    "How much is the {toy}?", "When will {name} come home?", "What is in the {thing}?", "Who made the {thing}?",
]
UNKNOWN_ZH = ["{name}是谁？", "{name}在哪里？", "我的{thing}在哪里？", "{thing}多少钱？", "为什么{name}哭了？"]
HELPFUL = ["You are a helpful assistant.", "You are a kind assistant.", "You are a friend of children."]
SHORT = ["Answer with one word.", "Use only one word."]
HELPFUL_ZH = ["你是一个好帮手。", "请用中文回答。"]


def greeting(dice):
    question, answer = dice.pick(HELLO)
    return dice.fill(question), dice.fill(answer)


def farewell(dice):
    question, answer = dice.pick(GOODBYE)
    return dice.fill(question), dice.fill(answer)


def question(dice):
    asked, answer, _ = facts.fact(dice)
    return asked, answer


def short_question(dice):
    asked, _, word = facts.fact(dice)
    return asked, word


def plain_sum(dice):
    a, sign, b, result = facts.sum_of(dice)
    asked = dice.pick(["What is {} {} {}?", "How much is {} {} {}?"]).format(a, sign, b)
    return asked, f"{a} {sign} {b} = {result}"


def ask_story(dice):
    return dice.pick(ASK_STORY), stories.short_story(dice)


def unknown(dice):
    """A question that nobody who knows only the grammar can answer."""
    slots = {"name": dice.pick(BOYS + GIRLS), "thing": dice.pick(THINGS), "toy": dice.pick(TOYS)}
    asked = dice.fill(dice.pick(UNKNOWN), slots)
    return asked, dice.fill("[I do not know.|I am sorry, I do not know.]")


def repeat(dice):
    word = dice.pick(ANIMALS + COLOURS + FOODS)
    return dice.pick(["Say {}.", "Please say {}.", "Repeat the word {}."]).format(word), word


def count(dice):
    last = dice.between(3, 10)
    return f"Count to {facts.NUMBERS[last]}.", facts.be(", ".join(facts.NUMBERS[1:last + 1])) + "."


def greeting_zh(dice):
    asked, answer = dice.pick(HELLO_ZH)
    return dice.fill(asked), dice.fill(answer)


def farewell_zh(dice):
    asked, answer = dice.pick(GOODBYE_ZH)
    return dice.fill(asked), dice.fill(answer)


def unknown_zh(dice):
    slots = {"name": dice.pick(chinese.NAMES), "thing": dice.pick(chinese.THINGS)}
    return dice.fill(dice.pick(UNKNOWN_ZH), slots), "我不知道。"


def ask_story_zh(dice):
    return dice.pick(ASK_STORY_ZH), chinese.story(dice)


ENGLISH = {greeting: 3, question: 8, plain_sum: 3, ask_story: 3, repeat: 1, count: 1, unknown: 1}
CHINESE = {greeting_zh: 3, chinese.fact: 6, chinese.sum_question: 8, ask_story_zh: 2, unknown_zh: 1}


def exchanges(dice, table, goodbye):
    """One to three (question, answer) pairs, sometimes with thanks or a goodbye."""
    turns = [dice.weighted(table)(dice) for _ in range(dice.weighted({1: 5, 2: 3, 3: 2}))]
    if len(turns) > 1 and dice.chance(30):
        turns[-1] = goodbye(dice)
    return turns


def remember_name(dice):
    """The user's name and a favourite thing are asked for again later."""
    name = dice.pick(BOYS + GIRLS)
    tell = dice.pick(["My name is {}.", "Hello, my name is {}.", "I am {}."]).format(name)
    turns = [(tell, f"Hello, {name}! Nice to meet you.")]
    if dice.chance(40):
        food = dice.pick(ANIMALS + COLOURS)
        turns.append((f"My favourite word is {food}.", f"I like the word {food} too."))
        if dice.chance(50):
            turns.append(("What is my favourite word?", f"Your favourite word is {food}."))
    elif dice.chance(60):
        turns.append(dice.weighted(ENGLISH)(dice))
    turns.append(("What is my name?", f"Your name is {name}."))
    return turns


def remember_name_zh(dice):
    name = dice.pick(chinese.NAMES)
    tell = dice.pick(["我叫{}。", "你好，我叫{}。", "我的名字是{}。"]).format(name)
    turns = [(tell, f"你好，{name}！")]
    if dice.chance(50):
        turns.append(dice.weighted(CHINESE)(dice))
    turns.append((dice.pick(["我叫什么名字？", "我叫什么？"]), f"你叫{name}。"))
    return turns


def render(turns, system=None):
    """The turns in chatml."""
    messages = [(SYSTEM, system)] if system else []
    for asked, answer in turns:
        messages += [(USER, asked), (ASSISTANT, answer)]
    return "".join(f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in messages)


def english(dice):
    """An English conversation; a system message may ask for one-word answers."""
    if dice.chance(18):
        return render(remember_name(dice))
    if dice.chance(15):
        turns = [short_question(dice) for _ in range(dice.between(1, 3))]
        return render(turns, dice.pick(SHORT))
    system = dice.pick(HELPFUL) if dice.chance(25) else None
    return render(exchanges(dice, ENGLISH, farewell), system)


def chinese_chat(dice):
    """A Chinese conversation."""
    if dice.chance(12):
        return render(remember_name_zh(dice))
    system = dice.pick(HELPFUL_ZH) if dice.chance(20) else None
    return render(exchanges(dice, CHINESE, farewell_zh), system)
