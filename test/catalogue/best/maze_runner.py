"""Dijkstra on a graph of named places, with a heap."""
import heapq


def build(count):
    graph = {}
    for i in range(count):
        graph[f"n{i}"] = [
            (f"n{(i * 7 + 3) % count}", 3 + i % 11),
            (f"n{(i + 1) % count}", 5),
            (f"n{(i * 31 + 17) % count}", 2 + i % 29),
        ]
    return graph


def shortest(graph, start):
    distance = {start: 0}
    heap = [(0, start)]
    while heap:
        so_far, place = heapq.heappop(heap)
        if so_far > distance[place]:
            continue
        for neighbour, length in graph[place]:
            candidate = so_far + length
            if neighbour not in distance or candidate < distance[neighbour]:
                distance[neighbour] = candidate
                heapq.heappush(heap, (candidate, neighbour))
    return distance


distance = shortest(build(260000), "n0")
print(len(distance), max(distance.values()), sum(distance.values()))
