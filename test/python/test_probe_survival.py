"""The program under the probe behaves as without it, and whatever ends it, what was seen is kept."""

import os
import signal
import subprocess
import sys
import time

import pytest
from probe_run import WORK, probe
from pythons import environment, every_python, oldest_and_newest_python

posix = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")


def seen_work(seen):
    """The loop's lines were seen, before whatever happened then."""
    return sum(sum(cost) for (file, line), cost in seen.main.lines.items() if file == seen.script and 4 <= line <= 6)


@every_python
def test_an_exception_has_its_own_traceback_and_exit_code(python, tmp_path):
    seen = probe(python, tmp_path, WORK + '    raise ValueError("boom é")\n')
    assert seen.code == 1
    assert seen.stderr.rstrip().endswith("ValueError: boom é")
    assert "hotloop" not in seen.stderr
    assert seen_work(seen) > 0.02
    assert seen.main.end is not None


@every_python
def test_sys_exit_gives_its_code(python, tmp_path):
    seen = probe(python, tmp_path, WORK + "    import sys\n    sys.exit(3)\n")
    assert (seen.code, seen.stdout, seen.stderr) == (3, "", "")
    assert seen_work(seen) > 0.02


@every_python
def test_os_exit_keeps_everything(python, tmp_path):
    seen = probe(python, tmp_path, WORK + "    import os\n    os._exit(4)\n")
    assert (seen.code, seen.stdout, seen.stderr) == (4, "", "")
    assert seen_work(seen) > 0.02
    assert seen.main.end["how"] == "_exit"


@posix
@every_python
def test_a_crash_of_the_interpreter_keeps_what_was_seen(python, tmp_path):
    text = WORK + "    work(2_000_000)\n    import ctypes\n    ctypes.string_at(0)\n"
    seen = probe(python, tmp_path, text)
    assert seen.code == -signal.SIGSEGV
    assert seen_work(seen) > 0.02
    assert seen.main.end is None


@posix
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM"])
@every_python
def test_being_killed_keeps_what_was_seen(python, number, tmp_path):
    def kill(process, out):
        # Until something has been written, and a while more.
        deadline = time.time() + 20
        while time.time() < deadline and not (os.path.exists(out) and os.path.getsize(out) > 1500):
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(getattr(signal, number))

    seen = probe(python, tmp_path, WORK + "    while True:\n        work(100_000)\n", meet=kill)
    assert seen.code == -getattr(signal, number)
    assert seen_work(seen) > 0.1


@posix
@every_python
def test_an_interrupt_ends_it_as_it_would_without_us(python, tmp_path):
    def interrupt(process, out):
        while process.poll() is None and not (os.path.exists(out) and os.path.getsize(out) > 1000):
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)

    seen = probe(python, tmp_path, WORK + "    while True:\n        work(100_000)\n", meet=interrupt)
    assert seen.code == -signal.SIGINT
    assert "KeyboardInterrupt" in seen.stderr
    assert "hotloop" not in seen.stderr
    assert seen.main.end is not None
    assert seen_work(seen) > 0.005


@posix
@every_python
def test_an_interrupted_wait_is_charged_to_the_line_that_waited(python, tmp_path):
    def interrupt(process, _out):
        assert process.stdout.readline() == "waiting\n"
        time.sleep(0.7)
        process.send_signal(signal.SIGINT)

    seen = probe(python, tmp_path, """
        import socket
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        print("waiting", flush=True)
        server.accept()  # L:accept
    """, meet=interrupt)  # fmt: skip
    assert seen.code == -signal.SIGINT
    assert seen.line("accept")[2] > 0.3


@oldest_and_newest_python
def test_input_arguments_folder_and_name_are_the_programs(python, tmp_path):
    seen = probe(python, tmp_path, """
        import os, sys
        who = input("name? ")
        print(who, sys.argv[1:], os.getcwd(), __name__, sys.path[0], __file__, sys.argv[0])
        print(sorted(name for name in os.environ if "HOTLOOP" in name), os.environ.get("PYTHONPATH"))
    """, "--x", "1", "a b", "日", name="é 空 x/skript ü.py", input="Bob\n")  # fmt: skip
    folder = os.path.dirname(seen.script)
    expected = "name? Bob ['--x', '1', 'a b', '日'] %s __main__ %s %s %s\n[] None\n" % (tmp_path, folder, seen.script, seen.script)
    assert (seen.code, seen.stdout, seen.stderr) == (0, expected, "")


@every_python
def test_a_package_is_run_as_a_module(python, tmp_path):
    package = tmp_path / "tool"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "parts.py").write_text("def work(n):\n    s = 0\n    for i in range(n):\n        s += i * i % 7\n    return s\n")
    (package / "__main__.py").write_text("import sys\nfrom . import parts\nprint(parts.work(1_200_000) > 0, sys.argv[1:], __package__)\n")
    seen = probe(python, tmp_path, None, "a", name="tool/__main__.py", kind="module", target="tool")
    assert (seen.code, seen.stdout, seen.stderr) == (0, "True ['a'] tool\n", "")
    assert str(package / "parts.py") in seen.main.files
    assert any(stack[-1][0] == "work" for stack in seen.main.stacks)
    assert str(package / "__init__.py") in seen.main.end["modules"]


