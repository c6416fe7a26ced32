"""Simple facts in English as questions with answers, counting, and small sums."""

from words import NUMBERS

CAPITALS = {
    "France": "Paris", "England": "London", "China": "Beijing", "Japan": "Tokyo",
    "Italy": "Rome", "Spain": "Madrid", "Germany": "Berlin", "Russia": "Moscow",
    "Greece": "Athens", "Egypt": "Cairo", "Cuba": "Havana", "Peru": "Lima",
}
COLOURS_OF = {
    "the sky": "blue", "grass": "green", "snow": "white", "the sun": "yellow",
    "the sea": "blue", "milk": "white", "a carrot": "orange", "a frog": "green",
    "the night": "black", "a tomato": "red", "chocolate": "brown", "a leaf": "green",
    "blood": "red", "a banana": "yellow",
}
OPPOSITES = [
    ("hot", "cold"), ("big", "small"), ("happy", "sad"), ("fast", "slow"), ("day", "night"),
    ("up", "down"), ("old", "new"), ("light", "dark"), ("good", "bad"), ("wet", "dry"),
    ("high", "low"), ("long", "short"), ("open", "closed"), ("yes", "no"), ("full", "empty"),
    ("black", "white"), ("early", "late"), ("strong", "weak"), ("rich", "poor"),
    ("left", "right"), ("first", "last"), ("hard", "easy"), ("loud", "quiet"), ("sweet", "sour"),
]
SOUNDS = {"cat": "meow", "dog": "woof", "cow": "moo", "duck": "quack", "sheep": "baa",
          "pig": "oink", "lion": "roar", "owl": "hoo"}
EATS = {"cat": "fish", "rabbit": "carrots", "cow": "grass", "monkey": "bananas",
        "mouse": "cheese", "horse": "grass", "frog": "flies", "bear": "honey", "lion": "meat"}
YOUNG = {"cat": "kitten", "dog": "puppy", "cow": "calf", "sheep": "lamb", "duck": "duckling",
         "bear": "cub", "hen": "chick"}
LIVES = {"fish": "in the water", "lion": "in Africa", "bird": "in a nest",
         "frog": "near the water", "rabbit": "in a hole", "bear": "in the forest",
         "camel": "in the desert", "bee": "in a hive"}
LEGS = {"dog": "four", "cat": "four", "bird": "two", "horse": "four", "spider": "eight",
        "bee": "six", "duck": "two", "fish": "zero", "cow": "four"}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
          "September", "October", "November", "December"]
SEASONS = ["spring", "summer", "autumn", "winter"]
SINGLE = [
    ("How many days are in a week?", "There are seven days in a week.", "seven"),
    ("How many months are in a year?", "There are twelve months in a year.", "twelve"),
    ("How many hours are in a day?", "There are 24 hours in a day.", "24"),
    ("How many seasons are in a year?", "There are four seasons in a year.", "four"),
    ("What do bees make?", "Bees make honey.", "honey"),
    ("What do cows give us?", "Cows give us milk.", "milk"),
    ("What falls in winter?", "Snow falls in winter.", "snow"),
    ("What do we see at night?", "At night we see the moon and the stars.", "stars"),
    ("What is the biggest animal?", "The biggest animal is the whale.", "whale"),
    ("What is the tallest animal?", "The tallest animal is the giraffe.", "giraffe"),
    ("What do plants need?", "Plants need water and light.", "water"),
    ("What is ice?", "Ice is cold, hard water.", "water"),
    ("Where does the sun rise?", "The sun rises in the east.", "east"),
    ("How many legs does a table have?", "A table has four legs.", "four"),
]


def be(thing):
    """The thing with a capital letter, as a sentence begins."""
    return thing[0].upper() + thing[1:]


def an(noun):
    """The noun with its article."""
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def capital(dice):
    country, city = dice.pick(list(CAPITALS.items()))
    if dice.chance(25):
        return f"{city} is the capital of which country?", f"{city} is the capital of {country}.", country
    return f"What is the capital of {country}?", f"The capital of {country} is {city}.", city


def colour(dice):
    thing, shade = dice.pick(list(COLOURS_OF.items()))
    return f"What colour is {thing}?", f"{be(thing)} is {shade}.", shade


