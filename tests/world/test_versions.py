"""Names, sizes and laws of the street's versions, and the sentences for wrong ones."""

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.world.versions import VERSIONS, specify, version

NAMED = ["street-v1", "street-v1-objects", "street-v1-heavy", "street-v1-days"]


def test_all_promised_versions_exist_with_their_sizes():
    for name in NAMED:
        assert specify(name).persons == 300
        assert specify(name + "-confirm").persons == 600
        assert specify(name).cameras == 2
    assert specify("street-v1-days").days == 6
    assert (specify("street-v1-small").persons, len(VERSIONS)) == (100, 9)


def test_confirming_versions_have_other_people_and_cameras_under_the_same_law():
    for name in NAMED:
        a, b = VERSIONS[name], VERSIONS[name + "-confirm"]
        assert a.people_seed != b.people_seed
        assert a.camera_seed != b.camera_seed
        assert (a.occlusion, a.lengths, a.days, a.cameras) == (b.occlusion, b.lengths, b.days, b.cameras)
    used = {VERSIONS[n].people_seed for n in NAMED} & {VERSIONS[n + "-confirm"].people_seed for n in NAMED}
    assert not used
    small = VERSIONS["street-v1-small"].people_seed
    assert all(small != v.people_seed for n, v in VERSIONS.items() if n != "street-v1-small")


def test_tracklets_are_numbered_persons_first_so_that_more_persons_append():
    few, many = specify("street-v1-days", persons=3), specify("street-v1-days", persons=9)
    assert [few.index(k) for k in range(few.tracklets)] == [many.index(k) for k in range(few.tracklets)]
    assert few.index(0) == (0, 0, 0)
    assert few.index(7) == (0, 1, 1)
    assert few.index(12) == (1, 0, 0)


def test_the_expected_size_is_the_hand_computed_one():
    spec = specify("street-v1-small", persons=10)
    # Lengths 16 … 24 and 24 … 40, each for half of the tracklets: 26 frames in the mean.
    assert spec.mean_length == pytest.approx(0.5 * 20 + 0.5 * 32)
    assert spec.bytes == round(20 * 26 * (128 * 64 * 3 + 128 * 64 / 8 + 4))


def test_an_unknown_name_lists_all_and_offers_the_nearest():
    with pytest.raises(ReidError, match=r"street-v1-heavy-confirm.*To do: type street-v1-heavy if"):
        version("street-v1-heavi")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"persons": 0}, "Found 0 persons"),
        ({"persons": -4}, "Found -4 persons"),
        ({"cameras": 1}, "compares two cameras"),
        ({"days": 3}, "one day only"),
        ({"strength": 1.0}, "one day only"),
        ({"name": "street-v1-days", "strength": -1.0}, "from 0 to 4"),
        ({"name": "street-v1-days", "strength": float("nan")}, "from 0 to 4"),
        ({"name": "street-v1-days", "days": 0}, "Found 0 days"),
    ],
)
def test_wrong_sizes_are_sentences(wrong, sentence):
    with pytest.raises(ReidError, match=sentence):
        specify(**wrong)


def test_labels_tell_specifications_apart():
    specs = [
        specify("street-v1-days"), specify("street-v1-days", strength=0.5), specify("street-v1-days", persons=7),
        specify("street-v1-days", days=2), specify("street-v1-days", cameras=3),
    ]  # fmt: skip
    assert len({s.label for s in specs}) == 5
    assert np.all([set(s.label) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-") for s in specs])
