"""Chinese: short stories, facts with questions, greetings, sums.

Fewer than three hundred different characters, so that each one becomes one token.
"""

from facts import sum_of

NAMES = ["小明", "小红", "小美", "小龙", "小文", "小华"]
ANIMALS = ["小猫", "小狗", "小鸟", "小兔", "小马", "小熊", "小鱼", "小羊"]
PET_NAMES = ["咪咪", "花花", "豆豆", "乐乐", "球球"]
COLOURS = ["红色", "白色", "黑色", "黄色", "绿色", "蓝色"]
THINGS = ["球", "书", "帽子", "花", "风筝", "苹果"]
PLACES = ["公园", "河边", "山上", "森林", "学校", "花园", "海边", "城里"]
FOODS = ["苹果", "面包", "蛋糕", "西瓜"]
# Words that the tokenizer may join into one token; other characters stay single.
WORDS = ["什么", "朋友", "月亮", "太阳", "妈妈", "颜色", "多少", "你好", "谢谢", "今天", "高兴",
         "小猫", "小狗", "小鸟", "天空", "中国", "北京", "苹果", "一个", "我们", "他们", "一起",
         "故事", "星期", "从前", "喜欢", "首都", "名字", "春天", "早上", "晚上", "小明", "小红",
         "是多少", "首都是", "反义词"]
DIGITS = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]
WEEK = ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期天"]

STORIES = [
    [
        "从前有一只{animal}，它叫{pet}。{pet}住在{place}。",
        "有一天，{pet}的{thing}不见了。{pet}[很难过|哭了]。",
        "{friend}来了，问：“你为什么[难过|哭]？”{pet}说：“我的{thing}不见了。”",
        "“别哭，我来帮你。”他们一起找，在大树下找到了{thing}。",
        "{pet}很高兴，说：“谢谢你！”他们成了好朋友。",
    ],
    [
        "从前有一个[小孩|孩子]，叫{name}。{name}家有一只{animal}，叫{pet}。",
        "[早上|下午|今天]，{name}和{pet}去{place}玩。",
        "天上有白云，地上有红花。{name}看见一只小鸟在树上唱歌。",
        "小鸟说：“[你好|早上好]，{name}！”{name}笑了，说：“你好，小鸟！”",
        "太阳下山了，他们一起回家。[{name}很高兴。|今天真开心。]",
    ],
    [
        "[今天|有一天]下雨了，{name}没有伞，站在树下。",
        "{friend}走过来，说：“我有伞，我们一起走吧。”",
        "雨很大，风也很大，可是他们心里很[暖|高兴]。",
        "到家了，妈妈说：“你们是好朋友。”",
    ],
    [
        "{name}有一个大{food}。他想自己吃。",
        "{friend}来了，{friend}很饿。{name}想了想，说：“我们一起吃吧。”",
        "他们一人一半。{name}说：“和朋友一起吃，更好吃。”",
    ],
    [
        "春天来了，{name}在花园里种了一[棵小树|朵小花]。",
        "他每天给它水。太阳给它光。一天，两天，三天，小树没有长大。",
        "妈妈说：“不要急，慢慢来。”",
        "夏天到了，它长高了，开了很多{colour}的花。{name}笑了。",
    ],
    [
        "晚上，月亮很圆，星星很多。{pet}睡不着。",
        "它问妈妈：“月亮上有什么？”妈妈说：“月亮上有一只[兔子|小猫]。”",
        "{pet}看着月亮，说：“晚安，月亮。”[它很快就睡着了。|它做了一个好梦。]",
    ],
    [
        "一只{animal}坐在{seat}上。它叫{pet}。",
        "{name}回家了，说：“{pet}，你饿了吗？”",
        "{name}给它[水和米饭|一条鱼|牛奶]。{pet}吃得很快，吃完就睡了。",
    ],
]
# Sentences that may follow one another in almost any order.
SCENES = [
    "{name}[去|来到]{place}[玩|看书|找朋友|唱歌]。",
    "[天上|树上|地上|河边]有[一只|两只|三只]{animal}。",
    "{animal}[看着|喜欢|想要|找到了][{name}|一个{food}|月亮|红色的花|大树]。",
    "{name}说：“[你好|今天真好|我饿了|我们回家吧|你看，{animal}]！”",
    "[太阳|月亮|风|雨|雪]很[大|小|好]，[可是|所以]{name}[很高兴|不难过|不怕|想回家]。",
    "{name}和{friend}一起[吃{food}|看月亮|唱歌|走到{place}|回家]。",
    "{friend}给{name}一[个{food}|本书|朵花]，{name}说：“谢谢你！”",
    "{name}有{colour}的{thing}，{friend}也有{colour}的{thing}。",
    "{animal}问：“你[是谁|去哪里|为什么哭|喜欢什么]？”{name}[说：“我去{place}。”|笑了。|想了想。]",
]
SEATS = {"椅子": 4, "床": 3, "桌子": 2, "地": 1}

