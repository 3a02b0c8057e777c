"""The files that a stranger's first command depends on agree with each other and name no machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIRED = ("torch", "torchvision", "jupyterlab", "ipywidgets", "matplotlib", "seaborn", "nbval", "papermill")


def _direct_requirements() -> list[str]:
    extras = PROJECT["project"]["optional-dependencies"]
    return PROJECT["project"]["dependencies"] + [r for name, group in extras.items() if name != "all" for r in group]


def _name(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9_.-]+", requirement).group().lower().replace("_", "-")


def _locked() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([a-z0-9_.-]+)==(\S+)", line) for line in lines)
    return {m[1]: m[2] for m in found if m}


def test_required_packages_are_declared():
    names = {_name(r) for r in _direct_requirements()}
    assert set(REQUIRED) <= names


def test_pyproject_keeps_lower_bounds_only():
    for requirement in _direct_requirements():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+>=[0-9][0-9.]*", requirement), requirement


def test_all_names_every_other_extra():
    extras = PROJECT["project"]["optional-dependencies"]
    named = set(re.search(r"\[(.*)\]", extras["all"][0]).group(1).split(","))
    assert named == set(extras) - {"all"}


def test_conda_environment_agrees_with_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [d for d in environment["dependencies"] if isinstance(d, str)]
    (pip,) = [d["pip"] for d in environment["dependencies"] if isinstance(d, dict)]
    assert "python" + PROJECT["project"]["requires-python"] in plain
    assert "pip" in plain
    assert pip == ["-e .[all]"]


def test_lock_holds_every_direct_requirement_at_or_above_its_bound():
    locked = _locked()
    for requirement in _direct_requirements():
        name, bound = _name(requirement), requirement.split(">=")[1]
        assert name in locked, f"{name}: type make lock"
        numbers = [tuple(int(n) for n in re.findall(r"\d+", v)[:3]) for v in (locked[name], bound)]
        assert numbers[0] >= numbers[1], requirement


def test_lock_is_hashed_and_names_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    # uv writes one continuation line per hash below each package.
    for block in re.split(r"\n(?=[a-z0-9])", text)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]
    assert not re.search(r"https?://|file://|--index|--find-links| @ ", text)


def test_no_other_lock_file_is_tracked():
    assert not _tracked("uv.lock", "*package-lock.json", "pylock*.toml", "poetry.lock")


def test_tracked_text_names_no_machine_and_no_registry():
    # Assembled from pieces, so that this file does not find itself.
    pieces = ["/" + "root/", "/" + "work/", "/" + "home/[a-z]", "pypi" + r"\.org", "files.pythonhosted" + r"\."]
    machine = "|".join(pieces)
    for path in _tracked("*"):
        if path.suffix in {".png", ".safetensors", ".npz", ".lock"}:
            continue
        text = path.read_text(encoding="utf-8")
        found = re.search(machine, text)
        # The rule that looks for such paths in notebooks and its test have to spell them.
        assert not found or path.name in {"rules.py", "test_rules.py"}, f"{path.relative_to(ROOT)}: {found.group()}"


def test_top_level_has_the_rooms_of_the_design():
    for name in ("notebooks", "reidlib", "data_scripts", "tests", "benchmarks", "docs"):
        assert (ROOT / name).is_dir(), name
    for name in ("environment.yml", "README.md", "LICENSE", "Makefile", ".ci/run", ".github/workflows/ci.yml"):
        assert (ROOT / name).is_file(), name


def test_ci_runs_the_command_of_the_readme():
    for name in (".ci/run", ".github/workflows/ci.yml"):
        assert "make test" in (ROOT / name).read_text(encoding="utf-8"), name
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make course" in readme
    assert "make test" in readme


def _tracked(*patterns: str) -> list[Path]:
    run = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:  # an unpacked archive without .git: look at everything a checkout would hold
        return [p for pattern in patterns for p in sorted(ROOT.glob(pattern)) if p.is_file()]
    return [ROOT / name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]
