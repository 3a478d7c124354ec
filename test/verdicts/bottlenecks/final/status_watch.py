"""Watches the status of several machines until all of them are ready."""
import threading


class Machine:
    def __init__(self, number):
        self.number = number
        self.asked = 0

    def ready(self):
        self.asked += 1
        return self.asked > 20 + self.number


class Watch(threading.Thread):
    pause = 0.06

    def __init__(self, machine):
        super().__init__()
        self.machine = machine
        self.stop = threading.Event()

    def run(self):
        while not self.machine.ready():
            if self.stop.wait(self.pause):
                return


machines = [Machine(number) for number in range(5)]
watches = [Watch(machine) for machine in machines]
for watch in watches:
    watch.start()
for watch in watches:
    watch.join()
print([machine.asked for machine in machines])
