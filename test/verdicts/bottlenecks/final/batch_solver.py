"""Hands each region of a puzzle to a program of its own, all at once."""
import subprocess
import sys

SOLVER = '''
import sys
first, last = int(sys.argv[1]), int(sys.argv[2])
best = 0
for number in range(first, last):
    total, rest = 0, number
    while rest:
        rest, digit = divmod(rest, 7)
        total += digit * digit * digit
    best = max(best, total % 1009)
print(best)
'''
REGIONS = [(0, 450_000), (450_000, 900_000)]


def start(first, last):
    return subprocess.Popen([sys.executable, '-S', '-c', SOLVER, str(first), str(last)], stdout=subprocess.PIPE, text=True)


programs = [start(first, last) for first, last in REGIONS]
answers = [int(program.communicate()[0]) for program in programs]
print(max(answers), answers)
