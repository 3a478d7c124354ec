"""The calibration helper in every Python that is here."""

import glob
import json
import os
import subprocess
import sys

import pytest

HELPER = os.path.join(os.path.dirname(__file__), "..", "..", "analyzers", "python", "hotloop_calibrate.py")


def pythons():
    """Ours, and of those that pyenv has the oldest and the newest that are supported: each takes some seconds."""
    found = {}
    for python in glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python")):
        version = tuple(int(part) for part in python.split(os.sep)[-3].split(".")[:2] if part.isdigit())
        if (3, 8) <= version <= (3, 13):
            found[version] = python
    return [sys.executable, *(found[version] for version in sorted({min(found), max(found)}))] if found else [sys.executable]


def calibrate(python, target, *limit):
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run([python, HELPER, str(target), *limit], capture_output=True, timeout=60, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    return json.loads(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("python", pythons())
def test_measures_every_cost_and_prints_nothing(python, tmp_path):
    # A limit far above what it takes: on a machine full of other work the order of the steps is not what is tested.
    result = calibrate(python, tmp_path / "result.json", "60")
    assert result["missing"] == []
    costs = "effectiveCores poolMessage pickleBytesPerSecond threadTask pythonOperation noise processStart freshBytesPerSecond"
    for name in costs.split():
        assert result[name] > 0, name
    assert all(value > 0 for value in result["poolStart"].values())
    has_numpy = subprocess.call([python, "-c", "import numpy"], stderr=subprocess.DEVNULL) == 0
    assert (result["numpyElement"] is not None) == has_numpy


def test_names_what_it_had_no_time_for(tmp_path):
    result = calibrate(sys.executable, tmp_path / "result.json", "0")
    assert "noise" in result["missing"] and result["noise"] is None
