"""`reidlib train ran` as people type it: one line at the end, sentences for mistakes, and nothing lost by Ctrl-C."""

import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from ran_command import SMALL, outcome, typed

sys.path.append(str(Path(__file__).resolve().parents[1] / "ran"))
from tiny_street import tiny_street

from reidlib.cli.bars import Bars
from reidlib.data.splits import Split, halves
from reidlib.ran.batches import Batches
from reidlib.ran.embed import embed
from reidlib.ran.inputs import TrackletInputs
from reidlib.ran.saved import load_network

LINE = (r"rank-1 (\d+\.\d) % \[\d+\.\d, \d+\.\d\], mAP (\d+\.\d) % \[\d+\.\d, \d+\.\d\], n = (\d+) probes, "
        r"(\d+) in the gallery, chance \d+\.\d %, 95 % intervals over probes of this one run")


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return tiny_street(tmp_path_factory.mktemp("tiny") / "street")


def test_it_ends_with_one_line_that_the_files_bear_out(street, tmp_path):
    result = typed("--data", street.folder, *SMALL, "--steps", 3, "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == f"folder: {tmp_path / 'run'}"
    assert re.fullmatch(r"seconds: \d+\.\d in all, \d+\.\d of training", result.stdout.splitlines()[1])
    rank_1, mean, probes, gallery = map(float, re.fullmatch(f"test: {LINE}", result.stdout.splitlines()[-1]).groups())
    assert "mclaughlin, head rnn_mean, recipe paper: 10 training people, 3 steps of 2 tracklets × 2 frames" in (
        result.stderr)
    assert (probes, gallery) == (10, 10)
    facts = json.loads((tmp_path / "run" / "result.json").read_text())
    found = facts["results"]
    assert (found["part"], found["steps"], found["interrupted"], facts["seed"]) == ("test", 3, False, 0)
    assert rank_1 == round(100 * found["rank_1"]["estimate"], 1) == round(100 * found["cmc"]["1"], 1)
    assert mean == round(100 * found["mAP"], 1)
    split = Split.load(tmp_path / "run" / "split.json")
    assert split == halves(street.pids.tolist(), 1)[0]
    with np.load(tmp_path / "run" / "ranks.npz") as ranks:
        assert sorted(ranks["pids"]) == list(split.test)
        assert np.mean(ranks["first_rank"] == 1) == found["rank_1"]["estimate"]
        assert np.mean(ranks["average_precision"]) == pytest.approx(found["mAP"])
    saved = load_network(tmp_path / "run" / "network.safetensors")
    inputs = TrackletInputs(street, saved.preset.inputs, saved.preset.flow)
    assert embed(saved.network, inputs, [0]).features.shape == (1, 128)


def test_options_reach_the_training(street, tmp_path):
    split = halves(street.pids.tolist(), 4)[3]
    split.save(tmp_path / "mine.json")
    for number, text in enumerate(("3", tmp_path / "mine.json")):
        result = typed("--data", street.folder, "--head", "mean", "--recipe", "pairs", "--split", text, "--seed", 8,
                       "--profile", "ci", "--steps", 1, "--out", tmp_path / str(number))
        assert result.exit_code == 0, result.output
    facts = json.loads((tmp_path / "0" / "result.json").read_text())
    assert (facts["preset"]["name"], facts["preset"]["head"], facts["preset"]["head_options"]) == (
        "consensus", "mean", {})
    assert (facts["recipe"]["name"], facts["recipe"]["frames"], facts["recipe"]["steps"]) == ("pairs", 4, 1)
    assert (facts["seed"], facts["split"]["train"]) == (8, list(split.train))
    assert outcome(tmp_path / "0") == outcome(tmp_path / "1")


def test_validation_ranks_held_out_people_and_leaves_the_test_people_alone(street, tmp_path):
    result = typed("--data", street.folder, *SMALL, "--steps", 1, "--validation", 3, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert re.fullmatch(f"validation: {LINE}", result.stdout.splitlines()[-1])[3] == "3"
    split, whole = Split.load(tmp_path / "split.json"), halves(street.pids.tolist(), 1)[0]
    assert split.test == whole.test
    assert sorted(split.train + split.validation) == list(whole.train)
    with np.load(tmp_path / "ranks.npz") as ranks:
        assert sorted(ranks["pids"]) == list(split.validation)


def test_typed_again_it_returns_at_once(street, monkeypatch):
    arguments = ("--data", street.folder, *SMALL, "--steps", 2, "--seed", 3)
    first = typed(*arguments)
    assert first.exit_code == 0, first.output
    folder = Path(first.stdout.splitlines()[0].removeprefix("folder: "))
    assert folder.parent == Path(os.environ["REIDLIB_CACHE"]) / "runs"
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


def test_bars_show_every_stage_and_the_loss(street, tmp_path, monkeypatch):
    heard = []
    monkeypatch.setattr(Bars, "named", lambda self, *each: heard.append(each))
    assert typed("--data", street.folder, *SMALL, "--steps", 2, "--out", tmp_path).exit_code == 0
    stages = [each[0] for each in heard if each[0] in ("training", "embedding")]
    assert stages == sorted(stages, reverse=True)
    assert set(stages) == {"training", "embedding"}
    training = [each for each in heard if each[0] == "training"]
    assert training[-1][1:3] == (2, 2)
    assert all(re.fullmatch(r"loss \d+\.\d\d", each[3]) for each in training)
    assert heard[-1][0] == "embedding"
    assert heard[-1][1] == heard[-1][2]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send itself a Ctrl-C")
def test_control_c_tests_what_there_is_and_typed_again_it_goes_on(street, tmp_path, monkeypatch):
    arguments = ("--data", street.folder, *SMALL, "--steps", 6)
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
    found = json.loads((tmp_path / "run" / "result.json").read_text())["results"]
    assert (found["interrupted"], found["steps"]) == (True, 3)
    again = typed(*arguments, "--out", tmp_path / "run")
    assert again.exit_code == 0, again.output
    assert "stopped after" not in again.stderr
    assert asked == [0, 1, 2, 3, 4, 5]
    assert outcome(tmp_path / "run") == outcome(tmp_path / "whole")


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("--preset", "corected"), "Found the preset 'corected'.*type --preset corrected"),
    (("--head", "sofmax"), "Found the head 'sofmax'.*'softmax'"),
    (("--recipe", "spred"), "Found the recipe 'spred'.*type --recipe spread"),
    (("--split", "100"), "Found the split 100.*pass --split 0"),
    (("--split", "-1"), "Found the split -1.*pass --split 0"),
    (("--split", "no-such.json"), "no-such.json"),
    (("--profile", "cpuu"), "Found the profile 'cpuu'.*ci, cpu, gpu"),
    (("--data", "no-such-store"), "no-such-store.*reidlib world render"),
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
    (("--validation", 10), "Holding out 10 of 10 train identities"),
    (("--recipe", "pairs", "--validation", 9), "Found 1 identities"),
])
def test_mistakes_that_need_the_data_are_sentences_too(street, tmp_path, arguments, sentence):
    result = typed("--data", street.folder, "--steps", 1, "--out", tmp_path / "run", *arguments)
    assert result.exit_code == 1
    assert re.search(sentence, result.output)


@pytest.mark.parametrize("option", ["--seed", "--validation", "--frames", "--steps", "--every"])
def test_numbers_out_of_range_are_usage_errors(option):
    result = typed(option, -1)
    assert result.exit_code == 2
    assert option in result.output
