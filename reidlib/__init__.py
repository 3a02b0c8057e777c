"""reidlib: two person re-identification papers made to run, visible and checkable.

The rooms, in the order in which data passes through them (each imports only from rooms above it)::

    data         tracklets, the packed store, identity splits, transforms
    world        the rendered street: people, cameras, occluders, with ground truth
    flow         Lucas–Kanade flow, its error, the five-channel input
    evaluation   ranking, protocols, statistics, attention scored against visibility
    views        figures and interactive views; they take arrays, never models
    course       what the notebooks use: start, exercises, checks, quizzes
    report       runs every notebook and writes one page about it
    cli          the `reidlib` command

Importing `reidlib` imports none of them: each room is paid for when it is used.
"""

__version__ = "0.1.0"
