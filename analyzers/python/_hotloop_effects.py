"""Sees what a program does to the world outside itself, through sys.addaudithook; with a policy, ends the run before it happens.

    recorder = Recorder(root)            # root: the project's folder
    install(recorder)                    # record only (the one run in place)
    install(recorder, policy)            # gate (every rerun), see _hotloop_gate.Gate
    recorder.rows()                      # [{"kind", "target", "count", "inside", "file", "line"}]; file and line where known

A hook can not be taken out again and sees only what CPython announces: C code that opens files or sockets itself stays unseen (its
known libraries are recorded as 'native-io' when the program imports them). A safety net, not a security boundary.
"""
import os
import sys
from _thread import _local, get_ident

from _hotloop_gate import Gate, normal, under
from _hotloop_listening import Listening

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_TARGETS = 500

_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_DEVICES = ("/dev/null", "/dev/tty", "/dev/zero", "/dev/urandom", "/dev/random", "/dev/stdin", "/dev/stdout", "/dev/stderr", "nul", "conout$", "conin$")
# C libraries with input or output that no hook sees; recorded when the program's own code imports them.
_NATIVE_IO = frozenset(
    "h5py netCDF4 tables pyarrow fastparquet duckdb lmdb plyvel rocksdb zmq grpc pycurl cv2 rasterio osgeo fiona mpi4py uvloop serial usb"
    " confluent_kafka tensorflow ray dask.distributed distributed pyspark polars av soundfile".split()
)
_NATIVE_DATABASES = frozenset("psycopg psycopg2 MySQLdb pymssql cx_Oracle oracledb pyodbc ibm_db clickhouse_driver teradatasql".split())
# Library files that start programs only to ask about the machine.
_ASKING = tuple(
    os.sep + name.replace("/", os.sep)
    for name in "platform.py uuid.py sysconfig.py _osx_support.py ctypes/util.py loky/backend/context.py matplotlib/font_manager.py".split()
)


def _library_folders():
    found = {HERE, os.path.realpath(sys.executable or HERE)}
    for name in ("os", "encodings"):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file:
            folder = os.path.dirname(os.path.abspath(file))
            found.add(os.path.dirname(folder) if name == "encodings" else folder)
    for entry in sys.path:
        if os.path.basename(entry) in ("site-packages", "dist-packages", "lib-dynload"):
            found.add(os.path.abspath(entry))
    version = "python%d.%d" % sys.version_info[:2]
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}:
        found.add(os.path.join(prefix, "lib", version))
        found.add(os.path.join(prefix, "Lib"))
    return tuple(sorted({normal(folder) for folder in found} | found))


def temp_folders():
    """Folders that count as temporary: the system's, the environment's and shared memory."""
    found = {"/tmp", "/var/tmp", "/dev/shm"} if os.name == "posix" else set()
    for name in ("TMPDIR", "TEMP", "TMP"):
        if os.environ.get(name):
            found.add(os.environ[name])
    return tuple(sorted({normal(folder) for folder in found if os.path.isdir(folder)}))


class Recorder:
    """Effects of this process, counted by kind and target. Safe to use from every thread; starts empty again in a forked child."""

    def __init__(self, root):
        """@param root: absolute folder whose files count as the program's own."""
        self.root = normal(root)
        self.temp = temp_folders()
        self.libraries = _library_folders()
        self.dropped = 0
        self._rows = {}
        self._user = {}
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.clear)

    def clear(self):
        self._rows = {}
        self.dropped = 0

    def rows(self):
        """JSON-safe list, in the order in which the effects were first seen."""
        return [dict(row) for row in list(self._rows.values())]

    def in_library(self, path):
        """@param path: normal, links resolved."""
        return any(under(path, folder) for folder in self.libraries)

    def is_user_file(self, filename):
        known = self._user.get(filename)
        if known is None:
            known = self._user[filename] = not filename.startswith("<") and not self.in_library(normal(filename))
        return known

    def is_inside(self, path):
        return under(path, self.root) or any(under(path, folder) for folder in self.temp)

    def add(self, kind, target, inside, frame=None):
        key = (kind, target)
        row = self._rows.get(key)
        if row is not None:
            row["count"] += 1
            return row
        if len(self._rows) >= MOST_TARGETS:
            self.dropped += 1
            return None
        row = {"kind": kind, "target": target, "count": 1, "inside": inside}
        while frame is not None:
            if self.is_user_file(frame.f_code.co_filename):
                row["file"] = os.path.abspath(frame.f_code.co_filename)
                row["line"] = frame.f_lineno
                break
            frame = frame.f_back
        self._rows[key] = row
        return row


