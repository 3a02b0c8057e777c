"""A picture that the system refuses is a matter of permission; one whose content is broken is not."""

import builtins

import pytest
from PIL import Image

from reidlib.data.images import read_picture
from reidlib.errors import ReidError


def test_refused_and_broken_pictures_have_different_ways_out(tmp_path, monkeypatch):
    file = tmp_path / "1.png"
    Image.new("RGB", (20, 32)).save(file)
    whole, opened = file.read_bytes(), builtins.open

    def refuse(path, *arguments, **named):
        if str(path) == str(file):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", refuse)
        with pytest.raises(ReidError, match=r"1\.png was refused \(Permission denied\).*permission") as caught:
            read_picture(file)
        assert "viewer" not in str(caught.value)
    for content in (whole[:44], b"no picture"):
        file.write_bytes(content)
        with pytest.raises(ReidError, match="picture viewer"):
            read_picture(file)
