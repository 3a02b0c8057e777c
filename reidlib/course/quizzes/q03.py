"""Quiz of notebook 03: where the parameters sit, what one frame cannot know, and what a first draw of weights does."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "RAN's frame CNN is changed to see frames twice as high and twice as wide. Nothing else changes. What happens "
        "to its number of parameters?",
        (
            Option(
                "Nothing: convolutions do not know the size of the picture.",
                "That holds for the three convolutions, and they hold the smallest part. The layer behind them has a "
                "weight for every place of the last map.",
            ),
            Option(
                "It becomes 2.7 times as large.",
                "The last maps have 17×13 places in place of 10×8 (less than four times as many, because the padding "
                "stays the same), and the layer behind them, which holds nearly all parameters, has weights for each.",
                right=True,
            ),
            Option(
                "It becomes exactly four times as large.",
                "So would the pixels. But the small maps are in part made of padding, and that does not grow: 17×13 "
                "places, not 20×16.",
            ),
            Option(
                "The convolutions grow, the rest stays.",
                "The other way round: a kernel of 5×5 stays one of 5×5, whatever it is moved across.",
            ),
        ),
    ),
    Question(
        "Two people stand in one frame, and the same frame is used in the tracklets of both. What is its feature?",
        (
            Option(
                "The same in both tracklets.",
                "The same pixels give the same feature: who is meant is no input of the network. A passer-by who hides "
                "your person becomes the subject. Only the other frames of a tracklet can tell, and looking at them is "
                "the next notebook.",
                right=True,
            ),
            Option(
                "That of the person in the middle, if the network is trained well.",
                "Training can make the middle count more, and still there is one feature for both tracklets.",
            ),
            Option(
                "That of the person the tracker followed.",
                "The tracker's choice reaches the network only through where the frame was cut.",
            ),
            Option(
                "Half of one, half of the other.",
                "Sometimes nearly so while both are seen; but it is a nonlinear function of the pixels, and above all "
                "it is one function.",
            ),
        ),
    ),
    Question(
        "Over all frames of many tracklets, distance to the clean mean and visibility correlate. Is that the effect of "
        "the occluder on the frame?",
        (
            Option(
                "Yes, the correlation is large and the frames are many.",
                "Many frames of few tracklets. Tracklets without any occluder have high visibility and small "
                "distances throughout, and that alone makes a correlation.",
            ),
            Option(
                "No, correlation never shows an effect.",
                "Too strict: with the right comparison and a control that must fail it can show much.",
            ),
            Option(
                "Not yet: compare inside each tracklet, and move the visibility along the tracklet as a control.",
                "Inside a tracklet the person and the camera are the same. Moving the visibility along keeps its runs "
                "and breaks only the link to the frames; what remains then is not the occluder.",
                right=True,
            ),
            Option(
                "Yes, if the network was trained.",
                "Training changes the size of the distances, not what they are compared with.",
            ),
        ),
    ),
)
