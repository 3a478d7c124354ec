"""When the timer's signal came, told by the kernel. Standard library only, CPython 3.8 and later.

A signal is heard late for one of two reasons: the machine brought it late, or the interpreter was in a long instruction when it came. Only the second says
something about the program. Python writes a byte to its wake-up descriptor the moment that a signal comes; where that is a socket, the kernel stamps the
byte with the time.
"""
import struct
import sys
import time
from _signal import set_wakeup_fd

# SO_TIMESTAMPNS of <asm-generic/socket.h>, which few Pythons know by name.
_STAMPED = 35
_STAMP = struct.Struct("@ll")
_ANCILLARY = 64
# The program finds the first numbers of files free, as ever.
_HIGH = 300


class Arrival:
    """The wake-up descriptor of the process, while it is ours."""

    def __init__(self):
        self._reader = self._writer = None

    def open(self):
        """Takes the wake-up descriptor, if nobody has it and the system stamps what is sent; else every signal's arrival is unknown."""
        if self.taken or not sys.platform.startswith("linux"):
            return
        reader = writer = None
        try:
            import _socket

            reader, writer = (_moved(end) for end in _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_DGRAM))
            reader.setblocking(False)
            writer.setblocking(False)
            reader.setsockopt(_socket.SOL_SOCKET, _STAMPED, 1)
            writer.send(b"\0")
            self._reader, self._writer = reader, writer
            if self.seconds(1.0) is not None and self._take():
                return
        except (ImportError, OSError, ValueError, AttributeError, struct.error):
            pass
        self._reader = self._writer = None
        for end in (reader, writer):
            if end is not None:
                end.close()

    def _take(self):
        other = set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        if other != -1:
            set_wakeup_fd(other)
        return other == -1

    @property
    def taken(self):
        return self._writer is not None

    def files(self):
        """The numbers of its files, lowest first."""
        return [] if self._writer is None else sorted((self._reader.fileno(), self._writer.fileno()))

    def close(self):
        """Gives the wake-up descriptor back. Only the main thread can; elsewhere the descriptor stays, so that nothing else may come to have its number."""
        if self._writer is None:
            return
        try:
            set_wakeup_fd(-1)
        except ValueError:
            return
        reader, writer = self._reader, self._writer
        self._reader = self._writer = None
        reader.close()
        writer.close()

    def forget(self):
        """A signal was heard at once: when it came is not asked."""
        if self._reader is not None:
            try:
                self._reader.recv(1)
            except OSError:
                pass

    def seconds(self, longest):
        """How long ago the first signal came that Python has not been asked about; None: not known. @param longest: older ones are of an earlier time."""
        if self._reader is None:
            return None
        now = time.time()
        first = None
        try:
            while True:
                _data, ancillary, _flags, _address = self._reader.recvmsg(1, _ANCILLARY)
                whole, nano = _STAMP.unpack_from(ancillary[0][2])
                ago = now - whole - nano * 1e-9
                if first is None and ago <= longest:
                    first = max(0.0, ago)
        except (OSError, IndexError):
            # Empty; or a byte without its stamp.
            return first


def _moved(end):
    """A socket under a high number, closed in programs that this one starts."""
    import fcntl

    try:
        high = fcntl.fcntl(end.fileno(), fcntl.F_DUPFD_CLOEXEC, _HIGH)
        return type(end)(fileno=high)
    finally:
        end.close()
