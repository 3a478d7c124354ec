"""Pi from points thrown at a square. The generator is its own, so that every machine gets the same points."""

POINTS = 9_000_000


def estimate_pi(points):
    state = 12345
    inside = 0
    for _ in range(points):
        state = (state * 1103515245 + 12345) % 2147483648
        x = state / 2147483648
        state = (state * 1103515245 + 12345) % 2147483648
        y = state / 2147483648
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / points


def main():
    print(f"pi is about {estimate_pi(POINTS):.6f} after {POINTS} points")


if __name__ == "__main__":
    main()