def is_it(dice):
    """A question about a colour, to be answered with yes or no."""
    thing, shade = dice.pick(list(COLOURS_OF.items()))
    asked = shade if dice.chance(50) else dice.pick(list(COLOURS_OF.values()))
    verdict = "Yes" if asked == shade else "No"
    return f"Is {thing} {asked}?", f"{verdict}, {thing} is {shade}.", verdict


def opposite(dice):
    pair = dice.pick(OPPOSITES)
    word, other = pair if dice.chance(50) else pair[::-1]
    return f"What is the opposite of {word}?", f"The opposite of {word} is {other}.", other


def sound(dice):
    animal, noise = dice.pick(list(SOUNDS.items()))
    return f"What does the {animal} say?", f"The {animal} says {noise}.", noise


def eats(dice):
    animal, food = dice.pick(list(EATS.items()))
    return f"What does {an(animal)} eat?", f"{be(an(animal))} eats {food}.", food


def young(dice):
    animal, child = dice.pick(list(YOUNG.items()))
    return f"What is a young {animal} called?", f"A young {animal} is called {an(child)}.", child


def lives(dice):
    animal, where = dice.pick(list(LIVES.items()))
    return f"Where does a {animal} live?", f"A {animal} lives {where}.", where


def legs(dice):
    animal, count = dice.pick(list(LEGS.items()))
    return f"How many legs does a {animal} have?", f"A {animal} has {count} legs.", count


def next_in_order(dice):
    """The next day, month or season; the last is followed by the first."""
    names = dice.pick([DAYS, MONTHS, SEASONS])
    i = dice.below(len(names))
    before, after = names[i], names[(i + 1) % len(names)]
    return f"What comes after {before}?", f"After {before} comes {after}.", after


def single(dice):
    return dice.pick(SINGLE)


def word_sum(dice):
    a, b = dice.between(1, 6), dice.between(1, 6)
    question = f"What is {NUMBERS[a]} plus {NUMBERS[b]}?"
    return question, f"{be(NUMBERS[a])} plus {NUMBERS[b]} is {NUMBERS[a + b]}.", NUMBERS[a + b]


KINDS_OF_FACT = {capital: 5, colour: 4, is_it: 2, opposite: 5, sound: 2, eats: 2, young: 2, lives: 2,
                 legs: 2, next_in_order: 4, single: 4, word_sum: 3}


def fact(dice):
    """A question, the answer as a sentence, and the answer as one word."""
    return dice.weighted(KINDS_OF_FACT)(dice)


def questions(dice):
    """A document of one to four questions with answers, or of plain statements."""
    facts = [fact(dice) for _ in range(dice.between(1, 4))]
    if dice.chance(25):
        return " ".join(answer for _, answer, _ in facts)
    between = "\n" if dice.chance(30) else " "
    return between.join(f"Question: {question} Answer: {answer}" for question, answer, _ in facts)


def sum_of(dice, largest=10):
    """Two numbers, plus or minus, and the result: (a, sign, b, result)."""
    a, b = dice.between(0, largest), dice.between(0, largest)
    if dice.chance(30):
        return a + b, "-", b, a
    return a, "+", b, a + b


def sums(dice):
    """A document of small sums, one a line."""
    lines = []
    for _ in range(dice.between(2, 6)):
        a, sign, b, result = sum_of(dice)
        lines.append(f"{a} {sign} {b} = {result}")
    return "\n".join(lines)


def counting(dice):
    """A document that counts up or down, in words or in figures, or lists the days."""
    form = dice.below(6)
    if form == 0:
        first = dice.between(0, 5)
        numbers = ", ".join(NUMBERS[first:dice.between(first + 4, 12) + 1]) + "."
        return be(numbers) if dice.chance(60) else numbers
    if form == 1:
        first = dice.between(0, 20)
        return " ".join(str(n) for n in range(first, first + dice.between(5, 12)))
    if form == 2:
        return " ".join(str(n) for n in range(10, -1, -1))
    if form == 3:
        return " ".join(str(n) for n in range(2, 21, 2))
    if form == 4:
        return be(", ".join(NUMBERS[1:11])) + ". " + dice.pick(["I can count to ten!", "That is ten."])
    names = dice.pick([DAYS, MONTHS])
    return ", ".join(names) + "."
