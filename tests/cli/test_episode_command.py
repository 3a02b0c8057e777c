"""`reidlib episode` on somebody's own pictures: probabilities that sum to 1, and everything that must be said."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

sys.path.append(str(Path(__file__).resolve().parents[1] / "arm"))
from tiny_people import clouds

from reidlib.arm import saved as saving
from reidlib.arm.recipes import Recipe
from reidlib.arm.saved import load_network
from reidlib.arm.systems import System, system
from reidlib.cli import app
from reidlib.data.images import read_picture
from reidlib.data.transforms import resize_frames
from reidlib.ran.shipped import shipped_path as ran_path
from reidlib.training.checkpoints import save_checkpoint
from reidlib.world.provenance import NOTE

SMALL = replace(system("arm"), backbone_options={"width": 16, "groups": 4}, D=16)


def checkpoint(path: Path, mine: System = SMALL, data: str = "street-v1-days-stills") -> Path:
    """A network with random weights, so that every part of it counts."""
    network, rng = mine.network(0), torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=rng))
    facts = {"system": mine.as_dict(), "recipe": Recipe("x").as_dict(), "data": data}
    save_checkpoint(path, network.state_dict(), facts)
    return path


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return checkpoint(tmp_path_factory.mktemp("network") / "network.safetensors")


@pytest.fixture
def folder(tmp_path):
    """Three people with 2, 1 and 1 pictures of other sizes, and a probe that shows the second of them."""
    rng = np.random.default_rng(0)
    for name in ("ann/1.png", "ann/2.png", "bob/1.jpg", "cleo/cam2/1.PNG", "../probe.png"):
        path = tmp_path / "people" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (90, 40, 3), dtype=np.uint8)).save(path)
    return tmp_path / "people"


def typed(*arguments):
    return CliRunner().invoke(app, ["episode", *map(str, arguments)])


def asked(folder, network, *more):
    return typed("--probe", folder.parent / "probe.png", "--gallery", folder, "--checkpoint", network, *more)


def by_hand(folder, path, network):
    """Probabilities through the network's parts, one picture at a time."""
    net = load_network(network).network

    def feature(file):
        image = torch.from_numpy(resize_frames(read_picture(file)[None], (64, 32))).permute(0, 3, 1, 2).float()
        return net.features(image / 127.5 - 1)[0]

    files = [folder / "ann" / "1.png", folder / "ann" / "2.png", folder / "bob" / "1.jpg",
             folder / "cleo" / "cam2" / "1.PNG"]  # fmt: skip
    z, mask = torch.stack([feature(file) for file in files])[None], torch.ones(1, 4, dtype=torch.bool)
    cameras = torch.tensor([[0, 0, 0, 1]])
    g = net.encode(z, mask, cameras)
    f = net.read(feature(path)[None, None], g, mask, cameras, torch.tensor([[2]])).f
    weights = net.matching(f, g, mask).softmax(-1)[0, 0]
    return [float(weights[:2].sum()), float(weights[2]), float(weights[3])]


def test_the_probabilities_are_the_networks_and_sum_to_one(folder, network):
    result = asked(folder, network, "--json", "--probe", folder / "bob" / "1.jpg")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["size"] == [64, 32]
    assert [Path(each["probe"]).name for each in found["probes"]] == ["probe.png", "1.jpg"]
    for each in found["probes"]:
        chances = {row["person"]: row["probability"] for row in each["people"]}
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
        with torch.no_grad():
            expected = by_hand(folder, Path(each["probe"]), network)
        assert [chances[name] for name in ("ann", "bob", "cleo")] == pytest.approx(expected, abs=1e-4)
        assert list(chances.values()) == sorted(chances.values(), reverse=True)
        assert {row["person"]: row["pictures"] for row in each["people"]} == {"ann": 2, "bob": 1, "cleo": 1}


def test_everything_that_must_be_said_is_said(folder, network):
    result = asked(folder, network, "--probe", folder / "bob" / "1.jpg")
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert NOTE in text
    assert "sum to 1 whoever the probe shows, also if it shows nobody of the gallery" in text
    assert "resized to 64×32" in text
    assert "People have 1 to 2 pictures; each picture has a vote" in text
    assert "1.jpg is a picture of the gallery itself" in text
    assert text.count("itself") == 1
    rows = re.findall(r"│\s+(\d)\s+│ (\w+)\s+│\s+(\d+\.\d)% │\s+(\d) │", result.stdout)
    assert len(rows) == 6
    assert sum(float(row[2]) for row in rows[:3]) == pytest.approx(100, abs=0.2)


