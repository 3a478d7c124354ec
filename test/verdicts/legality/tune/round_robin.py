from collections import deque

workers = deque(["ana", "bo", "cy", "dee", "eli"])
jobs = [(j, (j * 7919) % 13) for j in range(1_201)] * 2600
plan = []
for job, effort in jobs:
    plan.append((job, workers[0]))
    if effort > 4:
        workers.rotate(-1)
    elif effort == 0:
        workers.rotate(2)
print(plan[1][1], plan[-1], sum(1 for _, who in plan if who == "cy"))
