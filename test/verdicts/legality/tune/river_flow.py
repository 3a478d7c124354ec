class Reach:
    def __init__(self, inflow):
        self.flow = inflow
        self.downstream = None


reaches = [Reach((i * 37) % 11 / 10) for i in range(240_000)]
for upper, lower in zip(reaches, reaches[1:]):
    upper.downstream = lower

for reach in reaches:
    for hour in range(24):
        lost = reach.flow * 0.004 * (1 + hour % 5)
        reach.flow -= lost
    if reach.downstream is not None:
        reach.downstream.flow += reach.flow * 0.5 if reach.flow < 20 else 1.0
print(reaches[0].flow, reaches[500].flow, reaches[-1].flow)
