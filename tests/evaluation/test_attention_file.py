"""The .npz of `score-attention` and `evaluate`: read whole, or refused in one sentence."""

import builtins

import numpy as np
import pytest

from reidlib.errors import ReidError
from reidlib.evaluation.attention_file import read_attention
from reidlib.evaluation.ranking_file import read_ranking

GOOD = {"attention": np.arange(3.0), "visibility": np.ones(3), "lengths": np.array([3])}


def test_needed_and_optional_keys_come_back_and_others_do_not(tmp_path):
    np.savez(tmp_path / "a.npz", **GOOD, pids=np.array([4]), frames=np.zeros(5))
    arrays = read_attention(tmp_path / "a.npz")
    assert list(arrays) == ["attention", "visibility", "lengths", "pids"]
    assert arrays["pids"].tolist() == [4]


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(ReidError, match="no file"):
        read_attention(tmp_path / "missing.npz")
    np.savez(tmp_path / "short.npz", attention=np.ones(3), alpha=np.ones(3))
    with pytest.raises(ReidError, match="attention, alpha and lacks visibility, lengths"):
        read_attention(tmp_path / "short.npz")
    np.save(tmp_path / "array.npy", np.ones(3))
    with pytest.raises(ReidError, match="holds a single array"):
        read_attention(tmp_path / "array.npy")
    (tmp_path / "text.npz").write_text("attention")
    with pytest.raises(ReidError, match="cannot be read"):
        read_attention(tmp_path / "text.npz")
    np.savez(tmp_path / "pickled.npz", **{**GOOD, "attention": np.array([object()])}, allow_pickle=True)
    with pytest.raises(ReidError, match="cannot be read"):
        read_attention(tmp_path / "pickled.npz")
    np.savez(tmp_path / "whole.npz", **GOOD)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:200])
    with pytest.raises(ReidError, match="cannot be read"):
        read_attention(tmp_path / "cut.npz")


@pytest.mark.parametrize("read", [read_attention, read_ranking])
def test_a_file_that_may_not_be_read_asks_for_permission(tmp_path, monkeypatch, read):
    np.savez(tmp_path / "mine.npz", **GOOD)
    opened = builtins.open

    def refuse(path, *arguments, **named):
        if str(path).endswith("mine.npz"):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **named)

    monkeypatch.setattr(builtins, "open", refuse)
    with pytest.raises(ReidError, match=r"refused \(Permission denied\).*permission") as caught:
        read(tmp_path / "mine.npz")
    assert "savez" not in str(caught.value)
