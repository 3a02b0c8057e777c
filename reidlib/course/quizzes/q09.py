"""Quiz of notebook 09: what context can know, a ceiling, an order that means nothing, and a control."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "All pictures of a gallery carry the same tint, which no picture alone betrays: the coat may be red, or the "
        "light. Who can take the tint away?",
        (
            Option(
                "Only attention over the gallery, since it compares the pictures.",
                "Attention can, if training makes it. But so can arithmetic that learns nothing.",
            ),
            Option(
                "Anybody who sees the whole gallery, such as its mean.",
                "What all items share is in their mean. A learned encoder has to do better than the mean taken off to "
                "show that it found more.",
                right=True,
            ),
            Option(
                "A better backbone, if it is large enough.",
                "It sees one picture at a time, and the picture does not say whether coat or light is red.",
            ),
            Option(
                "Nobody, before the probe is known.",
                "The gallery can be cleaned without any probe; the encoder of the gallery never sees one.",
            ),
        ),
    ),
    Question(
        "Matching as printed by Vinyals et al. (softmax of plain cosines) is used with a gallery of 1,000 people. The "
        "right person is first, with P = .005. What does this say?",
        (
            Option(
                "The network is nearly guessing.",
                "Chance is .001, and with cosines between −1 and 1 nobody can get beyond about .007 here, however "
                "good the features are.",
            ),
            Option(
                "The features are nearly perfect.",
                "P is near its ceiling, so the cosine of the match is far above the others. With a temperature the "
                "same features would give a P near 1.",
                right=True,
            ),
            Option(
                "The person is probably not in the gallery.",
                "The softmax shares out 1 among those who are there. It says nothing of absence, at any temperature.",
            ),
            Option(
                "Training longer would raise P towards 1.",
                "At τ = 1 the ceiling stays whatever is trained. That is the trouble: the loss pushes on without end.",
            ),
        ),
    ),
    Question(
        "A bi-LSTM encodes the gallery. You list the same pictures in another order, and one probe in ten gets another "
        "answer. What follows?",
        (
            Option(
                "The new order was worse; sort the gallery by identity.",
                "At the test nobody knows the identities. And no order of a set is the right one.",
            ),
            Option(
                "Its accuracy is a tenth lower than that of a set encoder.",
                "Flips go both ways: some answers turn right. How often it is right is another number.",
            ),
            Option(
                "At least some of its answers hang on something that means nothing.",
                "The list carries no information about people. A set encoder cannot flip at all, by its formula.",
                right=True,
            ),
            Option(
                "Nothing: attention would change its answers too.",
                "Attention over a set gives each item the same feature in whatever place it is listed.",
            ),
        ),
    ),
    Question(
        "A network with context beats plain cosines by four points. Which control would make you doubt that the "
        "learned context is what helps?",
        (
            Option(
                "With labels dealt at random it falls to chance.",
                "As it must. Survival would be alarming; falling shows that the score reads labels honestly.",
            ),
            Option(
                "Plain cosines with the gallery's mean taken off gain four points as well.",
                "Then the gain is there without attention, memory or training of either. The paper's sentence about "
                "relationships would still be unproved.",
                right=True,
            ),
            Option(
                "Its lead is larger in larger galleries.",
                "That says where it helps, not by what.",
            ),
            Option(
                "It gives the same answers for a permuted gallery.",
                "A property of its formula, with or without any gain.",
            ),
        ),
    ),
)
