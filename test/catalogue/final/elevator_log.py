"""Keeps the newest entries of an elevator log at the front."""


def record(events, limit):
    log = []
    dropped = 0
    for event in range(events):
        floor = (event * 31 + event // 7) % 40
        log.insert(0, (event, floor))
        if len(log) > limit:
            log.pop()
            dropped += 1
    return log, dropped


log, dropped = record(190000, 60000)
print(len(log), dropped, log[0], log[-1])
print(sum(floor * (place % 5) for place, (_, floor) in enumerate(log)))
