"""Quiz of notebook 00: the letters, where attention acts, what the field's tools may be used for."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "`frame_features` has the shape (B, T, D) = (4, 16, 128). What is in it?",
        (
            Option(
                "4 frames for each of 16 tracklets, 128 numbers each.",
                "B comes first and counts tracklets, T counts frames: it is the other way round.",
            ),
            Option(
                "16 frames for each of 4 cameras, 128 numbers each.",
                "Cameras have no letter. Each tracklet says by its `camid` which camera filmed it.",
            ),
            Option(
                "16 frames for each of 4 tracklets, 128 numbers for each frame.",
                "B = 4 tracklets in the batch, T = 16 frames in each, D = 128, the feature size: RAN's second fully "
                "connected layer has 128 outputs (section 3.1).",
                right=True,
            ),
            Option(
                "4 tracklets of 16 frames, each 128 pixels high.",
                "Heights are H. D is the number of features into which the network has turned a whole frame.",
            ),
        ),
    ),
    Question(
        "Both papers use attention. Over what?",
        (
            Option(
                "RAN over the frames of one tracklet, ARM over the gallery.",
                "RAN gives each frame a weight α_t (Eq. 1) and sums the weighted frames (Eq. 2). ARM matches a probe "
                "to the gallery by attention, and encodes the images while looking at the gallery as a set.",
                right=True,
            ),
            Option(
                "RAN over the pixels of a frame, ARM over the frames of a tracklet.",
                "RAN has one weight for a whole frame, none for a pixel; ARM works on images and compares a probe with "
                "a gallery.",
            ),
            Option(
                "Both over the cameras, to find out which one films best.",
                "No camera gets a weight in either paper. A camera only says which pairs are worth comparing.",
            ),
            Option(
                "RAN over the gallery, ARM over the frames of one tracklet.",
                "The two are exchanged. RAN turns each of two videos into one feature and knows no gallery while it "
                "does so.",
            ),
        ),
    ),
    Question(
        "A shop has filmed its entrance for a year and asks you to link each customer's visits with this library. "
        "Nobody was asked. What do you answer?",
        (
            Option(
                "Yes, if the faces are blurred first.",
                "Re-identification works from clothes, body shape and gait. Blurred faces hide little from it, and the "
                "people are followed all the same.",
            ),
            Option(
                "No. It follows people who were not asked, and no number in this course was measured there.",
                "Linking a person's visits is surveillance, whatever the accuracy. And errors fall on real people: "
                "what a model does in that entrance, nobody has measured.",
                right=True,
            ),
            Option(
                "Yes, since the cameras hang there lawfully.",
                "That a camera may film does not mean that people may be told apart and followed through its pictures. "
                "In many countries data that single out a person have rules of their own.",
            ),
            Option(
                "Yes, once rank-1 on a benchmark is high enough.",
                "A benchmark says how often the right person came first among people filmed elsewhere: 64 % for RAN on "
                "iLIDS-VID (Table 1), so somebody else came first for a third. And accuracy does not answer whether "
                "one may.",
            ),
        ),
    ),
)
