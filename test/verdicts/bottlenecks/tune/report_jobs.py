"""Starts the report program of each department in turn and gathers what they print."""
import subprocess
import sys

PROGRAM = '''
import sys
total = 0
for day in range(int(sys.argv[2])):
    total = (total * 31 + day * len(sys.argv[1])) % 1000003
print(sys.argv[1], total)
'''
DEPARTMENTS = ['sales', 'stock', 'legal', 'people', 'travel', 'safety', 'energy', 'fleet']
DAYS = 900_000

lines = []
for department in DEPARTMENTS:
    done = subprocess.run([sys.executable, '-S', '-c', PROGRAM, department, str(DAYS)], capture_output=True, text=True, check=True)
    lines.append(done.stdout.strip())
print('\n'.join(lines))
