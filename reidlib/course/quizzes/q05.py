"""Quiz of notebook 05: one number, a softmax, a longer tracklet, and what a consensus follows."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "RAN scores a frame by θ′ᵀ concat(x_t, f) (Eq. 3). Two frames score 1.2 and 0.7 in the first refinement. In "
        "the third, the first of them scores 0.1. What does the other one score?",
        (
            Option(
                "−0.4.",
                "The video feature adds one number to every frame's score, so the difference of 0.5 stays as it was in "
                "all iterations, whatever f has become.",
                right=True,
            ),
            Option(
                "It depends on how well the other frame agrees with the new f.",
                "That is what one would like. But a linear score of the concatenation splits into a part that knows "
                "only x_t and a part that knows only f: no term knows both.",
            ),
            Option(
                "0.7, as it is judged by itself.",
                "Its own part stays, and the part of f changed by −1.1 for both.",
            ),
            Option(
                "It cannot be said: θ′ is another one in each iteration.",
                "The paper does not say, and here θ′ is the same in all refinements. With one θ′ an iteration the "
                "order would change with θ′, and still not because of f.",
            ),
        ),
    ),
    Question(
        "Replace the sigmoid of Eq. 3 by a softmax over the frames. What do R = 1 and R = 5 give?",
        (
            Option(
                "R = 5 is sharper, as each softmax is applied to the one before.",
                "The softmax is applied to fresh scores each time, not to weights.",
            ),
            Option(
                "The same attention.",
                "A softmax ignores a number that is added to all scores, and f adds nothing else. Every R ≥ 1 is the "
                "one softmax attention of θ′_x.",
                right=True,
            ),
            Option(
                "R = 5 has gone to the one best frame.",
                "For that the scores would have to move apart; they keep their differences.",
            ),
            Option(
                "Different ones: the order of frames stays, their weights change.",
                "That is so under the sigmoid, where a common shift moves all weights. Under softmax it cancels.",
            ),
        ),
    ),
    Question(
        "A network is trained on 16 frames with the printed sum and tested on 128. What happens to the scalar map?",
        (
            Option(
                "Nothing: each frame is scored alone.",
                "Each score holds θ′_f·f, and f is a sum over all frames.",
            ),
            Option(
                "It is about eight times as steep, so refinement that settled may flip for ever.",
                "The slope is a sum over frames, like the map. A fixed point attracts only where the slope lies "
                "between −1 and 1. Dividing by Σα and feeding back f at unit length removes the dependence.",
                right=True,
            ),
            Option(
                "It becomes flatter, as more frames average out.",
                "A mean would do so. Eq. 4 is a sum.",
            ),
            Option(
                "It converges faster, as more frames bring more evidence.",
                "A steeper map converges more slowly, or not at all.",
            ),
        ),
    ),
    Question(
        "An occluder stands before the person in 70 % of the frames. The consensus weights …",
        (
            Option(
                "find the person all the same: three iterations are enough.",
                "Iterating sharpens what the first mean holds most of. Here that is the occluder.",
            ),
            Option(
                "are equal for all frames.",
                "The frames still differ in how well they agree with their mean.",
            ),
            Option(
                "tend to follow the occluder, the more so with more iterations.",
                "The mean of the frames points to what most of them show. Consensus has no idea who is meant; it knows "
                "only who is in the majority.",
                right=True,
            ),
            Option(
                "do what θ has learned of occluders.",
                "The bare consensus has no parameters. A learned score beside it could help, and that is another "
                "experiment.",
            ),
        ),
    ),
)
