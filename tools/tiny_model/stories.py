"""Short English stories: an opening, then one of eighteen plots or free scenes, an ending."""

from words import (ANIMALS, BOYS, COLOURS, FOODS, GIRLS, HE, HIDING, HOMES, KINDS, NUMBERS,
                   PLACES, PLANTS, SEATS, SHE, SKILLS, THINGS, TOYS, TRAITS)

OPENINGS = [
    "Once upon a time there was a {trait} {kind} named {name}. {He} lived in a [small|big|quiet|little|old] {home}.",
    "Once upon a time there was a little {kind}. {His} name was {name}, and {he} lived in a [small|big|quiet|old] {home}.",
    "Once upon a time, in a [small|quiet|green|far away|old] {home}, there lived a {trait} {kind} named {name}.",
    "Once upon a time there lived a {trait} {kind} who was [always|never|very] [happy|hungry|busy|sleepy]. {His} name was {name}.",
    "Once upon a time a {trait} {kind} named {name} lived near the {place}.",
    "There was once a {trait} {kind} who loved [to play|to eat|to sing|to read|the sun|the rain|the sea]. {His} name was {name}.",
    "{name} was a {trait} {kind}. {He} lived in a [small|big|quiet|little|old] {home} with {his} [mother|father|family|friend {friend}].",
    "{name} the {kind} lived {in_place}. {He} was very [kind|brave|clever|shy|happy|funny|quiet|lazy].",
    "In a [small|quiet|green|old] {home} there lived a {trait} {kind}. Everyone called {him} {name}.",
    "A {trait} {kind} named {name} had a good friend. {His} friend was a {friend_kind} named {friend}.",
    "Long ago there was a {trait} {kind} who [could not|did not want to] {skill}. {His} name was {name}.",
    "It was a [warm|cold|beautiful|dark|quiet|windy|rainy] [day|night|morning|evening]. {name} the {kind} [was not tired|wanted to play|was alone|looked out of the window|could hear the wind].",
    "Every [morning|day|evening|night] {name} the {kind} [went|walked|ran] to the {place} to [play|read|sing|look at the sky|meet {friend}|swim].",
]

MEETINGS = [
    "[One day|On the way to the {place}|Near the {place}|In the garden] {he} met {friend} the {friend_kind}.",
    "{name} had a friend named {friend}. {friend} was a {friend_trait} {friend_kind}.",
    "{friend} the {friend_kind} came to see {him} [one day|every day|in the evening].",
]

# Sentences that may follow one another in almost any order, for stories without a plot.
SCENES = [
    "[One day|Then|In the morning|Soon|After that] {name} [went|walked|ran|came] to the {place}.",
    "[There|Near the {place}|Under a tree|On the way] {he} saw a [big|little|{colour}|beautiful|strange|old] {thing}.",
    "\"[I am hungry|It is cold today|What a beautiful day|I want to go home|I can see a {thing}|I am not afraid|This is my {thing}],\" said {name}.",
    "The [wind was cold|sun was warm|sky was blue|rain was soft|moon was bright|grass was wet|water was cold|wind was strong|night was quiet].",
    "{name} was [happy|hungry|tired|sad|cold|not afraid|glad|very small], [but|and] {he} [laughed|sang a song|did not cry|ran home|sat down|looked at the {thing}|wanted to sleep].",
    "{He} [found|saw|took|wanted|loved] [a|the] {colour} {toy} [under the tree|near the house|by the river|in the grass|behind the door|on the road].",
    "A [little|big|{colour}|fast|lazy] {animal2} [ran|jumped|came|sat|slept] [over|under|near|behind] the {thing}.",
    "The {animal2} sat on the {seat} and looked at the {thing}.",
    "{name} and {friend} [played|danced|sat|ran|sang|slept|talked] [under a tree|in the grass|near the {place}|all day|together|for a long time].",
    "\"[Do you want to play|What do you see|Where is the {thing}|Can you {skill}|Are you hungry|Who are you]?\" asked {friend}. \"[Yes|No|I do not know|Of course|Not today|Let us see],\" said {name}.",
    "{friend} gave {him} [a|a big|a little|a {colour}] {food} and [a {toy}|some milk|a cup of tea|some bread].",
    "{name} [looked|ran|walked|jumped] [up|down|around|away|back], and there was [a|a {colour}|a big|the old] {thing}.",
    "They [saw|counted|found] [two|three|four|five] [birds|ducks|fish|frogs|stars|flowers] and [two|three|six] [cows|trees|stones|boats|sheep].",
    "{He} [thought|said|knew] that the {thing} was [too|very] [big|small|old|high|far away|heavy].",
    "It was [dark|late|quiet|cold|summer|winter|morning] now, and {name} [went to sleep|wanted to go home|could see the stars|was not alone].",
]

