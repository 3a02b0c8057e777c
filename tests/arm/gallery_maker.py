"""Gallery encoders of every name with weights drawn from a generator, and galleries for them."""

import torch

from reidlib.arm.gallery import GALLERY, make_gallery
from reidlib.arm.gallery.encoder import GalleryEncoder
from reidlib.training.seeded import seeded

D = 8
# Every encoder, and the forms of one that take another way through its code.
FORMS = {name: (name, {}) for name in GALLERY} | {
    "bilstm_plain": ("bilstm", {"start": "plain"}), "bilstm_mean": ("bilstm", {"permutations": 3}),
    "iterref_plain": ("iterref", {"start": "plain", "temperature": 1.0}), "sab_2": ("sab", {"blocks": 2, "heads": 2}),
    "sab_log_n": ("sab", {"log_n": True}), "isab_2": ("isab", {"blocks": 2, "m": 3, "log_n": True}),
    "view_2": ("view", {"blocks": 2, "log_n": True}), "view_plain": ("view", {"bias": False}),
    "view_cameras": ("view", {"cameras": (0, 2)}), "split_2": ("split", {"blocks": 2, "log_n": True}),
}  # fmt: skip
STARTS_PLAIN = ("bilstm_plain", "iterref_plain")


def fresh(form: str, dtype: torch.dtype = torch.float64, **options: object) -> GalleryEncoder:
    """An encoder in eval mode as it starts, W_o at 0."""
    name, fixed = FORMS[form]
    with seeded("gallery", form):
        return make_gallery(name, D, **(fixed | options)).to(dtype).eval()


def built(form: str, seed: int = 0, dtype: torch.dtype = torch.float64, **options: object) -> GalleryEncoder:
    """The same with all parameters drawn, so that none sits at a start that hides it."""
    encoder = fresh(form, dtype, **options)
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(0.4 * torch.randn(parameter.shape, generator=rng, dtype=dtype))
    return encoder


def gallery(seed: int = 0, B: int = 3, n: int = 7, cameras: int = 3,
            dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """z (B, n, D), a mask of all True, camids."""
    rng = torch.Generator().manual_seed(seed)
    z = torch.randn(B, n, D, generator=rng, dtype=dtype)
    return z, torch.ones(B, n, dtype=torch.bool), torch.randint(cameras, (B, n), generator=rng)
