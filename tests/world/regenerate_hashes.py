"""Write hashes.json anew: `python tests/world/regenerate_hashes.py`. Only before a version is
frozen, and with a new REVISION in reidlib/world/versions.py; the shipped network is then to be trained again."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    sys.path.insert(0, str(HERE))
    from conftest import fingerprint

    from reidlib.world.build import build
    from reidlib.world.render import render
    from reidlib.world.versions import REVISION, VERSIONS, specify

    tracklets: dict[str, dict[str, str]] = {}
    for name, law in sorted(VERSIONS.items()):
        chosen = [(0, 0, 0), (law.persons - 1, 1, law.days - 1)]
        tracklets[name] = {f"{p} {c} {d}": fingerprint(render(specify(name), p, c, d).tracklet) for p, c, d in chosen}
    with tempfile.TemporaryDirectory() as folder:
        stores = {name: build(specify(name), Path(folder) / name).hash for name in ("street-v1", "street-v1-small")}
    text = json.dumps({"revision": REVISION, "stores": stores, "tracklets": tracklets}, indent=2)
    (HERE / "hashes.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
