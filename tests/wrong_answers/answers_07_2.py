"""Answers to 07.2, pairs that leak nothing."""

import numpy as np
from stored_answers import right, wrong

KEY = "07.2"


def _draw(pids, camids, people, count, rng, cross=True):
    def one(pid, cam=None):
        return int(rng.choice(np.flatnonzero((pids == pid) & (True if cam is None else camids == cam))))

    both = [pid for pid in people if len(np.unique(camids[pids == pid])) > 1]
    pairs = []
    for _ in range(count // 2):
        pid = rng.choice(both)
        cameras = rng.permutation(np.unique(camids[pids == pid]))
        pairs.append([one(pid, cameras[0]), one(pid, cameras[1 if cross else 0])])
        pairs.append([one(pid) for pid in rng.choice(people, 2, replace=False)])
    return np.array(pairs)


@right(KEY)
def by_hand(pids, camids, train_pids, count, seed):
    return _draw(pids, camids, train_pids, count, np.random.default_rng(seed))


@right(KEY)
def from_all_allowed_pairs(pids, camids, train_pids, count, seed):
    rng = np.random.default_rng(seed)
    numbers = np.flatnonzero(np.isin(pids, train_pids))
    pairs = np.array([(a, b) for a in numbers for b in numbers if a < b])
    same = pids[pairs[:, 0]] == pids[pairs[:, 1]]
    positive = pairs[same & (camids[pairs[:, 0]] != camids[pairs[:, 1]])]
    return np.concatenate([rng.permutation(each)[: count // 2] if len(each) >= count // 2 else rng.choice(
        each, count // 2) for each in (positive, pairs[~same])])


@wrong(KEY, "are not training people", "rule")
def draws_from_everybody(pids, camids, train_pids, count, seed):
    return _draw(pids, camids, np.unique(pids), count, np.random.default_rng(seed))


@wrong(KEY, "are not training people", "rule")
def positions_in_the_training_part(pids, camids, train_pids, count, seed):
    kept = np.isin(pids, train_pids)
    return _draw(pids[kept], camids[kept], train_pids, count, np.random.default_rng(seed))


@wrong(KEY, "Did you return pids", "rule")
def returns_pids(pids, camids, train_pids, count, seed):
    return pids[by_hand(pids, camids, train_pids, count, seed)]


@wrong(KEY, "needed is half", "rule")
def one_kind_only(pids, camids, train_pids, count, seed):
    return by_hand(pids, camids, train_pids, 2 * count, seed)[::2]


@wrong(KEY, "could learn the background", "rule")
def one_camera(pids, camids, train_pids, count, seed):
    return _draw(pids, camids, train_pids, count, np.random.default_rng(seed), cross=False)


@wrong(KEY, "again and again", "rule")
def one_pair_of_each_kind(pids, camids, train_pids, count, seed):
    return np.tile(by_hand(pids, camids, train_pids, 2, seed), (count // 2, 1))


@wrong(KEY, "gave other pairs the second time", "rule")
def ignores_the_seed(pids, camids, train_pids, count, seed):
    return _draw(pids, camids, train_pids, count, np.random.default_rng())


@wrong(KEY, "The seed changes nothing", "rule")
def always_the_same(pids, camids, train_pids, count, seed):
    return _draw(pids, camids, train_pids, count, np.random.default_rng(0))


@wrong(KEY, "Return whole numbers of shape", "rule")
def one_row(pids, camids, train_pids, count, seed):
    return by_hand(pids, camids, train_pids, count, seed).ravel()