ENDINGS = [
    "They lived happily ever after.", "They were good friends from that day on.", "The end.",
    "It was a [good|happy|wonderful|long] day.", "{name} was very [happy|proud|glad].",
    "That night {name} slept well.", "{name} [smiled|laughed] all the way home.",
    "And {name} never forgot that day.", "Then {he} went home and went to sleep.",
    "Everyone was happy.", "Then it was time to go home.",
]

# Every plot is a list of sentences; the storyteller fills them one after another.
PLOTS = [
    [  # something is lost
        "{name} had a {colour} {toy}. [It was {his} favourite toy.|{He} loved it very much.|{He} played with it every day.|It was a gift from {his} [mother|father].]",
        "[One day|One morning|One evening|But one day] {he} could not find the {toy}. [{name} was very sad.|{name} began to cry.|\"Where is my {toy}?\" {he} cried.]",
        "{He} looked {hiding}. [It was not there.|There was only a {thing}.|Nothing!] {He} looked {hiding2}. [It was not there.|There was only a {friend_kind}.|Nothing again!]",
        "Then {friend} the {friend_kind} came [by|along|to the door]. \"Why are you [sad|crying|so quiet]?\" asked {friend}.",
        "\"I lost my {toy},\" said {name}. \"[Do not cry|Do not be sad|Come]. [I will help you|We will find it|Let us look together],\" said {friend}.",
        "They looked [together|everywhere|all day], and [soon|at last] they found the {colour} {toy} {hiding3}.",
        "[\"Thank you, {friend}!\" said {name}.|{name} laughed and danced.|\"You are the best friend in the world,\" said {name}.]",
    ],
    [  # out of reach
        "[One day|One sunny day|One windy day] {name} [went|walked|ran] to the {place} with a {colour} {toy}.",
        "The wind was [strong|very strong|wild], and the {toy} flew up into a [tall|big|high] tree. {name} [jumped and jumped|tried to climb the tree|called for help], but {he} was too small.",
        "\"[Oh no|Oh dear|Help],\" said {name}. \"[How can I get my {toy}?|My {toy} is too high!|Who can help me?]\"",
        "A {friend_kind} named {friend} saw {him} and [laughed|smiled|came near]. \"[I can help you|Wait, I can do it|That is easy],\" said {friend}.",
        "{friend} [climbed up|flew up|went up] the tree and gave the {toy} back to {name}.",
        "\"[You are very kind|Thank you so much|How brave you are],\" said {name}. Then they [played|danced|talked] together until the [sun went down|moon came up|stars came out].",
    ],
    [  # rain
        "[One day|One afternoon|In autumn] {name} was [playing|walking|reading|sleeping] {in_place} when it began to [rain|snow].",
        "[The rain was cold, and soon {name} was very wet.|The wind was cold, and there was no light.|There was no house and no friend.] {He} ran to a big tree, but it [did not help|was too far away|was wet there too].",
        "Then {he} saw a [light in a little house|little house|{colour} door]. {He} knocked [on the door|three times|softly].",
        "An old {friend_kind} opened the door. \"Come in, [come in|little one|my dear]!\" said the {friend_kind}. \"[It is warm in here|You are all wet|You must be cold].\"",
        "{name} sat by the fire and [ate hot soup|drank hot tea|drank warm milk|ate bread and cheese]. Soon {he} was warm and [dry|happy|sleepy].",
        "[When the rain stopped, there was a rainbow in the sky. \"[Look|How beautiful]!\" said {name}.|The old {friend_kind} told {him} a story about the {place}.|{He} slept there all night.]",
    ],
    [  # sharing
        "[One day|One morning|At the market] {name} [had|found|bought] a [big|sweet|beautiful] {food}. {He} wanted to eat it [all alone|under a tree|by the river|at home].",
        "Then {he} [saw|met|heard] {friend} the {friend_kind}. {friend} was very [hungry|thin|sad]. \"I [have nothing to eat|did not eat today|am so hungry],\" said {friend}.",
        "{name} looked at the {food}. [It smelled very good.|It was not so big.|{He} thought and thought.|{He} was hungry too.]",
        "\"[You can have half of it|Let us share it|Take it, please],\" said {name}. [They sat down and ate the {food} together.|So they shared the {food}.|{friend} ate it, and {name} was happy to see it.]",
        "It was the best {food} in the world. \"[A friend is better than a {food}|It is good to share|Next time you can eat with me]!\" said {name}.",
    ],
    [  # a race
        "[One day|One summer day|Near the {place}] {name} met a [slow|small|old] turtle. \"You are so [slow|small|old]!\" said {name}, and {he} laughed.",
        "\"Let us have a race,\" said the turtle. \"We will run to the [{place}|big tree|old bridge|river].\"",
        "{name} ran very fast. Soon {he} could not see the turtle. \"I have time to [sleep|eat|play],\" {he} said, and {he} [lay down under a tree|sat down in the grass].",
        "But the turtle did not stop. [Step by step|Slowly, slowly], the turtle [walked and walked|came near].",
        "When {name} [woke up|looked up|stood up], the turtle was already there. The turtle [won the race|was first]!",
        "\"[Slow and steady wins|I am slow, but I do not stop|Do not laugh at me again],\" said the turtle. {name} [never laughed at the turtle again|said sorry|learned something that day].",
    ],
    [  # a seed
        "[One spring day|One day|In spring] {name} found a [small|little|tiny|{colour}] seed. {He} put it in the [ground|garden|ground near the house].",
        "Every [day|morning] {name} gave it water, and the sun gave it light. But nothing [came up|happened]. {name} was [sad|not happy].",
        "\"[Wait|Do not be sad|Be patient],\" said {friend} the {friend_kind}. \"A seed needs [time|water|love].\" So {name} waited one day, two days, three days.",
        "Then, one [morning|day], there was a little green leaf! It grew and grew, and at last it was a [big|tall|beautiful] {plant}.",
        "\"[I grew it myself|Look at my {plant}|It is taller than me]!\" said {name}.",
    ],
    [  # learning
        "{name} wanted to {skill}, but {he} [did not know how|could not do it|was afraid]. {friend} the {friend_kind} could {skill} [very well|better than everyone].",
        "\"[Can you teach me|Will you help me|Is it hard]?\" asked {name}. \"[Of course|Yes, I will|It is not hard|Come with me],\" said {friend}.",
        "The first day was [hard|bad|long]. {name} tried and tried, but {he} could not do it. \"[I will never learn|It is too hard|I am too small],\" {he} said.",
        "\"[Do not give up|Do not be afraid|Everyone begins like this],\" said {friend}. \"[Try again tomorrow|Try one more time|You can do it].\"",
        "So {name} tried again [every day|and again|the next day]. [At last|After a week|One day] {he} could {skill} all by {himself}!",
        "{name} was very [proud|happy], and {friend} was [proud|happy] too.",
    ],
    [  # a noise in the night
        "One night {name} could not sleep. It was very [dark|quiet|late], and there was a [strange|loud|small] noise [outside|in the kitchen|{hiding2}].",
        "\"Who is there?\" asked {name}. [Nobody answered.|There was no answer.] {name} was afraid and hid {hiding}.",
        "The noise came again. {name} took a [light|bell|deep breath] and went to the [door|window|kitchen]. {He} opened [it|the door|{his} eyes] slowly.",
        "It was only [the wind|a little mouse|{friend} the {friend_kind}|the rain|an old {toy}]! {name} [laughed and laughed|felt better|was not afraid now].",
        "\"[I was afraid of nothing|What a silly noise|The night is not so bad],\" {he} said, and went back to bed.",
    ],
    [  # a birthday
        "It was the birthday of {name}. {He} woke up early, but [nobody was in the house|the house was empty|everything was quiet].",
        "\"[Did everyone forget my birthday|Where is everyone|Am I alone today]?\" thought {name}. {He} walked to the {place} alone and was sad.",
        "[At night|In the evening|When the sun went down] {he} came back and opened the door. \"Happy birthday!\" cried {friend} and all {his} friends.",
        "There was a big cake and a {colour} {toy} for {name}. They sang and danced [all night|until late|and ate the cake].",
        "\"This is the best [birthday|day] ever,\" said {name}.",
    ],
    [  # a walk with counting
        "[One day|One morning|One sunny day] {name} and {friend} the {friend_kind} went [for a walk to the {place}|to the {place} together].",
        "On the way they saw one [{animal}|{animal2}]. Then they saw two [birds|cats|dogs] [in a tree|on the road|near a house]. Then they saw three [fish|ducks|frogs] in the water.",
        "\"One, two, three,\" said {name}. \"[I can count them all|Look, so many animals|What comes after three]!\"",
        "At the {place} they sat down and [ate a {food}|sang a song|looked at the sky|told stories|played with a {toy}].",
        "When the sun went down, they walked home. The stars came out, and there were too many to count.",
    ],
    [  # baking
        "[One day|One rainy day|One Sunday] {name} wanted to make a cake for {his} [mother|father|friend {friend}].",
        "{He} took milk, eggs and flour. But {he} took salt and not sugar! The cake was [very bad|not good at all|hard as a stone].",
        "\"[Oh no|Oh dear|What now],\" said {name}. {He} wanted to cry. \"[We can make a new one|Let us try again|I will help you],\" said {friend} the {friend_kind}.",
        "They worked together, and this time the cake was sweet. It was [big|round|small] and {colour}, and it smelled very good.",
        "[Everyone ate the cake, and nobody wanted to stop.|They ate it all and drank some tea.|\"This is the best cake of all,\" said {friend}.]",
    ],
    [  # a fallen bird
        "[One day|One spring morning|After the rain] {name} was walking {in_place}. {He} heard a [small|sad|quiet] voice. \"Help! Help!\"",
        "A little [bird|owl|duck] was on the ground. It could not [fly|walk]. \"I fell from my nest,\" [it said|it cried].",
        "{name} took it in {his} hands and [climbed up the tree|looked for the nest|gave it some water]. There was the mother!",
        "\"Thank you,\" said the mother. \"You saved my little one.\" And she [sang a beautiful song|gave {name} a {colour} leaf|danced in the air].",
        "[Every morning the birds came to the window and sang for {him}.|{name} went there every day to say hello.]",
    ],
    [  # snow
        "It was winter, and the snow was [white|cold|soft] and deep. {name} and {friend} the {friend_kind} ran out to play.",
        "They made a big snowman. They gave him a carrot for a nose and a {colour} hat.",
        "\"He looks [cold|happy|funny|hungry],\" said {friend}. So they [gave him a warm coat|danced around him|gave him a name|gave him a {food}].",
        "The next day the sun was warm, and the snowman was gone. {name} was sad.",
        "\"[Do not be sad|Do not cry],\" said {friend}. \"He will come back next winter.\"",
    ],
    [  # at the market
        "[One day|One Saturday|In the morning] {name} went to the market with {coins} coins. {He} wanted to buy a {food}.",
        "\"How much is the {food}?\" asked {name}. \"It is {price} coins[, please|],\" said the [old man|old woman|farmer].",
        "{name} gave {price} coins to the [old man|old woman|farmer]. Now {he} had {rest} coins.",
        "On the way home {he} met {friend} the {friend_kind}, and they [ate the {food} together|sat down by the road|laughed about the market].",
    ],
    [  # the king's question
        "In a [big|old|beautiful] castle there lived a king. [One day|One morning] the king asked, \"What is the best thing in the world?\"",
        "\"Gold,\" said a rich man. \"Food,\" said a hungry man. [But the king said, \"No, no.\"|\"Sleep,\" said a tired man.]",
        "Then {name} the {kind} stood up. \"The best thing in the world is a [good friend|kind heart|happy home|long story],\" said {name}.",
        "The king [smiled|laughed|was quiet]. \"You are small, but you are [wise|clever],\" said the king, and he gave {name} a {colour} {toy}.",
    ],
    [  # a boat
        "{name} had a little {colour} boat. [One day|One summer day] {he} wanted to see the [sea|world|other side of the lake].",
        "\"[May I come with you|Can we go together|Where are you going]?\" asked {friend} the {friend_kind}. \"[Yes, please do|Come with me|Of course],\" said {name}.",
        "They went down the river, past the {place} and past the old bridge. A big fish [swam by|looked up] and said hello.",
        "At last they saw the sea. It was [big and blue|blue and beautiful|bigger than the sky].",
        "\"[Where does it end|What is on the other side|Is it always so big]?\" asked {name}. \"[Nobody knows|I do not know|Let us find out],\" said {friend}. They looked at the water for a long time.",
    ],
    [  # a secret
        "[One day|One evening|One rainy day] {name} found a {colour} key {hiding}. \"What does it open?\" {he} asked.",
        "{He} tried the key on the [door of the house|garden door|door of the castle]. It did not open. {He} tried it on an old box. Click! The box opened.",
        "In the box there was [an old book|a little bell|a letter|a map|a {colour} stone]. {name} showed it to {friend} the {friend_kind}.",
        "\"It is [very old|a secret|wonderful|beautiful],\" said {friend}. \"[We must keep it safe|Let us tell nobody|Let us look for more].\"",
    ],
    [  # saying sorry
        "{name} and {friend} the {friend_kind} played {in_place} every day. [One day|One afternoon] {name} [broke|lost] the {toy} of {friend}.",
        "{friend} was very [angry|sad] and went home. {name} felt bad. {He} [did not want to eat|could not sleep|could not think of anything else].",
        "The next [morning|day] {name} went to {friend} and said, \"I am sorry. You can have my {colour} {toy2}.\"",
        "{friend} smiled. \"It is all right,\" said {friend}. \"[You are my friend|I was too angry|Let us play again], and a {toy} is only a {toy}.\"",
    ],
]

