"""Which servers belong to the program itself: connecting to those is no effect on the outside."""
import os
import time


class Listening:
    """Which loopback ports, and socket files, belong to servers of the program's own process tree."""

    def __init__(self):
        import weakref

        self._weak = weakref.ref
        self._sockets = []
        self._ports = {}
        self._root = int(os.environ.get("HOTLOOP_ROOT") or 0) or os.getpid()

    def bound(self, sock):
        try:
            self._sockets = [known for known in self._sockets if known() is not None]
            self._sockets.append(self._weak(sock))
        except TypeError:
            pass

    def owns(self, port):
        """@param port: a number, or the path of a socket file."""
        # A client that connects a thousand times asks once in a while.
        known = self._ports.get(port)
        if known is None or time.monotonic() - known[1] > 2:
            known = self._ports[port] = (self._find(port), time.monotonic())
            if not known[0]:
                del self._ports[port]
        return known[0]

    def _find(self, port):
        for reference in list(self._sockets):
            sock = reference()
            try:
                name = None if sock is None else sock.getsockname()
                if name is not None and (name[1] if isinstance(name, tuple) else name) == port:
                    return True
            except Exception:  # noqa: BLE001, S112
                continue
        return self._tree_listens(port)

    def _tree_listens(self, port):
        # Linux only: the child that listens needs no hook of ours, and a port that the system chose is found too.
        inodes = set()
        for name in ("unix",) if isinstance(port, str) else ("tcp", "tcp6"):
            try:
                with open("/proc/self/net/" + name) as file:
                    for line in file:
                        fields = line.split(None, 7)
                        if name == "unix":
                            if len(fields) > 7 and fields[7].rstrip("\n") == port:
                                inodes.add("socket:[%s]" % fields[6])
                            continue
                        fields = line.split()
                        if len(fields) > 9 and fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                            inodes.add("socket:[%s]" % fields[9])
            except (OSError, ValueError):
                continue
        if not inodes:
            return False
        for pid in self.tree():
            folder = "/proc/%d/fd" % pid
            try:
                for name in os.listdir(folder):
                    try:
                        if os.readlink(os.path.join(folder, name)) in inodes:
                            return True
                    except OSError:
                        continue
            except OSError:
                continue
        return False

    def is_child(self, pid):
        """A process below the program; the supervisor, which the tree hangs from, is none."""
        return os.path.isdir("/proc/self") and pid != self._root and pid in set(self.tree())

    def tree(self):
        parents = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open("/proc/%s/stat" % name) as file:
                        parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
                except (OSError, ValueError, IndexError):
                    continue
        for pid in parents:
            above = pid
            while above:
                if above in (self._root, os.getpid()):
                    yield pid
                    break
                above = parents.get(above, 0)
