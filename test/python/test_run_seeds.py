"""Two reruns draw the same numbers wherever the program itself left them to chance."""
import os
import sys
import textwrap

import pytest
from pythons import Rerun, every_python

LIBRARY = textwrap.dedent(
    """
    import random, os, multiprocessing
    def draw(_):
        return random.random()
    if __name__ == "__main__":
        print(random.random(), random.Random().random(), random.Random(5).random(), random.getstate()[1][:2])
        random.seed()
        print(random.random())
        random.seed(3)
        print(random.random())
        with multiprocessing.get_context("fork").Pool(1) as pool:
            print(pool.map(draw, [1, 2]))
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(pool.map(draw, [1, 2]))
    """
)
NUMPY = textwrap.dedent(
    """
    import numpy as np
    print(np.random.rand(), np.random.default_rng().random(), np.random.RandomState().rand(), np.random.Generator(np.random.PCG64()).random())
    print(np.random.default_rng(5).random(), type(np.random.default_rng()).__name__, isinstance(np.random.RandomState(), np.random.RandomState))
    """
)


def twice(python, folder, text, seeds=(1, 1)):
    found = []
    for index, seed in enumerate(seeds):
        place = folder / str(index)
        place.mkdir()
        rerun = Rerun(python, place, text, seed=seed)
        assert rerun.code == 0, rerun.err
        found.append(rerun.out)
    return found


@every_python
def test_the_library_draws_alike_also_in_children(python, tmp_path):
    first, second = twice(python, tmp_path, LIBRARY)
    assert first == second and "0.23796462709189137" in first, "an explicit seed stays what it is"


@every_python
def test_another_seed_draws_otherwise(python, tmp_path):
    first, second = twice(python, tmp_path, "import random; print(random.random())", (1, 2))
    assert first != second


def test_numpy_draws_alike_and_keeps_its_types(tmp_path):
    pytest.importorskip("numpy", reason="NumPy is not installed: its seeds are not tested")
    first, second = twice(sys.executable, tmp_path, NUMPY)
    assert first == second and "0.8050029237453802 Generator True" in first
    assert len(set(first.split("\n")[0].split())) == 4


@every_python
def test_names_that_must_differ_stay_random(python, tmp_path):
    first, second = twice(python, tmp_path, "import uuid, secrets, os; print(uuid.uuid4(), secrets.token_hex(), os.urandom(8), end='')")
    assert not set(first.split()) & set(second.split())


@every_python
def test_every_pool_gets_the_number_of_workers_that_is_asked_for(python, tmp_path):
    text = textwrap.dedent(
        """
        import concurrent.futures as cf, multiprocessing
        from multiprocessing.pool import ThreadPool
        print(cf.ThreadPoolExecutor(9)._max_workers, cf.ThreadPoolExecutor(max_workers=8, thread_name_prefix="x")._max_workers)
        print(cf.ProcessPoolExecutor()._max_workers)
        for pool in (multiprocessing.Pool(7), ThreadPool(processes=6)):
            print(pool._processes)
            pool.terminate()
        """
    )
    assert Rerun(python, tmp_path, text, workers=3).out.split() == ["3"] * 5


@every_python
def test_the_start_method_is_the_default_and_not_the_programs_choice(python, tmp_path):
    text = "import multiprocessing as m\nprint(m.get_start_method(), m.get_context().get_start_method())\n"
    assert Rerun(python, tmp_path, text, startMethod="spawn").out == "spawn spawn\n"
    assert Rerun(python, tmp_path, "import multiprocessing as m\nm.set_start_method('fork')\nprint(m.get_start_method())\n", startMethod="spawn").out == "fork\n"


def test_a_benchmark_run_imports_no_more_than_it_must(tmp_path):
    text = "import sys\nprint([n for n in ('json', 're', 'random', 'threading', 'hashlib', 'ast', 'inspect', 'subprocess', 'multiprocessing', 'numpy') if n in sys.modules])"
    assert Rerun(sys.executable, tmp_path, text).out == "[]\n"
    assert os.path.basename(sys.executable).startswith("python")