# What the little cat finds, by the seat it chose.
CAT_SEATS = {
    "mat": "The mat was [warm and soft|by the fire|in front of the door]. [The cat began to sleep.|The cat was very happy there.]",
    "bed": "The bed was [soft and warm|big and white]. [\"This is my bed,\" said {name}. \"But you can stay.\"|The cat closed its eyes.]",
    "chair": "The chair was [old and brown|near the window]. [It was the chair of the old man, but he did not mind.|The cat looked out of the window.]",
    "wall": "The wall was [high|old], and the cat could see the [garden|street|river]. [A bird sang in a tree.|The sun was warm.]",
    "box": "The box was [small|too small|very old], but the cat [loved it|did not mind]. [\"What is in the box?\" asked {name}.|It was the best box in the house.]",
    "table": "\"Cats do not sit on the table!\" said {name}. [The cat looked at the fish.|The cat looked at the milk.]",
    "roof": "The roof was high, and the [moon|sky] was [big and white|beautiful]. [The cat looked at the stars.|The cat sang to the moon.]",
    "grass": "The grass was green and [wet|soft]. [A frog jumped by.|A yellow butterfly came by.]",
    "boat": "The boat was [small and blue|on the river]. [The cat looked at the fish in the water.|The cat did not like the water.]",
}
CAT_EVENTS = [
    "A [little|small|grey] mouse came out. \"[Hello|Good morning], cat,\" said the mouse. \"Please do not eat me.\" \"I am too [sleepy|happy|lazy] today,\" said the cat.",
    "Then {name} came home. \"There you are!\" said {name}. The cat said, \"Meow,\" and {name} gave it some milk.",
    "A big dog came by and said, \"Woof!\" The cat was afraid and ran up a tree. The dog only wanted to play.",
    "It was a quiet [day|evening|morning]. The cat thought about fish, and milk, and fish again.",
    "A bird came and sat [next to|near] the cat. \"What do you see?\" asked the bird. \"I see [the whole world|you|my dinner],\" said the cat.",
]
CAT_ENDINGS = [
    "Then the cat went to sleep.", "It was a good day for a cat.", "The end.",
    "They were friends from that day on.", "And the cat was happy.",
]


