"""The supervisor measures one program, keeps its limits, and leaves no process behind."""
import glob
import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from pythons import HELPERS, every_python, environment, oldest_and_newest_python

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the supervisor's POSIX half")


class Supervised:
    def __init__(self, python, folder, program, wait=True, arguments=None, **spec):
        self.result = folder / "result.json"
        self.out, self.err = folder / "out", folder / "err"
        # Found again among all processes, however it changed its group or parent.
        self.mark = "hotloop-test-%s" % folder.name
        argv = arguments or [sys.executable, "-c", textwrap.dedent(program), self.mark]
        whole = {"argv": argv, "cwd": str(folder), "stdin": None, "stdout": str(self.out), "stderr": str(self.err), "seconds": 20}
        whole.update({"memory": None, "output": None, "foreground": False, "result": str(self.result)}, **spec)
        (folder / "spec.json").write_text(json.dumps(whole))
        command = [python, "-I", "-S", os.path.join(HELPERS, "hotloop_supervise.py"), str(folder / "spec.json")]
        self.process = subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if wait:
            self.finish()

    def finish(self):
        self.said = self.process.communicate(timeout=30)
        self.measured = json.loads(self.result.read_text()) if self.result.exists() else None
        return self.measured

    def left(self):
        """Processes of the program that still run."""
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as file:
                    if self.mark.encode() in file.read():
                        found.append(path)
            except OSError:
                continue
        return found


STUBBORN = """
    import os, signal, subprocess, sys, time
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import time, signal; signal.signal(15, 1); time.sleep(60)", sys.argv[1]], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        os.fork()
    print("up", flush=True)
    time.sleep(60)
"""


@every_python
def test_the_end_and_the_use_of_a_program_are_told(python, tmp_path):
    program = """
        import os, subprocess, sys
        data = bytearray(80_000_000)
        sum(range(3_000_000))
        subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"])
        print("out"); print("err", file=sys.stderr)
        sys.exit(7)
    """
    run = Supervised(python, tmp_path, program)
    assert (run.measured["exitCode"], run.measured["signal"], run.measured["stopped"]) == (7, None, None)
    assert (run.out.read_text(), run.err.read_text(), run.said) == ("out\n", "err\n", (b"", b""))
    assert run.measured["peak"] > 80_000_000
    assert 0 < run.measured["cpu"] and 0 < run.measured["wall"] < 20
    assert run.measured["delay"] >= 0


@every_python
def test_a_signals_death_and_a_program_that_is_not_there_are_told(python, tmp_path):
    assert Supervised(python, tmp_path, "import os; os.kill(os.getpid(), 11)").measured["signal"] == "SIGSEGV"
    assert "No such file" in Supervised(python, tmp_path, "", arguments=["/no/such/program"]).measured["failed"]


@oldest_and_newest_python
def test_a_time_limit_ends_the_whole_stubborn_tree(python, tmp_path):
    run = Supervised(python, tmp_path, STUBBORN, seconds=1)
    assert run.out.read_text() == "up\n" * 3, "three processes of the tree were there"
    assert (run.measured["stopped"], run.measured["signal"]) == ("limit", "SIGKILL")
    assert run.left() == []


@oldest_and_newest_python
def test_what_a_finished_program_leaves_behind_is_ended(python, tmp_path):
    program = """
        import subprocess, sys
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", sys.argv[1]], start_new_session=True)
    """
    run = Supervised(python, tmp_path, program)
    assert (run.measured["exitCode"], run.measured["stopped"]) == (0, None)
    assert run.left() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@oldest_and_newest_python
def test_a_signal_to_the_supervisor_ends_the_program_in_order(python, number, tmp_path):
    program = """
        import time
        try:
            print("up", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            print("asked to stop")
    """
    run = Supervised(python, tmp_path, program, wait=False)
    _until(lambda: run.out.exists() and run.out.read_text() == "up\n")
    run.process.send_signal(number)
    assert run.finish()["stopped"] == "cancelled"
    assert run.out.read_text() == "up\nasked to stop\n"
    assert run.left() == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a child with its parent")
def test_a_killed_supervisor_takes_the_program_with_it(tmp_path):
    run = Supervised(sys.executable, tmp_path, "import time; print('up', flush=True); time.sleep(60)", wait=False)
    _until(lambda: run.out.exists() and run.out.read_text() == "up\n")
    run.process.kill()
    run.process.communicate(timeout=10)
    _until(lambda: run.left() == [])


@oldest_and_newest_python
def test_too_much_output_and_too_much_memory_end_it(python, tmp_path):
    run = Supervised(python, tmp_path, "while True: print('x' * 1000)", output=200_000)
    assert run.measured["stopped"] == "output"
    if sys.platform.startswith("linux"):
        run = Supervised(python, tmp_path, "import time\ndata = bytearray(150_000_000)\nfor i in range(0, len(data), 4096): data[i] = 1\ntime.sleep(60)", memory=100_000_000)
        assert (run.measured["stopped"], run.measured["signal"]) == ("memory", "SIGKILL")


@oldest_and_newest_python
def test_input_is_a_file_or_empty_and_signals_are_as_a_shell_leaves_them(python, tmp_path):
    (tmp_path / "in.txt").write_text("hello")
    program = "import signal, sys; print(repr(sys.stdin.read()), [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)] == [0, 0])"
    assert Supervised(python, tmp_path, program, stdin=str(tmp_path / "in.txt")).result.exists()
    assert (tmp_path / "out").read_text() == "'hello' True\n"
    Supervised(python, tmp_path, program)
    assert (tmp_path / "out").read_text() == "'' True\n"


def test_in_the_foreground_the_program_can_read_from_the_terminal_and_gets_its_interrupt(tmp_path):
    pty = pytest.importorskip("pty", reason="no pseudo terminals here")
    program = textwrap.dedent(
        """
        import os, time
        try:
            print(os.tcgetpgrp(0) == os.getpgrp(), input("name? "), flush=True)
            time.sleep(20)
        except KeyboardInterrupt:
            print("stopped", flush=True)
        """
    )
    spec = {"argv": [sys.executable, "-c", program], "cwd": str(tmp_path), "stdin": "inherit", "stdout": None, "stderr": None, "seconds": 20, "memory": None}
    spec.update({"output": None, "foreground": True, "result": str(tmp_path / "result.json")})
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-I", "-S", os.path.join(HELPERS, "hotloop_supervise.py"), str(tmp_path / "spec.json")])
    seen, sent = b"", False
    try:
        os.write(terminal, b"Bob\n")
        for _ in range(200):
            seen += os.read(terminal, 1000)
            if b"True Bob" in seen and not sent:
                sent = True
                os.write(terminal, b"\x03")
            if b"stopped" in seen:
                break
    except OSError:
        pass
    os.waitpid(pid, 0)
    os.close(terminal)
    assert b"True Bob" in seen and b"stopped" in seen
    measured = json.loads((tmp_path / "result.json").read_text())
    assert (measured["exitCode"], measured["stopped"]) == (0, None)


def _until(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come so far in ten seconds")