@every_python
def test_a_program_that_deletes_itself_and_changes_folder_is_still_known(python, tmp_path):
    seen = probe(python, tmp_path, 'import os\nos.unlink(__file__)\nos.chdir("/")\ndef work(n):\n    for i in range(n):\n        i * i\nwork(2_000_000)\n')
    assert (seen.code, seen.stderr) == (0, "")
    assert any(file == seen.script and line in (5, 6) for file, line in seen.main.lines)


@oldest_and_newest_python
def test_names_of_the_standard_library_stay_free_for_the_program(python, tmp_path):
    (tmp_path / "dis.py").write_text("mine = 1\n")
    (tmp_path / "opcode_table.py").write_text("mine = 1\n")
    seen = probe(python, tmp_path, "import dis\nprint(dis.mine)\n")
    assert (seen.code, seen.stdout, seen.stderr) == (0, "1\n", "")


@oldest_and_newest_python
def test_the_first_files_that_it_opens_have_the_usual_numbers(python, tmp_path):
    text = "import os\nprint([os.open(os.devnull, os.O_RDONLY) for _ in range(2)])\n"
    plain = tmp_path / "plain.py"
    plain.write_text(text)
    bare = subprocess.run([python, str(plain)], stdout=subprocess.PIPE, universal_newlines=True, env=environment(), check=True)
    assert probe(python, tmp_path, text).stdout == bare.stdout


@posix
@every_python
def test_programs_started_from_it_are_not_hit_by_its_timer(python, tmp_path):
    seen = probe(python, tmp_path, """
        import os, subprocess, sys
        nap = [sys.executable, "-c", "import time; time.sleep(0.4); print('slept', flush=True)"]
        print(subprocess.run(nap, preexec_fn=lambda: None).returncode, flush=True)
        print(subprocess.call(nap), flush=True)
        if os.fork() == 0:
            os.execv(sys.executable, nap)
        print(os.wait()[1], flush=True)
        if os.fork() == 0:
            s = sum(i * i for i in range(600_000))
            os._exit(5)
        print(os.wait()[1] >> 8, flush=True)
        os.execv(sys.executable, nap)
    """)  # fmt: skip
    assert (seen.code, seen.stdout, seen.stderr) == (0, "slept\n0\nslept\n0\nslept\n0\n5\nslept\n", "")


@every_python
def test_a_program_may_recurse_as_deep_and_catch_it(python, tmp_path):
    text = """
        import sys
        def deep(n):
            try:
                return deep(n + 1)
            except RecursionError:
                return n
        print(len({deep(0) // 50 for _ in range(300)}) <= 2)
    """
    seen = probe(python, tmp_path, text, interval="0.001")
    assert (seen.code, seen.stdout) == (0, "True\n"), seen.stderr


@every_python
def test_work_in_threads_after_the_end_of_main_and_in_exit_functions_is_seen(python, tmp_path):
    seen = probe(python, tmp_path, """
        import atexit, threading
        def work(n):
            s = 0
            for i in range(n):
                s = (s * 31 + i) % 65521
            return s
        def late():
            work(1_200_000)   # L:exit
        def other():
            work(1_200_000)   # L:thread
        atexit.register(late)
        threading.Thread(target=other).start()
    """)  # fmt: skip
    assert (seen.code, seen.stderr) == (0, "")
    for name in ("late", "other"):
        assert sum(seconds for stack, seconds in seen.main.stacks.items() if any(frame == name for frame, _line in stack)) > 0.01, name


@oldest_and_newest_python
def test_its_own_handlers_and_output_come_through(python, tmp_path):
    text = 'import sys, atexit\natexit.register(lambda: print("bye"))\nsys.stdout.write("no newline")\nsys.stderr.write("err")\n'
    seen = probe(python, tmp_path, text)
    assert (seen.code, seen.stdout, seen.stderr) == (0, "no newlinebye\n", "err")


@oldest_and_newest_python
def test_effects_are_recorded_with_their_place(python, tmp_path):
    seen = probe(python, tmp_path, 'with open("out.txt", "w") as file:\n    file.write("x")\n')
    [write] = [effect for effect in seen.main.effects if effect["kind"] == "file-write"]
    assert write["target"] == os.path.realpath(str(tmp_path / "out.txt"))
    assert (write["inside"], write["line"]) == (True, 1)


def test_nothing_is_left_in_the_programs_folder(tmp_path):
    probe(sys.executable, tmp_path, "print(1)\n")
    assert sorted(os.listdir(str(tmp_path))) == ["script.py", "side"]