FACTS = [
    ("天空是什么颜色？", "天空是蓝色的。"), ("草是什么颜色？", "草是绿色的。"),
    ("雪是什么颜色？", "雪是白色的。"), ("太阳是什么颜色？", "太阳是黄色的。"),
    ("苹果是什么颜色？", "苹果是红色的。"), ("夜晚是什么颜色？", "夜晚是黑色的。"),
    ("中国的首都是哪里？", "中国的首都是北京。"), ("法国的首都是哪里？", "法国的首都是巴黎。"),
    ("日本的首都是哪里？", "日本的首都是东京。"), ("英国的首都是哪里？", "英国的首都是伦敦。"),
    ("猫吃什么？", "猫吃鱼。"), ("兔子吃什么？", "兔子吃草。"), ("马吃什么？", "马吃草。"),
    ("鱼住在哪里？", "鱼住在水里。"), ("鸟住在哪里？", "鸟住在树上。"),
    ("一年有几个月？", "一年有十二个月。"), ("一年有几个季节？", "一年有四个季节。"),
    ("一个星期有几天？", "一个星期有七天。"), ("狗有几条腿？", "狗有四条腿。"),
    ("鸟有几条腿？", "鸟有两条腿。"), ("什么时候下雪？", "冬天下雪。"),
    ("什么时候花开？", "春天花开。"), ("太阳从哪里来？", "太阳从东边来。"),
    ("晚上有什么？", "晚上有月亮和星星。"),
]
OPPOSITES = [("大", "小"), ("高", "低"), ("快", "慢"), ("冷", "热"), ("黑", "白"), ("上", "下"),
             ("多", "少"), ("长", "短"), ("新", "旧"), ("好", "坏")]


def opposite(dice):
    pair = dice.pick(OPPOSITES)
    word, other = pair if dice.chance(50) else pair[::-1]
    return f"{word}的反义词是什么？", f"{word}的反义词是{other}。"


def is_it(dice):
    """A question about a colour, to be answered with yes or no."""
    thing, shade = dice.pick([("天空", "蓝色"), ("草", "绿色"), ("雪", "白色"), ("苹果", "红色")])
    asked = shade if dice.chance(50) else dice.pick(COLOURS)
    verdict = "是的" if asked == shade else "不是"
    return f"{thing}是{asked}的吗？", f"{verdict}，{thing}是{shade}的。"


def next_day(dice):
    i = dice.below(len(WEEK))
    return f"{WEEK[i]}的后面是哪天？", f"{WEEK[i]}的后面是{WEEK[(i + 1) % len(WEEK)]}。"


def fact(dice):
    """A question and its answer."""
    if dice.chance(70):
        return dice.pick(FACTS)
    return dice.pick([opposite, opposite, next_day, is_it])(dice)


def sum_question(dice):
    """A small sum; the answer is the bare number: 1+1是多少？ 2"""
    a, sign, b, result = (1, "+", 1, 2) if dice.chance(12) else sum_of(dice)
    form = dice.weighted({"{}{}{}是多少？": 7, "{}{}{}等于几？": 2, "{} {} {} 是多少？": 1, "{}{}{}=？": 1})
    return form.format(a, sign, b), str(result)


def story(dice):
    """A short Chinese story."""
    name, friend = dice.sample(NAMES, 2)
    slots = {
        "name": name, "friend": friend, "animal": dice.pick(ANIMALS), "pet": dice.pick(PET_NAMES),
        "thing": dice.pick(THINGS), "place": dice.pick(PLACES), "food": dice.pick(FOODS),
        "colour": dice.pick(COLOURS), "seat": dice.weighted(SEATS),
    }
    plot = dice.sample(SCENES, dice.between(2, 5)) if dice.chance(30) else dice.pick(STORIES)
    return "".join(dice.fill(sentence, slots) for sentence in plot)


def questions(dice):
    """One to four questions with answers, or plain statements, or counting."""
    if dice.chance(12):
        return dice.pick(["，".join(DIGITS[1:]) + "。", "，".join(WEEK) + "。",
                          "春天，夏天，秋天，冬天。"])
    facts = [fact(dice) for _ in range(dice.between(1, 4))]
    if dice.chance(40):
        return "".join(answer for _, answer in facts)
    return "\n".join(f"问：{question}答：{answer}" for question, answer in facts)
