"""Quiz of notebook 01: leakage, the camera rule, visibility."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "300 people, each filmed once by each of two cameras: 600 tracklets. Somebody shuffles the tracklets and takes "
        "half of them for training. How many people are now in both parts?",
        (
            Option(
                "None: each tracklet is in one part only.",
                "Each tracklet is, but a person has two of them, and nothing keeps the two together.",
            ),
            Option(
                "A few, by bad luck.",
                "Count: once a person's first tracklet is dealt, 300 of the other 599 places are in the other part. "
                "That happens to every second person.",
            ),
            Option(
                "All 300.",
                "That would need a rule that always parts the two. Chance puts both into the same part about half of "
                "the time.",
            ),
            Option(
                "About half of them, 150.",
                "The chance that a person's second tracklet lands in the other part is 300/599, just over one half. "
                "The model is then tested on people it was trained on, and the score says nothing about new people.",
                right=True,
            ),
        ),
    ),
    Question(
        "A probe was filmed by camera 0. The gallery also holds another tracklet of the same person from camera 0. "
        "Benchmarks with several cameras leave it out of this probe's ranking. Why?",
        (
            Option(
                "It shows the very same frames.",
                "It is another passage with its own frames. The same frames in probe and gallery would be a leak, "
                "which is another fault.",
            ),
            Option(
                "Within one camera the match is easy and not the question.",
                "Viewpoint, light and background are the same there. Re-identification asks whether a person is found "
                "again by another camera; an easy hit would hide the answer.",
                right=True,
            ),
            Option(
                "It is a distractor.",
                "A distractor is somebody who is no probe at all; distractors stay in the gallery and make it harder. "
                "What is ignored for a probe is called junk.",
            ),
            Option(
                "A gallery must hold one tracklet for each person.",
                "Single-shot protocols want that, others do not: in multi-shot galleries a person has several, and mAP "
                "asks for all of them.",
            ),
        ),
    ),
    Question(
        "The street's ground truth says that a frame has visibility 0.4. What does that mean?",
        (
            Option(
                "40 % of the person's area is visible in this frame; the rest is hidden or cut off.",
                "The renderer knows the whole silhouette, so it can divide the visible part by all of it. No recorded "
                "data set knows this.",
                right=True,
            ),
            Option(
                "The person fills 40 % of the frame.",
                "That is the size of the person in the picture. A person far away can fill little of it and be wholly "
                "visible.",
            ),
            Option(
                "A good model gives this frame the attention 0.4.",
                "Attention is what a model weighs, visibility is what is really to be seen. Whether the first follows "
                "the second is to be measured, not assumed; notebook 08 does that.",
            ),
            Option(
                "The person is visible in 40 % of the tracklet's frames.",
                "Visibility belongs to one frame. What you describe is a fact about the tracklet, computed from its "
                "frames' visibilities.",
            ),
        ),
    ),
)
