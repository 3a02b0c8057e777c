"""All textures that one person wears, made once per person."""

from __future__ import annotations

from dataclasses import dataclass

from reidlib.world import cloth, faces
from reidlib.world.cloth import Canvas
from reidlib.world.identity import Identity
from reidlib.world.palette import mix, scaled
from reidlib.world.shapes import Texture
from reidlib.world.skeleton import NECK


@dataclass
class Wardrobe:
    top: Texture
    upper_arm: Texture
    forearm: Texture
    hand: Texture
    hips: Texture
    skirt: Texture
    thigh: Texture
    knee: Texture
    shin: Texture
    shorts: Texture
    shoe: Texture
    boot: Texture
    head: Texture
    neck: Texture
    hair: Texture
    hat: Texture
    brim: Texture
    scarf: Texture
    bag: Texture
    strap: Texture


def _shoe(person: Identity) -> Texture:
    shoes = person.shoes
    canvas = Canvas(32, 64, shoes.colour)
    canvas.blend(canvas.band(canvas.front, 0.5, 0.15, 0.05), shoes.sole)
    if shoes.kind == "trainers":
        laces = canvas.band(canvas.h, 0.50, 0.16, 0.1) * canvas.band(canvas.front, 0.0, 0.09, 0.05)
        canvas.blend(0.7 * laces, mix(shoes.sole, shoes.colour, 0.2))
        canvas.blend(0.8 * canvas.band(canvas.h, 0.86, 0.10, 0.1), mix(shoes.sole, shoes.colour, 0.4))
    return canvas.texture(soft=(3, 5))


def _bag(person: Identity) -> Texture:
    bag = person.bag
    canvas = Canvas(64, 128, bag.colour)
    h, front, turn = canvas.h, canvas.front, canvas.turn
    dark = scaled(bag.colour, 0.55)
    if bag.kind == "backpack":
        pocket = canvas.band(h, 0.72, 0.17, 0.02) * (front > 0.30)
        canvas.blend(0.55 * pocket, bag.second)
        canvas.blend(0.8 * canvas.band(h, 0.55, 0.014, 0.02) * (front > 0.29), dark)
        canvas.blend(0.8 * canvas.band(h, 0.16, 0.016, 0.02), dark)
        canvas.blend(0.7 * canvas.band(front, 0.5, 0.012, 0.01) * (h < 0.55), dark)
    elif bag.kind == "shopper":
        badge = canvas.band(h, 0.52, 0.17, 0.05) * canvas.band(canvas.front - 0.25, 0.0, 0.07, 0.03)
        canvas.blend(badge, bag.second)
    else:
        canvas.blend(0.7 * canvas.band(h, 0.42, 0.02, 0.03), dark)
        canvas.blend(canvas.band(h, 0.45, 0.06, 0.03) * canvas.band(front, 0.25, 0.02, 0.015), (0.75, 0.68, 0.42))
    canvas.gain(1.06 - 0.22 * h)
    canvas.gain(1.0 - 0.1 * canvas.band(turn, 0.0, 0.02, 0.05))
    return canvas.texture(soft=(3, 3))


def _top_with_straps(person: Identity) -> Texture:
    """Straps of bags are painted on the trunk, so they lie on it exactly."""
    top, bag = person.top, person.bag
    texture = cloth.top_texture(top, NECK + 0.012, top.hem, person.body.skin)
    if bag.kind not in ("backpack", "crossbody"):
        return texture
    canvas = Canvas(texture.rows, texture.columns, bag.colour, (NECK + 0.012, top.hem))
    canvas.rgb = texture.rgb.astype("float64")
    strap = scaled(bag.colour, 0.85)
    if bag.kind == "backpack":
        for side in (-1.0, 1.0):
            line = side * (0.105 + 0.10 * (0.80 - canvas.z))
            canvas.blend(canvas.band(canvas.turn, line, 0.021, 0.01) * (canvas.z > 0.625), strap)
    else:
        # From one shoulder across breast and back to the other hip.
        slope = (0.845 - canvas.z) / 0.30
        line = bag.side * (0.13 - 0.33 * slope)
        canvas.blend(canvas.band(canvas.turn - line, 0.0, 0.016, 0.01) * (slope < 1.1), strap)
        back = canvas.turn + bag.side * (0.13 - 0.33 * slope) - bag.side * 0.5
        canvas.blend(canvas.band(back, 0.0, 0.016, 0.01) * (slope < 1.1), strap)
        canvas.blend(canvas.band(back + bag.side, 0.0, 0.016, 0.01) * (slope < 1.1), strap)
    return canvas.texture()


def dress(person: Identity) -> Wardrobe:
    """Every texture of one person."""
    skin, top, bottom, head = person.body.skin, person.top, person.bottom, person.head
    covered = bottom.kind in ("slim", "straight", "wide")
    bare_leg = cloth.plain(skin)
    thigh = bare_leg if bottom.kind == "bare" else cloth.bottom_texture(bottom, 0.53, 0.29, "thigh")
    shin = cloth.bottom_texture(bottom, 0.20, 0.05, "shin") if covered else bare_leg
    knee = cloth.bottom_texture(bottom, 0.29, 0.20, "thigh") if covered else bare_leg
    neck = cloth.plain(scaled(skin, 0.86), shade=0.25)
    return Wardrobe(
        top=_top_with_straps(person),
        upper_arm=cloth.sleeve_texture(top, skin, lower=False),
        forearm=cloth.sleeve_texture(top, skin, lower=True),
        hand=cloth.plain(skin, shade=0.12),
        hips=cloth.bottom_texture(bottom, 0.605, 0.462, "hips"),
        skirt=cloth.bottom_texture(bottom, 0.615, bottom.hem, "skirt"),
        thigh=bare_leg if bottom.kind in ("shorts", "skirt", "long skirt") else thigh,
        knee=knee,
        shin=shin,
        shorts=cloth.bottom_texture(bottom, 0.53, 0.29, "shin"),
        shoe=_shoe(person),
        boot=cloth.plain(person.shoes.colour if person.shoes.kind == "boots" else (0.8, 0.8, 0.78), shade=0.15),
        head=faces.head_texture(head, skin, top.seed),
        neck=neck,
        hair=faces.hair_texture(head, top.seed),
        hat=faces.hat_texture(head, top.seed)
        if head.hat != "hood"
        else cloth.plain(scaled(top.colour, 1.05), shade=0.2),
        brim=cloth.plain(scaled(head.hat_colour, 0.72)),
        scarf=_scarf(person),
        bag=_bag(person),
        strap=cloth.plain(scaled(person.bag.colour, 0.8)),
    )


def _scarf(person: Identity) -> Texture:
    canvas = Canvas(24, 64, person.head.scarf_colour)
    canvas.gain(0.88 + 0.2 * canvas.band(canvas.h, 0.4, 0.12, 0.2))
    return canvas.texture()
