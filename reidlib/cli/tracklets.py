"""`reidlib tracklets`: videos with tracks, or a folder tree of pictures, as a store of tracklets."""

from __future__ import annotations

from pathlib import Path

import typer


def tracklets(
    camera: list[str] = typer.Option(
        [], "--camera", metavar="NAME=VIDEO,TRACKS.txt",
        help="A camera's name or number, its video (or a folder of numbered frames), and its tracks as MOTChallenge "
        "text, which any tracker writes. Once for each camera."),
    identities: Path | None = typer.Option(
        None, metavar="MAP.csv", help="Who is who: lines camera,track,person below that heading. Without it every "
        "track is a person of its own."),
    folder: Path | None = typer.Option(
        None, metavar="TREE", help="In place of videos: a folder tree person/camera/*.jpg or *.png."),
    out: Path = typer.Option(..., metavar="STORE", help="Folder of the new store."),
    size: str = typer.Option("128x64", metavar="HxW", help="Height × width of the frames in the store."),
    min_frames: int = typer.Option(4, min=1, help="Tracks of fewer frames are dropped."),
) -> None:
    """Cut tracklets from footage of your own. Nothing here detects people: bring tracks, or pictures.

    Killed and typed again, it goes on.
    """
    from shlex import quote

    from reidlib.cli.bars import Bars
    from reidlib.cli.wanted import frame_size
    from reidlib.data.files import plain
    from reidlib.data.own.build import folder_store, own_store
    from reidlib.errors import ReidError

    if bool(camera) == (folder is not None) or (folder is not None and identities is not None):
        given = [name for name, there in (("--camera", camera), ("--folder", folder), ("--identities", identities))
                 if there]
        raise ReidError(f"Found {' and '.join(given) or 'neither --camera nor --folder'}",
                        "--camera once or more, with or without --identities; or --folder alone",
                        "type reidlib tracklets --camera 1=VIDEO,TRACKS.txt --out STORE")
    wanted, cameras = frame_size(size), _cameras(camera)
    told: list[str] = []
    try:
        with Bars() as bars:
            more = {"size": wanted, "min_frames": min_frames, "progress": bars.named, "tell": told.append}
            if folder is not None:
                store = folder_store(folder, out, **more)
            else:
                store = own_store(cameras, out, identities=identities, **more)
    finally:  # what was found helps most where it was not enough
        for sentence in told:
            typer.echo(sentence)
    _summary(store)
    where, first = quote(plain(out)), quote(f"{plain(out)}:0")
    typer.echo(f"next: reidlib flow extract {where}")
    typer.echo(f"      reidlib attend {first} --save strip.html")
    if len(store) > 1:
        alone = " --any-camera" if len(set(store.camids.tolist())) == 1 else ""
        typer.echo(f"      reidlib search {first}{alone}")


def _summary(store) -> None:
    persons = len(set(store.pids.tolist()))
    cameras = {}
    for pid, camid in zip(store.pids.tolist(), store.camids.tolist(), strict=True):
        cameras.setdefault(pid, set()).add(camid)
    both = sum(len(each) > 1 for each in cameras.values())
    typer.echo(f"store: {store.folder}")
    typer.echo(f"counts: {len(store)} tracklets, {persons} persons ({both} under two cameras or more), "
               f"{len(set(store.camids.tolist()))} cameras, {int(store.lengths.sum())} frames of "
               f"{store.height}×{store.width}, {store.lengths.min()} to {store.lengths.max()} a tracklet")
    typer.echo(f"hash: {store.hash}")


def _cameras(given: list[str]) -> dict[str, tuple[str, str]]:
    from reidlib.data.files import plain
    from reidlib.errors import ReidError

    cameras: dict[str, tuple[str, str]] = {}
    for each in given:
        name, equals, rest = each.partition("=")
        video, comma, tracks = rest.rpartition(",")
        name, video, tracks = name.strip(), video.strip(), tracks.strip()
        if not (equals and comma and name and video and tracks):
            raise ReidError(f"Found --camera {plain(each)}", "NAME=VIDEO,TRACKS.txt",
                            "type for example --camera 1=door.mp4,door.txt")
        if name in cameras:
            raise ReidError(f"Found the camera {plain(name)} twice", "each camera once",
                            "give the second another name, or join its videos")
        cameras[name] = video, tracks
    return cameras
