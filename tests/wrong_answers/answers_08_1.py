"""Answers to 08.1, the AUC without a threshold."""

import numpy as np
from stored_answers import right, wrong

KEY = "08.1"


@right(KEY)
def two_loops(attention, visibility):
    won, pairs = 0.0, 0
    for s in range(len(attention)):
        for t in range(len(attention)):
            if visibility[s] > visibility[t]:
                pairs += 1
                won += 1.0 if attention[s] > attention[t] else 0.5 if attention[s] == attention[t] else 0.0
    return won / pairs


@right(KEY)
def by_signs(attention, visibility):
    s, t = np.nonzero(np.subtract.outer(visibility, visibility) > 0)
    return np.mean(np.sign(attention[s] - attention[t]) + 1) / 2


@wrong(KEY, "at the threshold one half", "value")
def with_a_threshold(attention, visibility):
    visible, hidden = attention[visibility >= 0.5], attention[visibility < 0.5]
    if not len(visible) or not len(hidden):
        return 0.5
    return np.mean([(a > b) + 0.5 * (a == b) for a in visible for b in hidden])


@wrong(KEY, "must get ½, not 0", "value")
def ties_lost(attention, visibility):
    more = visibility[:, None] > visibility
    return np.mean((attention[:, None] > attention)[more])


@wrong(KEY, "must get ½, not 1", "value")
def ties_won(attention, visibility):
    more = visibility[:, None] > visibility
    return np.mean((attention[:, None] >= attention)[more])


@wrong(KEY, "Divided by all pairs", "value")
def all_pairs_below_the_line(attention, visibility):
    T, won = len(attention), 0.0
    for s in range(T):
        for t in range(T):
            if visibility[s] > visibility[t]:
                won += (attention[s] > attention[t]) + 0.5 * (attention[s] == attention[t])
    return won / (T * (T - 1) / 2)


@wrong(KEY, "Turned round", "value")
def hidden_first(attention, visibility):
    more = visibility[:, None] < visibility
    difference = attention[:, None] - attention
    return np.mean(((difference > 0) + 0.5 * (difference == 0))[more])
