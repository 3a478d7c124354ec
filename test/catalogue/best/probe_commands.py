"""Runs the same probe for many targets and collects what each one says."""
import subprocess
from concurrent.futures import ThreadPoolExecutor


def probe(target):
    script = f"sleep 0.06; echo {target} $(( ({target} * 7919 + 5) % 1013 ))"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    name, value = done.stdout.split()
    return int(name), int(value)


with ThreadPoolExecutor(16) as pool:
    results = dict(pool.map(probe, range(40)))
print(len(results), list(results)[:5], sum(results.values()), max(results, key=results.get))
