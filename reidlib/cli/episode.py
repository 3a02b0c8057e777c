"""`reidlib episode`: who of a folder of people is on a picture, by one's own files."""

from __future__ import annotations

from pathlib import Path

import typer


def episode(
    probe: list[Path] = typer.Option(..., metavar="IMAGE", help="Picture of somebody; give it again for more."),
    gallery: Path = typer.Option(
        ..., metavar="FOLDER",
        help="People: PERSON/*.jpg, PERSON/CAMERA/*.jpg, or PERSON_….jpg in the folder itself; .png as well.",
    ),
    checkpoint: Path | None = typer.Option(
        None, metavar="FILE", help="network.safetensors that `reidlib train arm` wrote; default: the shipped one."),
    top: int = typer.Option(5, min=1, help="People shown for each probe."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON on stdout, all people, instead of tables."),
) -> None:
    """Match pictures of your own to a gallery of people: the probability of each person.

    Every picture should show one person from head to foot; it is resized to the size that the network looks at.
    """
    import json

    from reidlib.arm.pictures import Pictures
    from reidlib.arm.saved import load_network, load_shipped
    from reidlib.errors import ReidError

    saved = load_shipped() if checkpoint is None else load_network(checkpoint)
    size = saved.network.backbone.size
    if size is None:
        raise ReidError(f"{checkpoint} looks at features, not at pictures", "a network with a backbone",
                        "train one on pictures: reidlib train arm --profile cpu")
    pictures = Pictures(gallery, probe, size)
    chances = probabilities(saved.network, pictures)
    notes = _notes(pictures, saved.note)
    counts = pictures.counts()
    answers = []
    for path, row in zip(pictures.paths[len(pictures.gallery):], chances, strict=True):
        order = (-row).argsort(kind="stable")
        answers.append({"probe": str(path), "people": [
            {"person": pictures.people[k], "probability": float(row[k]), "pictures": int(counts[k])} for k in order]})
    if as_json:
        print(json.dumps({"size": list(size), "notes": notes, "probes": answers}, indent=1, allow_nan=False))
    else:
        _print(answers, top, notes)


def probabilities(network, pictures):
    """(probes, people) float64 numpy: P of each person, rows sum to 1."""
    from reidlib.arm.evaluate import embed

    z, drawn = embed(network, pictures), pictures.episode()
    answer = network.match(z[drawn.gallery], z[drawn.probes], drawn, classes=len(pictures.people)).log_probability
    return answer[0].detach().double().exp().numpy()


def _notes(pictures, of_checkpoint: str) -> list[str]:
    """What must be said beside the figures."""
    from reidlib.data.files import plain

    height, width = pictures.size
    people = len(pictures.people)
    notes = [
        f"The network was {of_checkpoint}.",
        f"The probabilities of the {people} people sum to 1 whoever the probe shows, also if it shows nobody of the "
        "gallery: a large one says that this person is nearer than the others, not that it is this person.",
        f"All pictures were resized to {height}×{width} (height × width), whatever their shape.",
    ]
    counts = pictures.counts()
    if counts.min() < counts.max():
        notes.append(f"People have {counts.min()} to {counts.max()} pictures; each picture has a vote, so more "
                     "pictures favour a person.")
    if pictures.loose and counts.max() == 1:
        notes.append(f"{pictures.loose} {'file' if pictures.loose == 1 else 'files'} directly in the folder: each file "
                     "name before the first underscore is a person; for one person per folder use PERSON/*.jpg.")
    inside = {path.resolve() for path in pictures.paths[:len(pictures.gallery)]}
    for path, same in pictures.twins().items():
        own = path.resolve() in inside
        what = "a picture of the gallery itself" if own else f"also in the gallery as {plain(same)}"
        notes.append(f"{plain(path)} is {what}: that it is found shows nothing.")
    return notes


def _print(answers: list[dict], top: int, notes: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from reidlib.data.files import plain

    console = Console(highlight=False)
    for answer in answers:
        table = Table(title=Text(plain(answer["probe"])), title_justify="left")
        for heading, justify in (("place", "right"), ("person", "left"), ("probability", "right"),
                                 ("pictures", "right")):
            table.add_column(heading, justify=justify)
        for place, each in enumerate(answer["people"][:top], 1):
            # Text, not markup: a person called [red] stays a name.
            table.add_row(str(place), Text(plain(each["person"])), f"{each['probability']:.1%}", str(each["pictures"]))
        console.print(table)
        hidden = answer["people"][top:]
        if hidden:
            console.print(f"{len(hidden)} more people share {sum(each['probability'] for each in hidden):.1%}")
    for note in notes:
        console.print(Text(f"note: {note}"))
