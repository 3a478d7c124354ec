"""A study of survey answers: cleans them, resamples them, and asks the old statistics program for the weights."""
import subprocess

import numpy as np


def clean(count):
    kept = []
    for number in range(count):
        value = number * 7919 % 10007
        if value % 11 and value > 30:
            kept.append(value / 100)
    return kept


def resample(values, turns):
    rng = np.random.default_rng(1)
    sample = np.asarray(values[:60_000])
    return [float(np.sort(rng.permutation(sample))[len(sample) // 3]) for _ in range(turns)]


def weights(pauses):
    found = []
    for pause in pauses:
        out = subprocess.run(['sh', '-c', f'sleep {pause}; echo $((17 * 3))'], capture_output=True, check=True)
        found.append(int(out.stdout))
    return found


answers = clean(3_200_000)
cuts = resample(answers, 110)
found = weights([0.12] * 5)
print(len(answers), round(sum(cuts) / len(cuts), 3), found)
