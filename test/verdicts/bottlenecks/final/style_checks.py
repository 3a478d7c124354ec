"""Runs the house's style check on each chapter of a book."""
import subprocess
import sys
import tempfile
from pathlib import Path

CHECK = '''
import sys
text = open(sys.argv[1]).read()
worst = 0
for start in range(0, len(text), 7):
    run = 0
    for letter in text[start:start + 40]:
        run = run + 1 if letter in 'aeiou' else 0
        worst = max(worst, run)
print(worst)
'''


def check(path):
    return int(subprocess.check_output([sys.executable, '-S', '-c', CHECK, str(path)]))


with tempfile.TemporaryDirectory() as folder:
    results = []
    for number in range(10):
        chapter = Path(folder) / f'chapter-{number}.txt'
        chapter.write_text('the queue moved on, %d voices said; ' % number * 1800)
        results.append(check(chapter))
print(results)
