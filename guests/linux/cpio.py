"""An initial RAM disk: a `newc` cpio archive, as the kernel unpacks it (the kernel's
Documentation/driver-api/early-userspace/buffer-format.rst). Same content, same bytes: entries are
sorted, times are zero, owners root. Called by `fetch`.
"""

import stat

ALIGNMENT = 4


class Archive:
    def __init__(self):
        self.entries = {"": (stat.S_IFDIR | 0o755, (0, 0), b"")}

    def _add(self, path, mode, data=b"", device=(0, 0)):
        parent = path.rpartition("/")[0]
        if parent not in self.entries:
            self.directory(parent)
        self.entries[path] = (mode, device, data)

    def directory(self, path):
        self._add(path, stat.S_IFDIR | 0o755)

    def file(self, path, data, executable=False):
        self._add(path, stat.S_IFREG | (0o755 if executable else 0o644), data)

    def link(self, path, target):
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, path, major, minor):
        self._add(path, stat.S_IFCHR | 0o600, device=(major, minor))

    def bytes(self):
        out = bytearray()
        paths = sorted(path for path in self.entries if path)
        for number, path in enumerate(paths, 1):
            mode, device, data = self.entries[path]
            links = 2 if stat.S_ISDIR(mode) else 1
            _put(out, path, number, mode, links, device, data)
        _put(out, "TRAILER!!!", 0, 0, 1, (0, 0), b"")
        return bytes(out)


def _put(out, path, number, mode, links, device, data):
    name = path.encode() + b"\0"
    fields = (number, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(name), 0)
    out += b"070701" + b"".join(b"%08X" % field for field in fields) + name
    out += bytes(-len(out) % ALIGNMENT)
    out += data
    out += bytes(-len(out) % ALIGNMENT)
