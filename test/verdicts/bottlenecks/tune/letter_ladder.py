"""The shortest ladder between two words of a small list."""
from collections import deque

WORDS = 'cold cord card ward warm word worm corm corn born burn bern fern farm form fort foot root'.split()


class Ladder:
    def __init__(self, words):
        self.near = {word: [other for other in words if sum(a != b for a, b in zip(word, other)) == 1] for word in words}

    def climb(self, start, goal):
        waiting, seen = deque([[start]]), {start}
        while waiting:
            path = waiting.popleft()
            if path[-1] == goal:
                return path
            for word in self.near[path[-1]]:
                if word not in seen:
                    seen.add(word)
                    waiting.append(path + [word])
        return None


ladder = Ladder(WORDS)
print(ladder.climb('cold', 'warm'), ladder.climb('burn', 'root'))
