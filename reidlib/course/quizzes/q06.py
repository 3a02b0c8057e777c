"""Quiz of notebook 06: margin and scale, the literal similarity loss, the gradient at distance 0."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "At the first step two different people are 60 apart and the margin is 2. What does Eq. 5 do to this pair?",
        (
            Option(
                "It pushes with force 58.",
                "m − d is −58, and max(0, −58) is 0: beyond the margin the loss is flat.",
            ),
            Option(
                "Nothing, and that is what a margin is for: they are apart already.",
                "Far apart in what unit? Two tracklets of one person are about as far apart at this scale, so nothing "
                "tells the two kinds apart; and the pull on the positives shrinks everything.",
            ),
            Option(
                "Nothing. Since one person's tracklets are about as far apart, the margin does not fit the scale.",
                "The hinge is a pull alone then. Features of unit length, or a margin chosen after a look at the "
                "distances, bring the push back.",
                right=True,
            ),
            Option(
                "It pulls with force 60.",
                "Pull is for pairs of one person; here the labels differ.",
            ),
        ),
    ),
    Question(
        "You read the similarity loss literally: inner product, signed square root, divided by its own length. What "
        "can training change?",
        (
            Option(
                "Features and classifier, as with any loss.",
                "The normalised number is +1 or −1 whatever the features do, so long as the sign stays. Its derivative "
                "is 0.",
            ),
            Option(
                "The classifier behind it, and no feature.",
                "The weights that turn ±1 into two logits still learn: they find out how often pairs of either sign "
                "are one person. Nothing flows further down.",
                right=True,
            ),
            Option(
                "Features, but only those of positive pairs.",
                "The kind of pair plays no part: the derivative of a sign is 0 for both.",
            ),
            Option(
                "Nothing: the softmax over one number is constant.",
                "True if the number itself goes into the softmax. With two logits made from it, as here and as a "
                "binary cross-entropy needs, their weights can learn.",
            ),
        ),
    ),
    Question(
        "The same clip is in a batch twice, as two tracklets of one person. The loss prints as an ordinary number, and "
        "after the step all weights are NaN. Why?",
        (
            Option(
                "The learning rate was too large.",
                "It would show in the loss first, over several steps. Here one step was enough.",
            ),
            Option(
                "A positive pair at distance 0 has an infinite loss.",
                "Its loss is ½ · 0² = 0, the best there is.",
            ),
            Option(
                "The distance was a root, and the slope of a root at 0 is infinite; times 0 that is NaN.",
                "The values are fine, the gradient is not: 2d · ∂d is 0 · ∞. An ε under the root, or ½ of the squared "
                "distance without a root, avoids it.",
                right=True,
            ),
            Option(
                "torch.where took the wrong branch.",
                "It took the right one. But it sends a gradient of 0 into the branch that it did not take, and 0 · NaN "
                "is NaN: choosing afterwards does not help either.",
            ),
        ),
    ),
)
