"""Finds the tariff that was valid at the time of each call."""
import argparse


def tariff_at(starts, when):
    valid = -1
    for index, start in enumerate(starts):
        if start <= when:
            valid = index
        else:
            break
    return valid


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=180000)
    options = parser.parse_args()
    starts = [3 + 11 * i + (i * i) % 7 for i in range(1200)]
    used = [0] * (len(starts) + 1)
    for call in range(options.calls):
        when = (call * 7919) % 13500
        used[tariff_at(starts, when)] += 1
    print(max(used), used[-1], sum(index * count for index, count in enumerate(used)))


if __name__ == "__main__":
    main()
