"""Quiz of notebook 07: ties, the camera rule, overlapping intervals and leaks."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "A network maps every tracklet to one and the same point. An evaluation of 150 people prints rank-1 = 100 %. "
        "Which rule for ties does it use?",
        (
            Option(
                "Stable: the smaller gallery index first.",
                "Then the same gallery item would come first for every probe: one person of 150 is right.",
            ),
            Option(
                "Optimistic: a match goes before wrong items at the same distance.",
                "All distances are equal, so every match is first. Code that asks whether any item is *nearer* than "
                "the match does this without saying so.",
                right=True,
            ),
            Option(
                "Pessimistic: wrong items first.",
                "Then every match comes last, at place 150, and rank-1 is 0.",
            ),
            Option(
                "None: without ties the network would have earned it.",
                "All distances are equal: there is nothing but ties.",
            ),
        ),
    ),
    Question(
        "Two systems on the same 150 probes: 64 % and 62 %. Their two 95 % intervals overlap widely. What follows?",
        (
            Option(
                "They are equally good.",
                "Not finding a difference is not finding that there is none. The intervals allow one of many points, "
                "either way.",
            ),
            Option(
                "The first is better: its number is larger.",
                "Three people of 150. Other people of the same street would often turn it round.",
            ),
            Option(
                "Little. Which probes each gets right would say more.",
                "The same probes are hard for both, so the shares move together, and intervals of each alone do not "
                "show that. If the first wins on 3 probes and loses on none, p is 0.25; if it wins on 30 and loses on "
                "27, p is 0.79.",
                right=True,
            ),
            Option(
                "With ten splits of the same people the difference would be certain.",
                "Splits repeat the same people. They help against the luck of one split, not of who was filmed.",
            ),
        ),
    ),
    Question(
        "Somebody deals out tracklets, not people, to train and test: of each person one camera lands in one half or "
        "the other. What does rank-1 on the test half say?",
        (
            Option(
                "The same as before, since no tracklet is in both parts.",
                "The people are. The network has learned to tell these very people apart from everybody else.",
            ),
            Option(
                "How well people known from training are recognised again, which is another and easier question.",
                "Re-identification is about people nobody trained on. In the notebook rank-1 rises with the "
                "share of people that the network was trained on.",
                right=True,
            ),
            Option(
                "Nothing changes but the interval becomes wider.",
                "The width depends on the number of probes. What moves is the number itself.",
            ),
            Option(
                "It is too low, since training people were seen by one camera.",
                "Even so the network has seen them; a leak can only help.",
            ),
        ),
    ),
)
