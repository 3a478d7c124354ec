"""Works out a small figure for each folder in a process of its own."""
from multiprocessing import Process, Queue


def figure(folder, results):
    results.put((folder, sum(size * folder % 17 for size in range(50))))


class Stats:
    def __init__(self):
        self.results = Queue()

    def collect(self, folders):
        found = {}
        for folder in range(folders):
            worker = Process(target=figure, args=(folder, self.results))
            worker.start()
            name, value = self.results.get()
            found[name] = value
            worker.join()
        return found


if __name__ == '__main__':
    found = Stats().collect(230)
    print(len(found), sum(found.values()))
