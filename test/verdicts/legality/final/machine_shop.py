import heapq

JOBS = 2_100_000
free = [(0, m) for m in range(24)]
finished = []
for job in range(JOBS):
    at, machine = heapq.heappop(free)
    done = at + 3 + (job * 7919) % 41
    heapq.heappush(free, (done, machine))
    finished.append(done)
print(finished[:6], finished[-1], max(free))
