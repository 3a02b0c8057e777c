"""Quiz of notebook 08: order and contrast, what the AUC inside a tracklet forgets, majority, and controls."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "An attention has an AUC of exactly 1 in every tracklet, and finds not one person more than the plain mean. "
        "How can that be?",
        (
            Option(
                "The ranking must be broken: perfect attention finds more people.",
                "v to the power .01 has an AUC of 1 and is nearly the plain mean. Nothing is broken.",
            ),
            Option(
                "Its weights are in the right order and nearly all alike.",
                "The AUC sees order, pooling sees sizes. The gain, Σ αv / Σ α minus the mean of v, would have told.",
                right=True,
            ),
            Option(
                "The AUC was taken inside each tracklet; over all frames together it would be lower.",
                "It might be, but that changes nothing for the pooled features: weights compete inside a tracklet.",
            ),
            Option(
                "AUC and ranking never have anything to do with each other.",
                "Weights made of the true visibility do find more people where frames are hidden. Related is not "
                "equal.",
            ),
        ),
    ),
    Question(
        "Consensus gives a frame weight when it is like the other frames. In a tracklet that is hidden four fifths of "
        "the time its AUC is far below one half. What has happened?",
        (
            Option(
                "It has become as unsure as a coin.",
                "A coin has one half. Far below means sure, and wrong.",
            ),
            Option(
                "The occluder is now what most frames agree on.",
                "It never looked for a person, only for what most frames show. While people have the majority that is "
                "the same.",
                right=True,
            ),
            Option(
                "Too few visible frames are left for an AUC.",
                "Few pairs make an AUC noisy. Noise goes both ways and does not pull the mean far below one half.",
            ),
            Option(
                "The frame CNN cannot see hidden people.",
                "True, and no reason: it cannot in tracklets with little occlusion either, where the AUC is high.",
            ),
        ),
    ),
    Question(
        "Somebody shuffles the weights of each tracklet over its frames, and the lead in mAP over the plain mean "
        "stays. What follows?",
        (
            Option(
                "The attention is robust.",
                "Weights on the wrong frames cannot help by being on the right ones.",
            ),
            Option(
                "The AUC of the shuffled weights must be high as well.",
                "Shuffled inside the tracklet, the AUC is one half on average, whatever it was.",
            ),
            Option(
                "Visibility does not matter for re-identification.",
                "This says something about the source of one lead, not about visibility.",
            ),
            Option(
                "The lead does not come from which frames are preferred.",
                "That is what the control is for: look for another difference between the two systems, such as the "
                "scale of the feature, or for luck.",
                right=True,
            ),
        ),
    ),
    Question(
        "A head prefers frames with the person's umbrella, which hides half of them, and beats the oracle of "
        "visibility in rank-1. Is that attention wrong?",
        (
            Option(
                "Yes: its AUC is below one half.",
                "The AUC measures agreement with visibility, and visibility is a stand-in for what is useful.",
            ),
            Option(
                "No: what finds people is right.",
                "On the next day, without umbrella, it finds nobody. Rank-1 on these tracklets cannot tell.",
            ),
            Option(
                "Neither number decides: say what it uses, and test where that clue is missing.",
                "The clue is real in these tracklets and no property of the person. Both scores are right about what "
                "they measure.",
                right=True,
            ),
            Option(
                "It cannot happen: the oracle is the ceiling.",
                "It is the ceiling of the AUC. In rank-1 it is one good weighting among others.",
            ),
        ),
    ),
)
