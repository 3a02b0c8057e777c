"""Quiz of notebook 04: what the sum measures, what sigmoid and softmax can say, what a weight proves."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "Under Eq. 2 as printed, a tracklet of 30 frames is compared with a tracklet of 120 frames of the same person. "
        "What makes up most of their distance?",
        (
            Option(
                "The person looks different in the longer one.",
                "Perhaps a little. But four times as many terms make the sum about four times as long, whoever walks.",
            ),
            Option(
                "The sigmoid: a softmax inside Eq. 1 with the same total weight would not do this.",
                "It would: the total of the weights counts. A softmax times T falls into the same trap.",
            ),
            Option(
                "The number of frames.",
                "Σ α x grows with T, so the longer tracklet lies about four times as far from the origin. Divide by "
                "Σ α, or compare directions only.",
                right=True,
            ),
            Option(
                "Nothing: attention weights always sum to 1.",
                "Those of a softmax do. Sigmoids are judged one by one, and their sum is anything from 0 to T.",
            ),
        ),
    ),
    Question(
        "All frames of a tracklet are hidden behind a car. What can sigmoid and softmax say about that?",
        (
            Option(
                "Both give every frame a weight near 0.",
                "A softmax cannot: its weights sum to 1, whatever the frames show.",
            ),
            Option(
                "The sigmoid can give all of them low weights; divided by Σ α, that is lost again.",
                "The sigmoid judges each frame by itself, so “all bad” can be said. A weighted mean keeps only the "
                "proportions, so f is then what a softmax could give as well.",
                right=True,
            ),
            Option(
                "The softmax gives the least hidden frame all the weight.",
                "Only if its logit is far above the others. It shares one unit among them, as their differences say.",
            ),
            Option(
                "Neither can say anything without refinement.",
                "Eq. 1 reads every frame's own feature; refinement (notebook 05) is another question.",
            ),
        ),
    ),
    Question(
        "A head's attention has an AUC of 0.65 against visibility; its rank-1 is that of mean pooling. What follows?",
        (
            Option(
                "The attention orders frames somewhat better than chance, and that did not change who is found.",
                "Two questions, two numbers. Say both, each with its floor and its interval.",
                right=True,
            ),
            Option(
                "The attention found visibility, so the ranking must be measured wrongly.",
                "Both can be right. Order is not contrast: weights may be in a good order and nearly all alike.",
            ),
            Option(
                "Attention is useless for re-identification.",
                "One head on one frozen network is no evidence for “useless”. Weights made of the true visibility "
                "show what there is to gain.",
            ),
            Option(
                "With more frames the AUC would turn into rank-1.",
                "Nothing makes it so: a long tracklet has more visible frames anyway, so weights matter less there.",
            ),
        ),
    ),
)
