samples = [((i * 1103515245 + 12345) % 65536 - 32768) / 32768 for i in range(20_000)] * 760


def total_energy(signal):
    energy = 0.0
    for s in signal:
        window = 1.0 - s * s * 0.5
        energy += s * s * window
    return energy


print(total_energy(samples))
