"""`reidlib train arm` as people type it: one line at the end, sentences for mistakes, and nothing lost by Ctrl-C."""

import json
import os
import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from arm_command import outcome, typed
from tiny_people import clouds, tiny_people

from reidlib.arm import parts
from reidlib.arm.batches import Batches
from reidlib.arm.run import run
from reidlib.arm.saved import load_network
from reidlib.arm.stills import Stills
from reidlib.cli.bars import Bars
from reidlib.data.splits import Split, halves
from reidlib.world import stills as world_stills

LINE = (r"(\d+)-way 1-shot rank-1 (\d+\.\d) % \[\d+\.\d, \d+\.\d\], best rival ([a-z -]+) (\d+\.\d) % \[\d+\.\d, "
        r"\d+\.\d\], n = (\d+) episodes of (\d+) people, chance (\d+\.\d) %, "
        r"95 % intervals over episodes of these very people")
QUICK = ("--profile", "ci", "--steps", 2)


@pytest.fixture(autouse=True)
def few_episodes(monkeypatch):
    monkeypatch.setitem(run.__kwdefaults__, "episodes", 60)


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    return tiny_people(tmp_path_factory.mktemp("tiny") / "people", persons=22, images=1)


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    path = tmp_path_factory.mktemp("tiny") / "my features.npz"
    clouds(30, days=3).save(path)
    return path


def test_it_ends_with_one_line_that_the_files_bear_out(people, tmp_path):
    result = typed("--data", people.folder, *QUICK, "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == f"folder: {tmp_path / 'run'}"
    assert re.fullmatch(r"seconds: \d+\.\d in all, \d+\.\d of training", result.stdout.splitlines()[1])
    found = re.fullmatch(f"test: {LINE}", result.stdout.splitlines()[-1])
    assert found, result.stdout
    ways, rank_1, rival, other, episodes, tested, chance = found.groups()
    assert (ways, episodes, tested, chance) == ("10", "60", "11", "10.0")
    assert ("arm, gallery view, probe attlstm, recipe episodes: 11 training people, 2 steps of 3 episodes of 5 … 11 "
            "ways, 1 … 2 shots, cpu") in result.stderr
    facts = json.loads((tmp_path / "run" / "result.json").read_text())
    row = facts["results"]["ways"]["10"]
    assert float(rank_1) == round(100 * row["network"]["rank_1"]["estimate"], 1)
    assert row["best_rival"] == rival
    assert float(other) == round(100 * row[rival]["rank_1"]["estimate"], 1)
    assert facts["results"]["days"] == {"train": [0, 1], "test": [2]}
    assert Split.load(tmp_path / "run" / "split.json") == halves(people.pids.tolist(), 1)[0]
    saved = load_network(tmp_path / "run" / "network.safetensors")
    assert saved.network.features(Stills(people).gather([0])).shape == (1, 128)


def test_options_reach_the_training(features, tmp_path):
    split = halves(range(30), 4)[3]
    split.save(tmp_path / "mine.json")
    for number, text in enumerate(("3", tmp_path / "mine.json")):
        result = typed("--data", features, "--system", "fce", "--gallery", "sab", "--probe", "cross", "--recipe",
                       "triplet", "--split", text, "--seed", 8, *QUICK, "--images", 4, "--out", tmp_path / str(number))
        assert result.exit_code == 0, result.output
    facts = json.loads((tmp_path / "0" / "result.json").read_text())
    assert (facts["system"]["name"], facts["system"]["gallery"], facts["system"]["gallery_options"],
            facts["system"]["probe"]) == ("fce", "sab", {}, "cross")
    assert facts["system"]["backbone"] == "features"
    assert (facts["recipe"]["name"], facts["recipe"]["steps"]) == ("triplet", 2)
    assert (facts["seed"], facts["split"]["train"], facts["results"]["images"]) == (8, list(split.train), 4)
    assert outcome(tmp_path / "0") == outcome(tmp_path / "1")


def test_a_version_of_the_street_is_rendered_as_asked(people, tmp_path, monkeypatch):
    heard = []

    def stills(*arguments, progress):
        heard.append(arguments)
        return people

    monkeypatch.setattr(world_stills, "street_stills", stills)
    for number, (arguments, wanted) in enumerate((
        ((), ("street-v1-days", 60, None, None, 1)),
        (("--data", "street-v1-small", "--persons", 22, "--days", 1), ("street-v1-small", 22, 1, None, 1)),
        (("--persons", 9, "--strength", 2, "--profile", "cpu"), ("street-v1-days", 9, None, 2.0, 2)),
    )):  # fmt: skip
        result = typed(*QUICK, *arguments, "--steps", 1, "--out", tmp_path / str(number))
        assert result.exit_code == 0, result.output
        assert heard[-1] == wanted


def test_typed_again_it_returns_at_once(features, monkeypatch):
    arguments = ("--data", features, *QUICK, "--seed", 3)
    first = typed(*arguments)
    assert first.exit_code == 0, first.output
    folder = Path(first.stdout.splitlines()[0].removeprefix("folder: "))
    assert folder.parent == Path(os.environ["REIDLIB_CACHE"]) / "runs"
    assert folder.name.startswith("arm-my_features-")
    before = outcome(folder)

    def never(*_):
        raise AssertionError("trained again")

    monkeypatch.setattr(Batches, "__call__", never)
    second = typed(*arguments)
    assert second.exit_code == 0, second.output
    assert second.stdout.splitlines()[-1] == first.stdout.splitlines()[-1]
    assert outcome(folder) == before
    other = typed(*arguments[:-1], 4, "--out", folder)
    assert other.exit_code == 1
    assert "holds another training" in other.stderr


def test_other_data_and_other_options_have_folders_of_their_own(features, tmp_path):
    clouds(30, seed=1, days=3).save(tmp_path / features.name)
    folders = set()
    for arguments in ((), ("--gallery", "sab"), ("--probe", "none"), ("--images", 6), ("--split", 1), ("--seed", 1)):
        result = typed("--data", features, *QUICK, "--steps", 1, *arguments)
        assert result.exit_code == 0, result.output
        folders.add(result.stdout.splitlines()[0])
    folders.add(typed("--data", tmp_path / features.name, *QUICK, "--steps", 1).stdout.splitlines()[0])
    assert len(folders) == 7


def test_bars_show_every_stage_and_the_loss(people, tmp_path, monkeypatch):
    heard = []
    monkeypatch.setattr(Bars, "named", lambda self, *each: heard.append(each))
    assert typed("--data", people.folder, *QUICK, "--out", tmp_path).exit_code == 0
    order = list(dict.fromkeys(each[0] for each in heard))
    assert order == ["training", "embedding", "5-way episodes", "10-way episodes"]
    training = [each for each in heard if each[0] == "training"]
    assert training[-1][1:3] == (2, 2)
    assert all(re.fullmatch(r"loss \d+\.\d\d", each[3]) for each in training)
    assert heard[-1][1] == heard[-1][2]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send itself a Ctrl-C")
def test_control_c_tests_what_there_is_and_typed_again_it_goes_on(features, tmp_path, monkeypatch):
    arguments = ("--data", features, "--profile", "ci", "--steps", 6)
    assert typed(*arguments, "--out", tmp_path / "whole").exit_code == 0
    real, asked = Batches.__call__, []

    def pressed(self, step):
        asked.append(step)
        if asked == [0, 1, 2]:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
        return real(self, step)

    monkeypatch.setattr(Batches, "__call__", pressed)
    partial = typed(*arguments, "--out", tmp_path / "run")
    assert partial.exit_code == 0, partial.output
    assert "stopped after 3 of 6 steps; typed again, it goes on" in partial.stderr
    assert re.fullmatch(f"test: {LINE}", partial.stdout.splitlines()[-1])
    assert json.loads((tmp_path / "run" / "result.json").read_text())["results"]["interrupted"]
    again = typed(*arguments, "--out", tmp_path / "run")
    assert again.exit_code == 0, again.output
    assert asked == [0, 1, 2, 3, 4, 5]
    assert outcome(tmp_path / "run") == outcome(tmp_path / "whole")


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("--system", "arn"), "Found the system 'arn'.*--system arm"),
    (("--gallery", "veiw"), "Found the gallery encoder 'veiw'.*'view'"),
    (("--probe", "lstm"), "Found the probe encoder 'lstm'.*'attlstm'"),
    (("--recipe", "episode"), "Found the recipe 'episode'.*--recipe episodes"),
    (("--profile", "cpuu"), "Found the profile 'cpuu'.*--profile cpu"),
    (("--split", "100"), "Found the split 100.*--split 0"),
    (("--split", "no-such.json"), "no-such.json"),
    (("--data", "no-such-store"), "no-such-store"),
    (("--data", "no-such.npz"), "no-such.npz"),
    (("--data", "no-such.npz", "--persons", 3, "--days", 2), "--persons and --days with the data no-such.npz"),
    (("--data", "street-v1", "--days", 3), "3 days for street-v1.*street-v1-days"),
    (("--persons", 0), "Found 0 persons"),
    (("--strength", 9), "a strength of 9"),
])
def test_mistakes_are_one_sentence_before_anything_is_made(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REIDLIB_CACHE", str(tmp_path / "cache"))
    result = typed(*arguments)
    assert result.exit_code == 1
    assert re.search(sentence, result.output)
    assert len(result.output.strip().splitlines()) == 1
    assert result.output.strip().startswith("reidlib: ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("--device", "cuda:99"), "Found the device 'cuda:99'.*--device"),
    (("--images", 1), "two cameras saw"),
])
def test_mistakes_that_need_the_data_are_sentences_too(features, tmp_path, arguments, sentence):
    result = typed("--data", features, *QUICK, "--out", tmp_path / "run", *arguments)
    assert result.exit_code == 1
    assert re.search(sentence, result.output)


