# SPDX-License-Identifier: Apache-2.0
"""File systems of a test's own, that are small and fail, in a mount namespace that ends with this process."""
import ctypes
import os
import subprocess

CLONE_NEWNS = 0x00020000


def run(*command):
    subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)


def why_not():
    """Why this machine cannot mount what these tests need; None: it can."""
    if os.geteuid() != 0:
        return "only root may mount"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        return "no mount namespace: " + os.strerror(ctypes.get_errno())
    try:
        run("mount", "--make-rprivate", "/")
    except subprocess.CalledProcessError as error:
        return error.stderr
    return None


class FullDisk:
    """A tmpfs that a filler can fill."""
    def __init__(self, folder, mib):
        self.folder = folder
        folder.mkdir()
        run("mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", folder)

    def fill(self, leave=0):
        """All of it, but for `leave` bytes."""
        space = os.statvfs(self.folder)
        left = space.f_bavail * space.f_frsize - leave
        with open(self.folder / "filler", "wb", buffering=0) as filler:
            try:
                while left > 0:
                    left -= filler.write(bytes(min(left, 1 << 20)))
            except OSError:
                pass  # full

    def free(self):
        (self.folder / "filler").unlink()

    def end(self):
        run("umount", "--lazy", self.folder)


class BrokenDisk:
    """ext4 on a loop device whose file cannot grow: what was written is lost when it is flushed, that is told once, and
    the next fsync succeeds."""
    def __init__(self, folder):
        self.backing = FullDisk(folder / "backing", 48)
        self.folder = folder / "disk"
        self.folder.mkdir()
        image = self.backing.folder / "image"
        image.write_bytes(bytes(32 << 20))
        run("mkfs.ext4", "-q", "-b", "4096", image)
        image.write_bytes(image.read_bytes())  # all of it has room, also what mkfs left out
        run("mount", "-o", "loop", image, self.folder)
        run("fstrim", self.folder)  # but for what no file has yet

    def break_it(self):
        os.sync()  # what is there stays there
        self.backing.fill()

    def end(self):
        run("umount", "--lazy", self.folder)
        self.backing.end()