def test_loose_files_and_a_probe_of_the_gallery_are_noted(folder, network):
    twin = folder.parent / "twin.jpg"
    twin.write_bytes((folder / "bob" / "1.jpg").read_bytes())
    notes = json.loads(asked(folder, network, "--json", "--probe", twin).stdout)["notes"]
    assert [note for note in notes if "also in the gallery" in note] == [
        f"{twin} is also in the gallery as {folder / 'bob' / '1.jpg'}: that it is found shows nothing."]  # fmt: skip
    assert not any("directly in the folder" in note for note in notes)
    flat = folder.parent / "flat"
    flat.mkdir()
    for k, each in enumerate(sorted(folder.rglob("*.*"))):
        each.rename(flat / f"{k:04}{each.suffix}")
    said = "4 files directly in the folder: each file name before the first underscore is a person"
    assert sum(said in note for note in json.loads(asked(flat, network, "--json").stdout)["notes"]) == 1
    (flat / "0000.png").rename(flat / "0001_b.png")  # 0001 has two pictures: the names mean people
    assert not any(said[2:] in note for note in json.loads(asked(flat, network, "--json").stdout)["notes"])


def test_top_shortens_the_table_and_tells_what_is_left(folder, network):
    result = asked(folder, network, "--top", 1)
    assert len(re.findall(r"│\s+\d\s+│ \w+", result.stdout)) == 1
    first, rest = (float(each) for each in re.findall(r"(\d+\.\d)%", result.stdout))
    assert "2 more people share" in result.stdout
    assert first + rest == pytest.approx(100, abs=0.2)
    assert len(json.loads(asked(folder, network, "--top", 1, "--json").stdout)["probes"][0]["people"]) == 3


def test_a_network_of_other_data_says_so(folder, tmp_path):
    other = checkpoint(tmp_path / "own.safetensors", data="market")
    result = asked(folder, other)
    assert "trained on market" in result.stdout
    assert NOTE not in result.stdout


def test_a_network_of_another_size_gets_its_size(folder, tmp_path):
    mine = replace(SMALL, backbone_options={"width": 16, "groups": 4, "size": (32, 16)})
    result = asked(folder, checkpoint(tmp_path / "small.safetensors", mine))
    assert result.exit_code == 0, result.output
    assert "resized to 32×16" in result.stdout


def test_without_a_checkpoint_the_shipped_one_answers(folder, network, tmp_path, monkeypatch):
    arguments = ("--probe", folder.parent / "probe.png", "--gallery", folder, "--json")
    monkeypatch.setattr(saving, "shipped_path", lambda: tmp_path / "none.safetensors")
    result = typed(*arguments)
    assert result.exit_code == 1
    assert "Found no arm_street.safetensors" in result.output
    monkeypatch.setattr(saving, "shipped_path", lambda: network)
    assert json.loads(typed(*arguments).stdout) == json.loads(asked(folder, network, "--json").stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
def test_names_are_shown_and_never_obeyed(folder, network):
    (folder / "ann").rename(folder / "[red]\x1b[31m")
    (folder / "bob").rename(folder / "b\udcffb")
    result = asked(folder, network)
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.stdout
    assert "[red]\\x1b[31m" in result.stdout
    assert "b\\udcffb" in result.stdout
    people = [row["person"] for row in json.loads(asked(folder, network, "--json").stdout)["probes"][0]["people"]]
    assert sorted(people) == sorted(["[red]\x1b[31m", "b\udcffb", "cleo"])


@pytest.mark.parametrize(("spoil", "sentence"), [
    (lambda folder: (folder / "ann" / "3.jpg").write_bytes(b"no"), r"The picture .*3\.jpg cannot be read"),
    (lambda folder: (folder / "dan").mkdir(), r"Found no picture in .*dan"),
    (lambda folder: (folder.parent / "probe.png").unlink(), r"Found no file .*probe\.png"),
    (lambda folder: folder.rename(folder.parent / "gone"), r"Found no folder .*people"),
    (lambda folder: [each.rename(folder.parent / each.name) for each in (folder / "ann", folder / "bob")],
     r"pictures of 1 person .*cleo"),
])
def test_mistakes_are_one_sentence(folder, network, spoil, sentence):
    spoil(folder)
    result = asked(folder, network)
    assert result.exit_code == 1
    assert re.search(sentence, result.output)
    assert len(result.output.strip().splitlines()) == 1


def test_checkpoints_of_something_else_are_refused(folder, tmp_path):
    assert "Found no checkpoint" in asked(folder, tmp_path / "none.safetensors").output
    if ran_path().is_file():
        assert "holds no network of ARM" in asked(folder, ran_path()).output
    blind = checkpoint(tmp_path / "blind.safetensors", replace(system("arm").on_features(clouds(2).D), D=16))
    result = asked(folder, blind)
    assert result.exit_code == 1
    assert "looks at features, not at pictures" in result.output


def test_probe_and_gallery_must_be_given(folder, network):
    for arguments, lacking in ((("--gallery", folder), "--probe"), (("--probe", folder), "--gallery")):
        result = typed(*arguments, "--checkpoint", network)
        assert result.exit_code == 2
        assert lacking in result.output
