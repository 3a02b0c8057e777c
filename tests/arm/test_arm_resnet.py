"""ResNets of torchvision: where weights come from and who asks the network, the stride, statistics that stay frozen."""

import importlib
import socket
import urllib.request

import pytest
import torch
from torch import nn

from reidlib.arm.backbones import BACKBONES, make_backbone
from reidlib.errors import ReidError
from reidlib.training.seeded import seeded

SMALL = (64, 32)  # where nothing else is said: a test need not take pictures of full size


def made(name, seed=0, **options):
    with seeded("backbone", seed):
        return make_backbone(name, **options)


def images(n, size=SMALL):
    return torch.rand(n, 3, *size, generator=torch.Generator().manual_seed(0)) * 2 - 1


def of_net(name, seed=0):
    """A state dict as torchvision would save it, with running statistics that are not 0 and 1."""
    models = pytest.importorskip("torchvision.models")
    with seeded("torchvision", seed):
        net = getattr(models, name)(weights=None)
    generator = torch.Generator().manual_seed(seed)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(generator=generator).mul_(0.1)
            layer.running_var.uniform_(0.5, 1.5, generator=generator)
    return net.eval()


@pytest.fixture
def no_network(monkeypatch):
    """Any attempt to reach the network fails and is remembered."""
    tried = []

    def refuse(*args, **options):
        tried.append(args)
        raise OSError("no network here")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(torch.hub, "urlopen", refuse)
    return tried


@pytest.mark.parametrize("error", [ImportError("no module"), RuntimeError("operator torchvision::nms does not exist"),
                                   AttributeError("partially initialized module"), OSError("libcudart")])
def test_a_torchvision_that_does_not_import_is_named_and_conv4_does_without(monkeypatch, error):
    def broken(name):
        raise error
    monkeypatch.setattr("reidlib.arm.backbones.resnet.import_module", broken)
    with pytest.raises(ReidError, match=r"torchvision.*from the same place"):
        make_backbone("resnet18")
    assert made("conv4")(images(1)).shape == (1, 64)


def test_torchvision_is_not_imported_with_the_package():
    module = importlib.import_module("reidlib.arm.backbones.resnet")
    assert not any(getattr(value, "__name__", "").startswith("torchvision") for value in vars(module).values())
    assert {"conv4", "resnet18", "resnet50", "features"} == set(BACKBONES)


def test_resnet18_without_weights_never_asks_for_the_network(no_network):
    pytest.importorskip("torchvision")
    with pytest.raises(OSError):  # the guard itself works
        socket.create_connection(("192.0.2.1", 80))
    no_network.clear()
    net = made("resnet18")
    assert no_network == []
    x = images(1, size=(256, 128))
    with torch.no_grad():
        maps = net.maps(x)
    assert maps.shape == (1, 512, 16, 8)
    assert net.size == (256, 128)
    assert not any(key.startswith("fc") or ".fc" in key for key in net.state_dict())
    assert sum(p.numel() for p in net.parameters()) == 11_689_512 - 513 * 1000


def test_resnet50_gives_2048_features_on_twice_the_cells_each_way(no_network):
    pytest.importorskip("torchvision")
    net = made("resnet50", size=SMALL)
    with torch.no_grad():
        assert net.maps(images(1)).shape == (1, 2048, 4, 2)
    assert net.out_features == 2048
    assert sum(p.numel() for p in net.parameters()) == 25_557_032 - 2049 * 1000


