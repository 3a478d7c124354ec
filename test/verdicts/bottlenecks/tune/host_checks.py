"""Runs the check command of each host and prints those which do not answer as they should."""
import argparse
import subprocess


class Check:
    def __init__(self, host, pause):
        self.host = host
        self.command = ['sh', '-c', f'sleep {pause}; echo {self.host} $(({self.host} % 5))']

    def state(self):
        child = subprocess.Popen(self.command, stdout=subprocess.PIPE)
        output, _ = child.communicate()
        return int(output.split()[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--hosts', type=int, default=25)
    parser.add_argument('--pause', type=float, default=0.06)
    options = parser.parse_args()
    states = [Check(host, options.pause).state() for host in range(options.hosts)]
    print([host for host, state in enumerate(states) if state == 4])


main()
