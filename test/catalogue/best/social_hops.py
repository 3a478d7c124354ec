"""Finds how many hops every member of a network is away from the founder."""
from collections import deque


def build_network(members):
    links = [[] for _ in range(members)]
    for member in range(1, members):
        other = (member * 48271) % 2147483647 % member
        links[member].append(other)
        links[other % 40].append(member)
        links[other].append(member)
    return links


def hops_from(links, start):
    distance = [-1] * len(links)
    distance[start] = 0
    queue = deque([start])
    while queue:
        member = queue.popleft()
        for friend in links[member]:
            if distance[friend] < 0:
                distance[friend] = distance[member] + 1
                queue.append(friend)
    return distance


members = 200000
distance = hops_from(build_network(members), 0)
print("reached", sum(d >= 0 for d in distance), "furthest", max(distance), "mean", sum(distance) / members)
