children = [[c for c in (2 * n + 1, 2 * n + 2 + n % 3) if c < 4_000] for n in range(4_000)]


def main():
    depths = []
    for root in list(range(4_000)) * 120:
        stack = [(root, 0)]
        deepest = nodes = 0
        while stack:
            node, depth = stack.pop()
            nodes += 1
            if depth > deepest:
                deepest = depth
            if nodes > 60:
                break
            for child in children[node]:
                stack.append((child, depth + 1))
        depths.append((deepest, nodes))
    print(depths[:4], depths[-1], sum(d for d, _ in depths))


main()