def make_slots(dice):
    """One hero, one friend and the things that the plots may mention."""
    male = dice.chance(50)
    hero = dice.pick(BOYS if male else GIRLS)
    friend = dice.pick([name for name in BOYS + GIRLS if name != hero])
    kind = dice.weighted(KINDS)
    if kind in ("boy", "girl"):
        kind = "boy" if male else "girl"
    place, where = dice.pick(list(PLACES.items()))
    hiding = dice.sample(HIDING, 3)
    toys = dice.sample(TOYS, 2)
    price, rest = dice.between(2, 6), dice.between(2, 6)
    slots = dict(HE if male else SHE)
    slots.update(
        name=hero, friend=friend, kind=kind, himself="himself" if male else "herself",
        friend_kind=dice.pick([animal for animal in ANIMALS if animal != kind]),
        animal=dice.pick(["horse", "cow", "sheep", "pig"]), animal2=dice.pick(ANIMALS),
        trait=dice.favour(TRAITS), friend_trait=dice.pick(TRAITS),
        colour=dice.pick(COLOURS), toy=toys[0], toy2=toys[1], food=dice.pick(FOODS),
        plant=dice.pick(PLANTS), thing=dice.pick(THINGS), seat=dice.weighted(SEATS), skill=dice.pick(SKILLS), home=dice.pick(HOMES),
        place=place, in_place=f"{where} the {place}",
        hiding=hiding[0], hiding2=hiding[1], hiding3=hiding[2],
        coins=NUMBERS[price + rest], price=NUMBERS[price], rest=NUMBERS[rest],
    )
    return slots


