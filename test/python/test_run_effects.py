"""What a program does to the world is seen, and nothing that was not agreed to happens."""
import json
import os
import subprocess
import sys
import textwrap

import pytest
from pythons import HELPERS, Rerun, environment, every_python, oldest_and_newest_python

RECORD = """
import json, os, sys
sys.path.insert(0, %r)
from _hotloop_effects import Recorder, install
recorder = install(Recorder(sys.argv[1]))
code = compile(open(sys.argv[2]).read(), sys.argv[2], "exec")
try:
    exec(code, {"__name__": "__main__"})
finally:
    rows = recorder.rows()
    open(sys.argv[3], "w").write(json.dumps(rows))
"""


def record(python, folder, text):
    root, elsewhere = folder / "root", folder / "elsewhere"
    for one in (root, elsewhere):
        one.mkdir(exist_ok=True)
    script = root / "program.py"
    script.write_text(textwrap.dedent(text))
    (folder / "record.py").write_text(RECORD % HELPERS)
    out = folder / "rows.json"
    # The temp folder of the test lies in the system's, where everything is inside: a home of its own is not.
    arguments = [python, str(folder / "record.py"), str(root), str(script), str(out)]
    done = subprocess.run(arguments, cwd=str(root), env=environment(TMPDIR=str(folder / "tmp")), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    rows = [row for row in json.loads(out.read_text()) if not row["target"].endswith(("program.py", "rows.json"))]
    return {(row["kind"], row["target"]): row for row in rows}, root


@every_python
def test_files_that_are_read_written_renamed_and_deleted_are_told_with_their_line(python, tmp_path):
    rows, root = record(
        python,
        tmp_path,
        """
        import os, pathlib
        open("a.txt", "w").write("x")
        open("a.txt").read()
        with open("a.txt", "a") as f: f.write("y")
        os.rename("a.txt", "b.txt")
        pathlib.Path("b.txt").unlink()
        os.mkdir("d")
        os.rmdir("d")
        os.close(os.open("c.txt", os.O_RDWR | os.O_CREAT))
        """,
    )
    at = lambda name: str(root / name)  # noqa: E731
    assert rows[("file-write", at("a.txt"))]["count"] == 2
    assert rows[("file-write", at("a.txt"))]["line"] == 3
    assert rows[("file-read", at("a.txt"))]["count"] == 1
    assert ("file-delete", at("a.txt")) in rows and ("file-write", at("b.txt")) in rows
    assert rows[("file-delete", at("b.txt"))]["line"] == 7
    assert ("file-write", at("d")) in rows and ("file-delete", at("d")) in rows
    assert ("file-write", at("c.txt")) in rows
    assert all(row["inside"] for row in rows.values())


@every_python
def test_imports_and_the_librarys_own_files_are_no_effects(python, tmp_path):
    rows, _ = record(python, tmp_path, "import json, decimal, xml.dom.minidom, email, platform, uuid, ctypes, tempfile, multiprocessing.pool\nplatform.platform()\n")
    assert rows == {}


@every_python
def test_programs_that_are_started_are_effects_and_pools_are_not(python, tmp_path):
    rows, _ = record(
        python,
        tmp_path,
        """
        import multiprocessing, os, subprocess, sys
        subprocess.run(["true", "x"])
        subprocess.run("true y", shell=True)
        os.system("true z")
        with multiprocessing.get_context("fork").Pool(1) as pool:
            pool.map(abs, [1])
        """,
    )
    found = {row["target"] for row in rows.values() if row["kind"] == "subprocess"}
    assert found == {"true", "sh -c true"}
    assert {row["kind"] for row in rows.values()} <= {"subprocess", "file-write", "file-delete"}


@every_python
def test_a_server_of_its_own_is_inside_and_another_is_not(python, tmp_path):
    rows, _ = record(
        python,
        tmp_path,
        """
        import multiprocessing, socket, sqlite3
        def serve(queue):
            server = socket.socket()
            server.bind(("127.0.0.1", 0))
            server.listen()
            queue.put(server.getsockname())
            server.accept()
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(server.getsockname()).close()
        context = multiprocessing.get_context("fork")
        queue = context.Queue()
        child = context.Process(target=serve, args=(queue,))
        child.start()
        socket.create_connection(queue.get()).close()
        child.join()
        try:
            socket.create_connection(("127.0.0.1", 9), 1)
        except OSError:
            pass
        sqlite3.connect(":memory:")
        sqlite3.connect("own.db")
        """,
    )
    network = [row for row in rows.values() if row["kind"] == "network"]
    assert [row["inside"] for row in network if row["target"] != "127.0.0.1:9"] == [True, True]
    assert [row["inside"] for row in network if row["target"] == "127.0.0.1:9"] == [False]
    assert [row["inside"] for row in rows.values() if row["kind"] == "database"] == [True]


@every_python
def test_a_socket_file_of_its_own_is_inside_and_another_processes_is_not(python, tmp_path):
    import socket

    other = socket.socket(socket.AF_UNIX)
    other.bind(str(tmp_path / "other.sock"))
    other.listen(1)
    text = """
        import multiprocessing, socket
        own = socket.socket(socket.AF_UNIX)
        own.bind("own.sock")
        own.listen(1)
        socket.socket(socket.AF_UNIX).connect("own.sock")
        with multiprocessing.get_context("fork").Manager() as manager:
            manager.list([1])
        socket.socket(socket.AF_UNIX).connect("../other.sock")
        """
    rows, root = record(python, tmp_path, text)
    network = {row["target"]: row["inside"] for row in rows.values() if row["kind"] == "network"}
    assert network.pop(str(root / "own.sock")) is True
    assert network.pop(str(tmp_path / "other.sock")) is False
    assert len(network) == 1 and list(network.values()) == [True], "the manager's own"


@every_python
def test_a_program_with_very_many_targets_stays_bounded(python, tmp_path):
    rows, _ = record(python, tmp_path, "import os\nfor i in range(1500): os.mkdir('d%d' % i)\n")
    assert 400 <= len(rows) <= 500


OUTSIDE = {
    "writes a file": "open(TARGET, 'w').write('harm')",
    "changes a file": "open(KEPT, 'r+').write('harm')",
    "empties a file": "import os; os.truncate(KEPT, 0)",
    "deletes a file": "import os; os.remove(KEPT)",
    "renames a file": "import os; os.rename(KEPT, TARGET)",
    "makes a folder": "import os; os.mkdir(TARGET)",
    "removes a tree": "import shutil, os; shutil.rmtree(os.path.dirname(KEPT))",
    "changes the mode": "import os; os.chmod(KEPT, 0)",
    "makes a link": "import os; os.symlink('x', TARGET)",
    "writes through a link": "import os; os.symlink(KEPT, 'link'); open('link', 'w').write('harm')",
    "starts a program": "import subprocess; subprocess.run(['touch', TARGET])",
    "starts a shell": "import os; os.system('touch ' + TARGET)",
    "becomes another program": "import os; os.execvp('touch', ['touch', TARGET])",
    "uses a database": "import sqlite3; sqlite3.connect(TARGET).execute('create table t(x)')",
    "connects": "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
    "kills": "import os; os.kill(os.getppid(), 15)",
    "writes in a thread": "import threading; t = threading.Thread(target=lambda: open(TARGET, 'w').write('harm')); t.start(); t.join()",
    "writes in a forked child": "import os\nif os.fork() == 0: open(TARGET, 'w').write('harm')\nelse: os.wait()",
}


@pytest.mark.parametrize("name", OUTSIDE)
@oldest_and_newest_python
def test_the_gate_ends_the_run_before_it_happens(python, name, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    kept = outside / "kept.txt"
    kept.write_text("precious")
    mode = kept.stat().st_mode
    text = "TARGET, KEPT = %r, %r\n%s\nprint('went on')\n" % (str(outside / "new"), str(kept), OUTSIDE[name])
    rerun = Rerun(python, tmp_path, text)
    assert rerun.refused is not None, rerun.err
    assert rerun.code in (94, -9)
    assert rerun.refused["file"] == str(rerun.script)
    assert "went on" not in rerun.out
    assert [file.name for file in outside.iterdir()] == ["kept.txt"]
    assert kept.read_text() == "precious" and kept.stat().st_mode == mode


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@oldest_and_newest_python
def test_a_refused_effect_in_a_worker_ends_the_whole_run(python, method, tmp_path):
    text = textwrap.dedent(
        """
        import multiprocessing, sys
        def work(path):
            open(path, "w").write("harm")
        if __name__ == "__main__":
            with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
                pool.map(work, [sys.argv[2]] * 4)
            print("went on")
        """
    )
    rerun = Rerun(python, tmp_path, text, method, str(tmp_path / "harm.txt"))
    assert rerun.code == -9 and "went on" not in rerun.out
    assert rerun.refused["kind"] == "file-write" and rerun.refused["line"] == 4
    assert not (tmp_path / "harm.txt").exists()


@every_python
def test_what_stays_in_the_copy_and_what_was_agreed_to_is_let_through(python, tmp_path):
    log = tmp_path / "log.txt"
    text = textwrap.dedent(
        """
        import os, shutil, socket, sqlite3, subprocess, sys, tempfile
        open("out.txt", "w").write("x"); os.rename("out.txt", "end.txt"); os.makedirs("a/b"); shutil.rmtree("a")
        with tempfile.TemporaryDirectory() as folder: open(os.path.join(folder, "x"), "w").write("x")
        sqlite3.connect("own.db").execute("create table t(x)")
        open(sys.argv[1], "w").write("agreed")
        subprocess.run(["true"])
        open(os.devnull, "w").write("x")
        print("went on")
        """
    )
    rerun = Rerun(python, tmp_path, text, str(log), kinds=["file-write", "subprocess"], targets=[str(log), "true"])
    assert (rerun.out, rerun.refused) == ("went on\n", None), (rerun.err, rerun.refused)
    assert log.read_text() == "agreed"
    assert (rerun.dir / "end.txt").exists()


def test_the_original_project_is_never_written_even_where_its_paths_were_agreed_to(tmp_path):
    original = tmp_path / "original"
    original.mkdir()
    target = str(original / "out.txt")
    rerun = Rerun(sys.executable, tmp_path, "open(%r, 'w').write('harm')" % target, kinds=["file-write"], targets=[target])
    assert rerun.refused["target"] == target
    assert os.listdir(str(original)) == []
