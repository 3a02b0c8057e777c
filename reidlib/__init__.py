"""reidlib: two person re-identification papers made to run, visible and checkable.

The rooms, in the order in which data passes through them (each imports only from rooms above it)::

    data         tracklets, the packed store, identity splits, transforms, benchmarks that you hold, footage of your own
    world        the rendered street: people, cameras, occluders, with ground truth
    flow         Lucas–Kanade flow, its error, the five-channel input
    training     the fit loop, checkpoints that resume bit for bit; knows no model
    evaluation   ranking, protocols, statistics, attention scored against visibility
    ran          frame CNN, attention, refinement, Siamese losses; other temporal heads
    arm          episodes, gallery encoders, probe encoders with memory, matching
    views        figures and interactive views; they take arrays, never models
    course       what the notebooks use: start, exercises, checks, quizzes
    report       runs every notebook and writes one page about it
    cli          the `reidlib` command

Importing `reidlib` imports none of them: each room is paid for when it is used.
"""

__version__ = "0.1.0"