def test_a_path_loads_and_the_result_is_torchvisions_but_for_the_stride(tmp_path, no_network):
    source = of_net("resnet18")
    torch.save(source.state_dict(), tmp_path / "whole.pth")
    torch.save({k: v for k, v in source.state_dict().items() if not k.startswith("fc.")}, tmp_path / "cut.pth")
    nets = [made("resnet18", seed=s, weights=tmp_path / f, size=SMALL) for s, f in enumerate(("whole.pth", "cut.pth"))]
    x = images(2)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    y = ((x + 1) / 2 - mean[:, None, None]) / std[:, None, None]
    source.layer4[0].conv1.stride = source.layer4[0].downsample[0].stride = (1, 1)
    source.fc = nn.Identity()
    with torch.no_grad():
        reference = source(y)
        for net in nets:
            torch.testing.assert_close(net(x), reference, rtol=1e-4, atol=1e-5)
        source.layer4[0].conv1.stride = source.layer4[0].downsample[0].stride = (2, 2)
        assert (source(y) - reference).abs().max() > 1e-3


def test_batch_norm_stays_frozen_in_training_and_pictures_apart(tmp_path):
    torch.save(of_net("resnet18").state_dict(), tmp_path / "w.pth")
    net = made("resnet18", weights=tmp_path / "w.pth", size=SMALL).train()
    assert net.training
    before = {k: v.clone() for k, v in net.named_buffers()}
    x = images(3)
    together = net(x)
    torch.testing.assert_close(net(x[1]), together[1], rtol=1e-4, atol=1e-5)
    together.square().sum().backward()
    assert all(torch.equal(v, before[k]) for k, v in net.named_buffers())
    assert net.net.bn1.weight.grad.abs().max() > 0  # scale and shift do learn
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.train()
    assert (net(x[1:2])[0] - net(x)[1]).abs().max() > 1e-3  # what it would be otherwise


def test_files_that_are_no_weights_are_refused_in_words(tmp_path):
    good = {k: v for k, v in of_net("resnet18").state_dict().items() if not k.startswith("fc.")}
    (tmp_path / "text.pth").write_text("not weights")
    torch.save(nn.Linear(2, 2), tmp_path / "pickle.pth")  # a whole module: code could run on loading
    torch.save([1, 2], tmp_path / "list.pth")
    torch.save({k: v for k, v in good.items() if k != "conv1.weight"}, tmp_path / "missing.pth")
    torch.save(good | {"more": torch.zeros(1)}, tmp_path / "extra.pth")
    torch.save(good | {"conv1.weight": torch.zeros(2)}, tmp_path / "shape.pth")
    for file, words in (("text.pth", "cannot be read"), ("pickle.pth", "cannot be read"), ("list.pth", "list"),
                        ("missing.pth", "without conv1.weight"), ("extra.pth", "unknown more"),
                        ("shape.pth", "another shape of conv1.weight"), ("nowhere.pth", "neither a file nor a name"),
                        ("IMAGENET1K_V9", "IMAGENET1K_V1")):
        path = file if file.startswith("IMAGENET") else tmp_path / file
        with pytest.raises(ReidError, match=words):
            make_backbone("resnet18", weights=path, size=SMALL)


def test_a_name_downloads_only_when_allowed(tmp_path, monkeypatch, no_network):
    source = of_net("resnet18")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    monkeypatch.setenv("REIDLIB_OFFLINE", "1")
    with pytest.raises(ReidError, match=r"REIDLIB_OFFLINE=1.*resnet18-f37072fd"):
        make_backbone("resnet18", weights="IMAGENET1K_V1", size=SMALL)
    assert no_network == []
    for value in ("0", "", None):
        monkeypatch.delenv("REIDLIB_OFFLINE") if value is None else monkeypatch.setenv("REIDLIB_OFFLINE", value)
        no_network.clear()
        with pytest.raises(ReidError, match="Could not get https"):
            make_backbone("resnet18", weights="IMAGENET1K_V1", size=SMALL)
        assert no_network  # it did ask
    no_network.clear()
    monkeypatch.setenv("REIDLIB_OFFLINE", "1")
    stored = tmp_path / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    torch.save(source.state_dict(), stored)
    net = make_backbone("resnet18", weights="IMAGENET1K_V1", size=SMALL)
    assert torch.equal(net.net.layer3[1].conv2.weight, source.layer3[1].conv2.weight)
    assert no_network == []