def cat_story(dice):
    """A story that begins with the prompt of the book."""
    seat = dice.weighted(SEATS)
    slots = {"name": dice.pick(BOYS + GIRLS)}
    opening = f"The little cat sat on the {seat}[.| and looked around.| and waited.| and thought about fish.| all day.]"
    sentences = [opening, CAT_SEATS[seat], dice.pick(CAT_EVENTS), dice.pick(CAT_ENDINGS)]
    return " ".join(dice.fill(sentence, slots) for sentence in sentences)


def scenes(dice, slots):
    """Three to seven free sentences about the hero; the thing and the animal change."""
    parts = []
    for template in [dice.favour(MEETINGS)] + dice.sample(SCENES, dice.between(3, 6)):
        fresh = {"thing": dice.pick(THINGS), "animal2": dice.pick(ANIMALS), "colour": dice.pick(COLOURS)}
        parts.append(dice.fill(template, slots | fresh))
    return parts


def story(dice):
    """A whole story: opening, plot or scenes, ending; about one in twelve is about a cat."""
    if dice.chance(8):
        return cat_story(dice)
    slots = make_slots(dice)
    opening, ending = (dice.fill(dice.favour(choices), slots) for choices in (OPENINGS, ENDINGS))
    if dice.chance(30):
        middle = scenes(dice, slots)
    else:
        middle = [dice.fill(sentence, slots) for sentence in dice.pick(PLOTS)]
    between = "\n\n" if dice.chance(25) else " "  # sometimes a paragraph ends after the opening
    return opening + between + " ".join(middle + [ending])


def short_story(dice):
    """A few sentences, for the chats."""
    if dice.chance(25):
        return cat_story(dice)
    slots = make_slots(dice)
    sentences = [dice.favour(OPENINGS)] + dice.pick(PLOTS)[:4] + [dice.favour(ENDINGS)]
    return " ".join(dice.fill(sentence, slots) for sentence in sentences)