def _text(value):
    try:
        return os.fsdecode(value)
    except TypeError:
        return str(value)


def _file_path(path, folder=-1):
    """Absolute, links resolved; None for a file that is already open."""
    if isinstance(path, int):
        return None
    path = _text(path)
    if not os.path.isabs(path) and isinstance(folder, int) and folder >= 0:
        try:
            path = os.path.join(os.readlink("/proc/self/fd/%d" % folder), path)
        except OSError:
            pass
    # The last part is not followed: deleting or replacing a link does not touch what it points to.
    head, tail = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(head), tail) if tail else os.path.realpath(head)


def _bytecode(path):
    return ".pyc" in path and os.path.basename(os.path.dirname(path)) == "__pycache__"


class _Hook:
    def __init__(self, recorder, gate):
        self.recorder = recorder
        self.gate = gate
        self.listening = Listening()
        self.busy = _local()
        self.names = {}
        self.seen_reads = {}
        self.own_code = {}
        see = self
        self.table = {
            "open": see.opened,
            "os.remove": lambda a, f: see.path("file-delete", a[0], a[1], f),
            "os.rmdir": lambda a, f: see.path("file-delete", a[0], a[1], f),
            "os.rename": see.renamed,
            "os.mkdir": lambda a, f: see.path("file-write", a[0], a[2], f),
            "os.chmod": lambda a, f: see.path("file-write", a[0], a[2], f),
            "os.chown": lambda a, f: see.path("file-write", a[0], a[3], f),
            "os.utime": lambda a, f: see.path("file-write", a[0], a[3], f),
            "os.truncate": lambda a, f: see.path("file-write", a[0], -1, f),
            "os.link": lambda a, f: see.path("file-write", a[1], a[3], f),
            "os.symlink": lambda a, f: see.path("file-write", a[1], a[2], f),
            "os.setxattr": lambda a, f: see.path("file-write", a[0], -1, f),
            "os.removexattr": lambda a, f: see.path("file-write", a[0], -1, f),
            "os.chflags": lambda a, f: see.path("file-write", a[0], -1, f),
            "winreg.SetValue": lambda a, f: see.effect("file-write", "registry", False, f),
            "winreg.CreateKey": lambda a, f: see.effect("file-write", "registry", False, f),
            "winreg.DeleteKey": lambda a, f: see.effect("file-delete", "registry", False, f),
            "winreg.DeleteValue": lambda a, f: see.effect("file-delete", "registry", False, f),
            "socket.connect": lambda a, f: see.connected(a[0], a[1], f),
            "socket.sendto": lambda a, f: see.connected(a[0], a[1], f),
            "socket.sendmsg": lambda a, f: a[1] is not None and see.connected(a[0], a[1], f),
            "socket.bind": see.bound,
            "socket.getaddrinfo": see.looked_up,
            "socket.gethostbyname": see.looked_up,
            "subprocess.Popen": lambda a, f: see.started(a[0], a[1], f),
            "os.system": lambda a, f: see.started("sh", ["sh", "-c", _text(a[0])], f),
            "os.exec": lambda a, f: see.started(a[0], a[1], f),
            "os.posix_spawn": lambda a, f: see.started(a[0], a[1], f),
            "os.spawn": lambda a, f: see.started(a[1], a[2], f),
            "os.startfile": lambda a, f: see.started(a[0], [a[0]], f),
            "pty.spawn": lambda a, f: see.started(a[0][0], a[0], f),
            "sqlite3.connect": see.database,
            "os.kill": see.killed,
            "os.killpg": see.killed,
            "signal.pthread_kill": lambda a, f: None,
            "ctypes.dlopen": see.library,
            "import": see.imported,
        }

    def __call__(self, event, arguments):
        handler = self.table.get(event)
        if handler is None:
            return
        if event == "import" and arguments[0] not in _NATIVE_IO and arguments[0] not in _NATIVE_DATABASES:
            return
        busy = self.busy
        if getattr(busy, "now", False):
            return
        busy.now = True
        try:
            frame = sys._getframe(1)
            name = frame.f_code.co_filename
            own = self.own_code.get(name)
            if own is None:
                own = self.own_code[name] = os.path.dirname(name) == HERE
            if not own:
                handler(arguments, frame)
        except Exception:  # noqa: BLE001, S110
            # Whatever goes wrong in here must not reach the program.
            pass
        finally:
            busy.now = False

    def effect(self, kind, target, inside, frame):
        row = self.recorder.add(kind, target, inside, frame)
        gate = self.gate
        if gate is not None and not gate.allows(kind, target, inside):
            gate.refuse(row or {"kind": kind, "target": target, "count": 1, "inside": inside})

    def path(self, kind, path, folder, frame):
        target = _file_path(path, folder)
        if target is None or _bytecode(target):
            return
        self.effect(kind, target, self.recorder.is_inside(os.path.normcase(target)), frame)

    def opened(self, arguments, frame):
        path, mode, flags = arguments[0], arguments[1], arguments[2]
        if isinstance(path, int):
            return
        writes = bool(flags & _WRITE_FLAGS) if isinstance(flags, int) and (flags or mode is None) else bool(set(mode or "r") & set("wax+"))
        if not writes:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                return
        text = _text(path)
        if not writes:
            # Relative names mean another file after a chdir.
            key = text if os.path.isabs(text) else (os.getcwd(), text)
            known = self.seen_reads.get(key)
            if known is not None:
                if known:
                    self.recorder.add("file-read", known, True)
                return
        if text.lower() in _DEVICES or text.startswith(("/dev/pts/", "/dev/fd/")):
            return
        target = os.path.realpath(text)
        if writes:
            if not _bytecode(target):
                self.effect("file-write", target, self.recorder.is_inside(os.path.normcase(target)), frame)
            return
        normal = os.path.normcase(target)
        if target.startswith(("/proc/", "/sys/", "/dev/")) or self.recorder.in_library(normal) or os.path.isdir(target):
            target = ""
        else:
            self.effect("file-read", target, self.recorder.is_inside(normal), frame)
        if len(self.seen_reads) < 4 * MOST_TARGETS:
            self.seen_reads[key] = target

    def renamed(self, arguments, frame):
        source, target = arguments[0], arguments[1]
        old = _file_path(source, arguments[2])
        new = _file_path(target, arguments[3])
        if old is None or new is None or _bytecode(new):
            return
        self.effect("file-delete", old, self.recorder.is_inside(os.path.normcase(old)), frame)
        self.effect("file-write", new, self.recorder.is_inside(os.path.normcase(new)), frame)

    def connected(self, sock, address, frame):
        if isinstance(address, (str, bytes)):
            path = _text(address)
            if not path or path.startswith("\0"):
                return
            target = _file_path(path)
            self.effect("network", target, self.listening.owns(path), frame)
            return
        if not isinstance(address, tuple) or len(address) < 2:
            self.effect("network", "socket family %s" % int(sock.family), False, frame)
            return
        host, port = str(address[0]), address[1]
        if host.startswith("127.") or host in ("::1", "localhost", "", "0.0.0.0", "::"):
            self.effect("network", "%s:%s" % (host, port), self.listening.owns(port), frame)
            return
        self.effect("network", "%s:%s" % (self.names.get((get_ident(), str(port)), host), port), False, frame)

    def bound(self, arguments, frame):
        sock, address = arguments[0], arguments[1]
        self.listening.bound(sock)
        if isinstance(address, tuple) and len(address) >= 2:
            host = str(address[0])
            if not (host.startswith("127.") or host in ("::1", "localhost")) and int(sock.type) & 0xF == 1:
                self.effect("network", "listen %s:%s" % (host or "0.0.0.0", address[1]), False, frame)

    def looked_up(self, arguments, frame):
        host = arguments[0]
        if host is None:
            return
        host = _text(host)
        port = str(arguments[1]) if len(arguments) > 1 else ""
        if not host or host == "localhost" or host.replace(".", "").isdigit() or ":" in host:
            self.names.pop((get_ident(), port), None)
            return
        if len(self.names) > MOST_TARGETS:
            self.names.clear()
        self.names[(get_ident(), port)] = host
        import socket

        if host != socket.gethostname():
            self.effect("network", "%s:%s" % (host, port) if port and port != "None" else host + ":0", False, frame)

    def started(self, program, arguments, frame):
        caller, depth = frame, 0
        while caller is not None and depth < 8:
            name = caller.f_code.co_filename
            if name.endswith(_ASKING) and not self.recorder.is_user_file(name):
                return
            caller, depth = caller.f_back, depth + 1
        if isinstance(arguments, (str, bytes)):
            arguments = [arguments]
        words = [_text(word) for word in (arguments or [program])]
        target = _text(program if program is not None else words[0])
        if len(words) >= 3 and words[1] in ("-c", "/c") and os.path.basename(target) in ("sh", "bash", "cmd.exe", "cmd"):
            target = "%s %s %s" % (os.path.basename(target), words[1], (words[2].split() or [""])[0][:120])
        self.effect("subprocess", target, False, frame)

    def database(self, arguments, frame):
        name = _text(arguments[0])
        if name in ("", ":memory:") or name.startswith("file::memory:") or "mode=memory" in name:
            return
        path = name[5:].split("?")[0] if name.startswith("file:") else name
        target = os.path.realpath(path)
        self.effect("database", target, self.recorder.is_inside(os.path.normcase(target)), frame)

    def killed(self, arguments, frame):
        pid, number = arguments[0], arguments[1]
        if number == 0 or pid == os.getpid():
            return
        # Ends a process that the program started itself: that start was already seen.
        if not self.recorder.is_user_file(frame.f_code.co_filename) and os.path.basename(os.path.dirname(frame.f_code.co_filename)) == "multiprocessing":
            return
        name = os.path.basename(frame.f_code.co_filename)
        own = name == "subprocess.py" and not self.recorder.is_user_file(frame.f_code.co_filename)
        self.effect("kill", "signal %s" % int(number), own or self.listening.is_child(pid), frame)

    def library(self, arguments, frame):
        name = arguments[0]
        while frame is not None and os.path.basename(os.path.dirname(frame.f_code.co_filename)) == "ctypes":
            frame = frame.f_back
        if name and frame is not None and self.recorder.is_user_file(frame.f_code.co_filename):
            self.effect("native-io", _text(name), False, frame)

    def imported(self, arguments, frame):
        name = arguments[0]
        caller = frame
        while caller is not None and caller.f_code.co_filename.startswith("<frozen importlib"):
            caller = caller.f_back
        if caller is not None and self.recorder.is_user_file(caller.f_code.co_filename):
            self.effect("database" if name in _NATIVE_DATABASES else "native-io", name, False, frame)


def install(recorder, policy=None):
    """Starts recording; with a policy (see _hotloop_gate.Gate) the run ends at the first effect that it does not allow.

    @returns the recorder.
    """
    sys.addaudithook(_Hook(recorder, None if policy is None else Gate(policy)))
    return recorder
