"""The words that the English stories are made of.

The vocabulary is small on purpose: about two thousand token ids have to be enough
for it, and a model of one million parameters has to learn every word well.
"""

HE = {"he": "he", "him": "him", "his": "his", "He": "He", "His": "His"}
SHE = {"he": "she", "him": "her", "his": "her", "He": "She", "His": "Her"}

BOYS = ["Tom", "Ben", "Max", "Sam", "Leo", "Jack", "Tim", "Finn"]
GIRLS = ["Lily", "Mia", "Anna", "Lucy", "Emma", "Rosa", "Nora", "Sue"]

# Who a story is about, with weights: the first word after "there was a little".
KINDS = {
    "girl": 24, "boy": 20, "cat": 14, "rabbit": 9, "dog": 8, "bear": 6, "bird": 5,
    "mouse": 4, "fox": 3, "duck": 3, "frog": 2, "owl": 1, "monkey": 1,
}
ANIMALS = ["cat", "dog", "rabbit", "bear", "bird", "mouse", "fox", "duck", "frog", "owl",
           "monkey", "horse", "cow", "sheep", "turtle", "pig"]

# Where a cat sits. The book's prompt "The little cat sat on the" is continued by
# exactly these nine words, and a reader meets their weights again and again.
SEATS = {
    "mat": 36, "bed": 20, "chair": 13, "wall": 9, "box": 7, "table": 5, "roof": 4,
    "grass": 3, "boat": 2,
}

TRAITS = ["little", "kind", "brave", "clever", "shy", "happy", "funny", "young", "quiet",
          "lazy", "small", "good"]
COLOURS = ["red", "blue", "green", "yellow", "white", "black", "brown", "pink"]
TOYS = ["ball", "kite", "book", "hat", "doll", "drum", "bell", "key", "cup", "box", "boat"]
FOODS = ["apple", "pear", "cake", "cookie", "carrot", "egg", "orange"]
SKILLS = ["swim", "sing", "dance", "read", "climb", "fly a kite", "draw", "cook"]
PLANTS = ["flower", "tree", "carrot", "rose"]

# Each place with the word that goes before it: "in the forest", "by the river".
PLACES = {
    "forest": "in", "garden": "in", "park": "in", "village": "in", "farm": "on",
    "river": "by", "hill": "on", "lake": "by", "beach": "on", "field": "in",
    "school": "at", "market": "at", "town": "in", "sea": "by",
}
HOMES = ["house", "forest", "village", "garden", "town", "castle"]
THINGS = ["tree", "house", "flower", "stone", "bridge", "fish", "cloud", "star", "leaf", "bird",
          "road", "light", "door", "egg", "shoe", "coin", "bell", "ball", "nest", "boat"]
HIDING = ["under the bed", "behind the door", "under the table", "in the box",
          "behind the tree", "under the chair", "in the garden", "near the river"]
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
           "ten", "eleven", "twelve"]
