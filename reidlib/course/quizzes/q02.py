"""Quiz of notebook 02: the aperture, the convention, what iterations are for."""

from reidlib.course.questions import Option, Question

QUESTIONS = (
    Question(
        "A window sees nothing but the vertical stripes of a shirt. The shirt moves down by one pixel. What does "
        "Lucas–Kanade find?",
        (
            Option(
                "One pixel down, as it should.",
                "Nothing in the window changes when vertical stripes move down: both frames look the same there.",
            ),
            Option(
                "Nothing: no motion.",
                "All gradients point sideways, so only sideways motion shows; and there is none. This is the aperture "
                "problem, and the small eigenvalue of the structure tensor gives it away.",
                right=True,
            ),
            Option(
                "One pixel to the right.",
                "Sideways motion would show in these gradients, but there is none: the frames are equal in the window.",
            ),
            Option(
                "An error: the matrix has no inverse.",
                "Exactly so in a picture without noise, for a method that divides blindly. The library keeps the "
                "directions it can tell, and marks the pixel as not valid.",
            ),
        ),
    ),
    Question(
        "`flow[t]` at pixel p is (2, 0). What does that say?",
        (
            Option(
                "What is at p in frame t will be two pixels further right in frame t + 1.",
                "That would be flow towards the future, on the grid of the earlier frame, as Middlebury stores it. "
                "Here flow looks back.",
            ),
            Option(
                "What is at p in frame t was two pixels further left in frame t − 1.",
                "Flow lives on the grid of frame t and tells how the surface there came: frame t at p looks like frame "
                "t − 1 at p − flow. So the flow of frame 0 is zero by definition.",
                right=True,
            ),
            Option(
                "What is at p in frame t was two pixels further right in frame t − 1.",
                "x counts to the right, and it moved by +2 to get here: it was on the left.",
            ),
            Option(
                "The pixel became two grey levels brighter.",
                "Flow is motion, in pixels per frame; brightness is assumed to stay.",
            ),
        ),
    ),
    Question(
        "A leg moves by six pixels between two frames. Why does one step of Lucas–Kanade fail, and what helps?",
        (
            Option(
                "The window is too small; a larger one helps.",
                "A larger window holds more of the leg and more that is not the leg. The step fails for another "
                "reason: the gradient tells how brightness changes nearby, not six pixels away.",
            ),
            Option(
                "The brightness changed; subtracting the mean helps.",
                "Perhaps it changed too, but six pixels are too far for a straight-line approximation in any light.",
            ),
            Option(
                "A straight-line approximation reaches about a pixel; a pyramid helps, then iterations.",
                "On a picture of a quarter of the size, six pixels are one and a half. Solve there, warp by what was "
                "found, and repeat on finer pictures, where only a small rest of the motion is left.",
                right=True,
            ),
            Option(
                "There is no way: flow is for small motion only.",
                "Each single step is. Several steps from coarse to fine reach further.",
            ),
        ),
    ),
)
