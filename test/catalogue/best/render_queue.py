"""Runs an external renderer for each scene and checks its exit code."""
import subprocess
from concurrent.futures import ThreadPoolExecutor


class Renderer:
    def __init__(self, command):
        self.command = command

    def render(self, scene):
        done = subprocess.run([*self.command, str(scene)], stdout=subprocess.PIPE)
        return scene, done.returncode, done.stdout.decode().strip()


renderer = Renderer(["sh", "-c", 'sleep 0.07; echo "frame $0"; exit $(( $0 % 11 == 10 ))'])
frames = []
failed = []
with ThreadPoolExecutor(16) as pool:
    for scene, code, text in pool.map(renderer.render, range(36)):
        if code:
            failed.append(scene)
        else:
            frames.append(text)
print(len(frames), failed, frames[0], frames[-1])
