from __future__ import annotations

import importlib.util
import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in ("benchmarks", "clients/python/src", "clients/python/tests"):
    sys.path.insert(0, str(ROOT / folder))


@pytest.fixture(scope="session")
def programs() -> Path:
    """Where camherd-sim is."""
    folder = Path(os.environ.get("CAMHERD_BIN_DIR", ROOT / "build" / "dev" / "bin"))
    if not (folder / "camherd-sim").exists():
        pytest.skip(f"no camherd-sim in {folder}")
    return folder


@pytest.fixture(scope="session")
def endurance() -> ModuleType:
    """benchmarks/endurance, which is a program."""
    pytest.importorskip("matplotlib")
    loader = SourceFileLoader("endurance", str(ROOT / "benchmarks" / "endurance"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