def test_features_that_are_no_numbers_are_a_sentence(tmp_path):
    source = clouds(30)
    feats = source.feats.numpy().copy()
    feats[3, 2] = np.nan
    np.savez(tmp_path / "bad.npz", feats=feats, pids=source.items.pids, camids=source.items.camids)
    result = typed("--data", tmp_path / "bad.npz", *QUICK)
    assert result.exit_code == 1
    assert "NaN or infinity in 1 of 120 feats" in result.output


@pytest.mark.parametrize("option", ["--seed", "--images", "--steps", "--every"])
def test_numbers_out_of_range_are_usage_errors(option):
    result = typed(option, -1)
    assert result.exit_code == 2
    assert option in result.output


def test_the_test_people_are_never_trained_on(features, tmp_path, monkeypatch):
    """What `few_each` is given is the training part, and of it only training people are drawn."""
    given = []
    real = parts.Part.gather

    def noting(self, numbers):
        given.append(self.items.pids[self.items.rows(numbers)].ravel())
        return real(self, numbers)

    monkeypatch.setattr(parts.Part, "gather", noting)
    monkeypatch.setattr("reidlib.arm.run.measured", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    assert typed("--data", features, *QUICK, "--out", tmp_path).exit_code == 130
    drawn = set(np.concatenate(given).tolist())
    assert drawn
    assert drawn <= set(halves(range(30), 1)[0].train)
