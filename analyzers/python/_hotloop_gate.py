"""Decides whether an effect may happen in a rerun, and ends the run where it may not."""
import os

# Exit code of a run that the gate ended.
REFUSED = 94


def normal(path):
    """The one spelling under which paths are compared."""
    return os.path.normcase(os.path.realpath(path))


def under(path, folder):
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


class Gate:
    """Decides, before an effect happens, whether the person agreed to it.

    policy: {"own": [folders that may be changed freely], "kinds": [..], "targets": [..] (agreed to), "deny": [folders never touched],
    "refusal": path of the file that tells which effect ended the run, "main": pid of the program or None}
    """

    def __init__(self, policy):
        self.policy = policy
        self.own = [normal(folder) for folder in policy.get("own", ())]
        self.deny = [normal(folder) for folder in policy.get("deny", ())]
        if os.path.isdir("/dev/shm"):
            self.own.append("/dev/shm")
        self.kinds = frozenset(policy.get("kinds", ()))
        self.targets = frozenset(policy.get("targets", ()))
        self.hosts = frozenset(target.rpartition(":")[0] for target in self.targets)
        self.folders = frozenset(os.path.dirname(target) for target in self.targets if os.path.isabs(target))
        self.created = set()

    def allows(self, kind, target, inside):
        if kind in ("file-read", "native-io", "sleep"):
            return True
        if kind in ("file-write", "file-delete", "database") and os.path.isabs(target):
            if any(under(target, folder) for folder in self.own) or target in self.created:
                return True
            if any(under(target, folder) for folder in self.deny):
                return False
            if kind not in self.kinds:
                return False
            if target in self.targets:
                return True
            if kind == "file-write" and os.path.dirname(target) in self.folders and not os.path.lexists(target):
                self.created.add(target)
                return True
            return False
        if inside:
            return True
        if kind not in self.kinds:
            return False
        if kind == "network":
            return target in self.targets or target.rpartition(":")[0] in self.hosts
        return kind == "kill" or target in self.targets

    def refuse(self, row):
        """Writes the effect down and ends the whole run; does not return."""
        try:
            import json

            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            handle = os.open(self.policy["refusal"], flags, 0o600)
            os.write(handle, json.dumps(row).encode("utf-8"))
            os.close(handle)
        except Exception:  # noqa: BLE001, S110
            pass
        main = self.policy.get("main")
        if main and main != os.getpid():
            # A pool would only start the ended worker again: the program itself has to end, its supervisor ends the rest.
            import signal

            try:
                os.kill(main, getattr(signal, "SIGKILL", signal.SIGTERM))
            except OSError:
                pass
        os._exit(REFUSED)
