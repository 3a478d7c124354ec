def peaks_over(series, size):
    peaks = []
    for start in range(0, len(series) - size + 1):
        window = series[start:start + size]
        top = max(window)
        peaks.append(top - sum(window) / size)
    return peaks


series = [(i * i * 31 + i * 7) % 997 for i in range(820_000)]
peaks = peaks_over(series, 24)
print(len(peaks), peaks[0], peaks[-1], max(peaks))
