"""A program that we start is the program that plain Python starts."""
import signal
import sys
import textwrap

import pytest
from pythons import HELPERS, Rerun, every_python, oldest_and_newest_python, run

PROGRAMS = {
    "ends well": "print('é', 1)",
    "exits with a number": "import sys; sys.exit(3)",
    "exits with a message": "import sys; sys.exit('no such thing: é')",
    "exits with None": "import sys; sys.exit(None)",
    "exits with true": "import sys; sys.exit(True)",
    "raises in a function": "def f(x):\n    return g(x)\n\ndef g(x):\n    return 1 / x\n\nprint('before', flush=True)\nf(0)\n",
    "raises from another": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('é') from e\n",
    "has a syntax error": "x = 1\ny = = 2\n",
    "leaves at once": "import os\nprint('seen', flush=True)\nos._exit(4)\n",
    "is killed by a fault": "import ctypes\nctypes.string_at(0)\n",
    "is interrupted": "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n",
    "recurses too deep": "def f():\n    return f()\nf()\n",
    "has a hook of its own": "import sys\nsys.excepthook = lambda *a: print('hook', a[2].tb_frame.f_code.co_name, a[2].tb_lineno)\n1 / 0\n",
    "runs exit functions": "import atexit\natexit.register(print, 'last')\natexit.register(print, 'first')\nraise SystemExit(5)\n",
    "has a thread at the end": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()\nprint('main')\n",
    "tells of itself": "import sys, os\nprint(__name__, __file__, __spec__, __package__, __doc__, type(__loader__).__name__, __builtins__, list(globals()))\n"
    "print(sys.argv, sys.path[0], os.getcwd(), getattr(sys, 'orig_argv', [])[1:], sys.modules['__main__'].__file__)\n",
    "keeps pickling by name": "import pickle\nclass A:\n    pass\nprint(pickle.loads(pickle.dumps(A())).__class__ is A, A.__module__)\n",
    "reads its input": "print(repr(input('name? ')), repr(input()))",
}


STARTER = """
import os, sys
sys.path.insert(0, %(helpers)r)
import _hotloop_launch as launch
sys.path.remove(%(helpers)r)
launch.HERE = %(here)r
launch._own = lambda frame: os.path.dirname(frame.f_code.co_filename) in (%(helpers)r, %(here)r)
launch.run_as_main(sys.argv[1], sys.argv[2], sys.argv[3:])
"""


def both(python, folder, arguments, kind="script", target=None, stdin=b"Bob\nend\n"):
    starter = folder / "start.py"
    # The starter stands for a helper: its folder leaves sys.path and its frames leave the tracebacks.
    starter.write_text(STARTER % {"helpers": HELPERS, "here": str(folder)}, encoding="utf-8")
    plain = run([python] + (["-m"] if kind == "module" else []) + [target] + arguments, folder / "work", stdin)
    ours = run([python, str(starter), kind, target] + arguments, folder / "work", stdin)
    return plain, ours


@pytest.mark.parametrize("name", PROGRAMS)
@every_python
def test_ends_prints_and_fails_as_plain_python(python, name, tmp_path):
    work = tmp_path / "a folder with é 空"
    work.mkdir()
    (tmp_path / "work").mkdir()
    script = work / "script.py"
    script.write_text(PROGRAMS[name], encoding="utf-8")
    plain, ours = both(python, tmp_path, ["--x", "a b"], target=str(script))
    assert ours.returncode == plain.returncode
    assert ours.stdout == plain.stdout
    assert ours.stderr == plain.stderr
    assert plain.stdout or plain.stderr or "exits" in name or name == "is killed by a fault"


@pytest.mark.parametrize("name", ["ends well", "raises in a function", "exits with a number", "has a syntax error", "is interrupted", "tells of itself"])
@every_python
def test_a_module_ends_prints_and_fails_as_with_m(python, name, tmp_path):
    package = tmp_path / "work" / "pack"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(PROGRAMS[name].replace("__spec__", "__spec__.name"), encoding="utf-8")
    plain, ours = both(python, tmp_path, ["x"], "module", "pack")
    assert (ours.returncode, ours.stdout, ours.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    assert plain.stdout or plain.stderr or plain.returncode == 3


@every_python
def test_a_missing_script_and_a_missing_module_are_told_as_plain_python_does(python, tmp_path):
    (tmp_path / "work").mkdir()
    for kind, target in (("script", str(tmp_path / "none.py")), ("module", "none_of_this")):
        plain, ours = both(python, tmp_path, [], kind, target)
        assert (ours.returncode, ours.stderr) == (plain.returncode, plain.stderr)
        assert plain.returncode != 0


POOL = textwrap.dedent(
    """
    import multiprocessing as mp, sys
    from concurrent.futures import ProcessPoolExecutor
    class Box:
        def __init__(self, x): self.x = x
    def double(box):
        return Box(box.x * 2)
    print("top", __name__) if __name__ == "__main__" else None
    if __name__ == "__main__":
        mp.set_start_method(sys.argv[1])
        with mp.Pool(2) as pool:
            print([box.x for box in pool.map(double, [Box(1), Box(2)])])
        with ProcessPoolExecutor(2) as pool:
            print([box.x for box in pool.map(double, [Box(3), Box(4)])])
    """
)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@oldest_and_newest_python
def test_pools_find_the_program_in_their_workers(python, method, tmp_path):
    rerun = Rerun(python, tmp_path, POOL, method)
    assert (rerun.code, rerun.out) == (0, "top __main__\n[2, 4]\n[6, 8]\n"), rerun.err
    assert rerun.refused is None


@every_python
def test_a_rerun_shows_the_program_nothing_of_ours(python, tmp_path):
    text = "import os, sys\nprint([n for n in os.environ if 'HOTLOOP' in n or n == 'PYTHONPATH'], [p for p in sys.path if 'analyzers' in p], sys.argv[1:])"
    rerun = Rerun(python, tmp_path, text, "--y")
    assert rerun.out == "[] [] ['--y']\n", rerun.err
    assert sorted(name.name for name in rerun.dir.iterdir()) == ["program.py"]


@every_python
def test_a_spawned_child_loads_the_users_own_sitecustomize_and_sees_its_own_environment(python, tmp_path):
    text = textwrap.dedent(
        """
        import multiprocessing as mp, os, sys
        def look(_):
            return os.environ.get("PYTHONPATH"), [n for n in os.environ if "HOTLOOP" in n], getattr(sys, "users_own", None), [p for p in sys.path if "_hotloop" in p]
        if __name__ == "__main__":
            with mp.get_context("spawn").Pool(1) as pool:
                print(pool.map(look, [1])[0] == look(1), look(1))
        """
    )
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import sys\nsys.users_own = 'loaded'\n")
    rerun = Rerun(python, tmp_path, text, environment={"PYTHONPATH": str(site)})
    assert rerun.out == "True %r\n" % ((str(site), [], "loaded", []),), rerun.err


def test_an_interrupt_ends_the_process_by_the_signal(tmp_path):
    rerun = Rerun(sys.executable, tmp_path, PROGRAMS["is interrupted"])
    assert rerun.code == -signal.SIGINT
    assert "KeyboardInterrupt" in rerun.err and "_hotloop" not in rerun.err
