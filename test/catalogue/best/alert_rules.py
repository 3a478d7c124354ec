"""Matches log lines with the rules of each host and counts the alerts."""
import re
from collections import Counter

HOSTS = 700
LEVELS = ("INFO", "WARN", "ERROR", "DEBUG")


def log_lines(count):
    for i in range(count):
        host = (i * 7907) % HOSTS
        yield host, f"{LEVELS[(i * 13) % 4]} host{host:04d} service-{i % 23} took {(i * 31) % 5000}ms"


def count_alerts(lines):
    alerts = Counter()
    patterns = {}
    for host, line in lines:
        pattern = patterns.get(host)
        if pattern is None:
            pattern = patterns[host] = re.compile(r"(WARN|ERROR) host%04d service-(\d+) took (\d+)ms" % host)
        match = pattern.match(line)
        if match and int(match.group(3)) > 2500:
            alerts[match.group(1), int(match.group(2))] += 1
    return alerts


if __name__ == "__main__":
    found = count_alerts(log_lines(35000))
    for key, number in sorted(found.items())[:10]:
        print(*key, number)
    print("total", sum(found.values()))
