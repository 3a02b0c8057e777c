"""Quiz of notebook 11: whose map, how few people, what a tracker may do, and what a table does not allow."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "On footage of your own a network finds 6 of 6 people first. How sure is it that it finds more than nine in "
        "ten of such people?",
        (
            Option(
                "Sure: 100 % is more than 90 %.",
                "100 % of six. Somebody who finds six of ten would see six of six about once in twenty such clips.",
            ),
            Option(
                "Not sure at all: 6 of 6 fits a true rank-1 of little more than 60 %.",
                "The lower end of Wilson's interval for 6 of 6. Only more people raise it: 35 of 35 just pass 90 %.",
                right=True,
            ),
            Option(
                "It depends on how many frames each tracklet has.",
                "Frames make a tracklet's feature better. The units of the question are people, and there are six.",
            ),
            Option(
                "Nothing can be said without a second network to compare with.",
                "One share has an interval of its own. A comparison would need its own test, paired by person.",
            ),
        ),
    ),
    Question(
        "A colleague lets the network find each track's nearest neighbour under the other camera, writes these pairs "
        "down as the map, and reports rank-1 with it. What will it be?",
        (
            Option(
                "100 %, for any footage and any network.",
                "The map repeats what the ranking will say. In this notebook it scores perfectly on boxes with nobody "
                "in them.",
                right=True,
            ),
            Option(
                "About as high as with a map made by hand.",
                "It cannot tell you: right or wrong, the nearest neighbour is declared right.",
            ),
            Option(
                "Chance, since a network cannot label its own test.",
                "It can, only too well: what it calls nearest is then called right.",
            ),
            Option(
                "Too low, since wrong pairs in the map count against it.",
                "Wrong pairs count for it: they are its own.",
            ),
        ),
    ),
    Question(
        "Your tracker counts frames from 0, MOTChallenge from 1. You add 2 instead of 1, so each box is cut from the "
        "frame after its own. What tells you?",
        (
            Option(
                "The ranking: it falls to chance.",
                "A person moves little from frame to frame. In this notebook one frame cost nobody.",
            ),
            Option(
                "The library: it refuses such a file.",
                "It refuses the frame 0. A file that is late by one frame looks like any other.",
            ),
            Option(
                "The contact sheet, if anything does: look at crops of the fastest walker.",
                "Numbers hardly move, so look. Late boxes trail behind whoever moves fast, and lose whoever leaves.",
                right=True,
            ),
            Option(
                "The attention, which falls on the first frame.",
                "All frames are late alike, so none stands out.",
            ),
        ),
    ),
    Question(
        "The page of a benchmark says nothing about consent, and this library's table prints just that. What may you "
        "conclude?",
        (
            Option(
                "That the people agreed, or it would have been withdrawn.",
                "Sets were withdrawn years after they were given out. Silence is no agreement.",
            ),
            Option(
                "That its use is free for research.",
                "Terms are the holder's to state. Ask, and keep the answer.",
            ),
            Option(
                "That the sources read for the table do not state it; you have to ask the holder and your own rules.",
                "The table says what was found and where. It is no permission.",
                right=True,
            ),
            Option(
                "That the video may be published as long as faces are hidden.",
                "Re-identification is the art of knowing people without their faces.",
            ),
        ),
    ),
)
