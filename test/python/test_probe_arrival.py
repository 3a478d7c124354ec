"""What the sampler is told of a signal's arrival, and what the program sees of that."""

import json
import subprocess
import sys

import pytest
from probe_run import WORK, probe
from pythons import HELPERS, environment, every_python

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux stamps what is written to the wake-up descriptor")

ASK = """
import json, os, signal, sys, time
sys.path.insert(0, sys.argv[1])
from _hotloop_arrival import Arrival

heard = []
signal.signal(signal.SIGALRM, lambda *_: heard.append(time.time()))
arrival = Arrival()
arrival.open()
out = {"taken": arrival.taken, "nothing": arrival.seconds(1.0)}
before = time.time()
os.kill(os.getpid(), signal.SIGALRM)
os.kill(os.getpid(), signal.SIGALRM)
while len(heard) < 2:
    pass
out["since"] = arrival.seconds(100.0)
out["longest"] = time.time() - before
out["drained"] = arrival.seconds(100.0)
os.kill(os.getpid(), signal.SIGALRM)
time.sleep(0.02)
out["stale"] = arrival.seconds(0.001)
os.kill(os.getpid(), signal.SIGALRM)
arrival.forget()
out["forgotten"] = arrival.seconds(100.0)
other = Arrival()
other.open()
out["second"] = other.taken
arrival.close()
out["given back"] = signal.set_wakeup_fd(-1)
os.kill(os.getpid(), signal.SIGALRM)
out["closed"] = arrival.seconds(100.0)
print(json.dumps(out))
"""


@linux
@every_python
def test_the_kernel_tells_when_the_first_signal_came(python, tmp_path):
    script = tmp_path / "ask.py"
    script.write_text(ASK)
    run = subprocess.run([python, str(script), HELPERS], capture_output=True, text=True, timeout=60, env=environment())
    assert run.stderr == ""
    told = json.loads(run.stdout)
    assert told["taken"]
    assert told["nothing"] is None
    assert 0.0 <= told["since"] <= told["longest"]
    assert told["drained"] is None
    assert told["stale"] is None, "older than asked for"
    assert told["forgotten"] is None
    assert not told["second"], "the descriptor belongs to whoever took it first"
    assert told["given back"] == -1
    assert told["closed"] is None


PROGRAM = """
    import signal
    print(signal.set_wakeup_fd(-1))
""" + WORK + """
    import socket
    mine, theirs = socket.socketpair()
    mine.setblocking(False)
    print(signal.set_wakeup_fd(mine.fileno()))
    print(signal.set_wakeup_fd(-1) == mine.fileno())
    print(signal.set_wakeup_fd(-1))
"""


@linux
@every_python
def test_a_program_finds_the_wake_up_descriptor_free(python, tmp_path):
    seen = probe(python, tmp_path, PROGRAM)
    assert (seen.code, seen.stderr) == (0, "")
    assert seen.stdout.split() == ["-1", "-1", "True", "-1"]


CLOSING = """
    import os
    mine = os.open(os.devnull, os.O_RDONLY)
    for number in range(3, 1024):
        try:
            os.close(number)
        except OSError:
            pass
    os.closerange(3, 1024)
    again = os.open(os.devnull, os.O_RDONLY)
    print(mine == again)
    try:
        os.close(1000)
    except OSError as error:
        print(error)
""" + WORK


@linux
@every_python
def test_a_program_that_closes_every_file_hears_no_complaint(python, tmp_path):
    seen = probe(python, tmp_path, CLOSING)
    assert (seen.code, seen.stdout, seen.stderr) == (0, "True\n[Errno 9] Bad file descriptor\n", "")
