"""Broken input through the program: whatever file it is given, it either runs a guest or says one
sentence and returns 2, with nothing on standard output. It is never killed and leaks nothing."""

import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["RINGSIDE"]
GUEST = os.environ["GUEST"]
BASE = 0x80000000
ENTRY = BASE + 0x200000
# lui t0, 0x100; lui t1, 5; addi t1, t1, 0x555; sw t1, 0(t0); j .
POWER_OFF = struct.pack("<5I", 0x001002B7, 0x00005337, 0x55530313, 0x0062A023, 0x0000006F)

# What a guest of nonsense may end with: power-off, its own status, the limit, waiting for ever.
RAN = set(range(0, 256)) - {2}


def elf(machine=243, bits=2, data=1, kind=2, entry=ENTRY, segments=None, **more):
    """A whole ELF file with one segment that powers the machine off, or with other fields."""
    segments = segments or [dict()]
    offset = 64 + 56 * len(segments)
    header = dict(phoff=64, phentsize=56, phnum=len(segments), shoff=0, shentsize=64, shnum=0,
                  shstrndx=0, version=1)
    header.update(more)
    out = b"\x7fELF" + bytes([bits, data, 1, 0]) + bytes(8)
    out += struct.pack("<HHIQQQIHHHHHH", kind, machine, header["version"], entry,
                       header["phoff"], header["shoff"], 0, 64, header["phentsize"],
                       header["phnum"], header["shentsize"], header["shnum"],
                       header["shstrndx"])
    for segment in segments:
        row = dict(type=1, flags=5, offset=offset, vaddr=ENTRY, paddr=ENTRY,
                   filesz=len(POWER_OFF), memsz=len(POWER_OFF), align=4)
        row.update(segment)
        out += struct.pack("<IIQQQQQQ", row["type"], row["flags"], row["offset"], row["vaddr"],
                           row["paddr"], row["filesz"], row["memsz"], row["align"])
    return out + POWER_OFF


class Input(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def path(self, content, name="input"):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as out:
            out.write(content)
        return path

    def start(self, *arguments, before=()):
        done = subprocess.run([*before, PROGRAM, *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr.decode(errors="replace")

    def check_refused(self, *arguments):
        status, out, error = self.start(*arguments)
        self.assertEqual((status, out), (2, b""), (arguments, error))
        self.assertRegex(error, r"\Aringside: [^\n]+\n\Z", arguments)

    def check_survives(self, what, *arguments):
        """Refused in the proper form, or run."""
        status, out, error = self.start("run", "--limit", "20k", "--mem", "16M", *arguments)
        if status == 2 and not out:
            self.assertRegex(error, r"\Aringside: [^\n]+\n\Z", what)
        else:
            self.assertIn(status, RAN, (what, error))
            self.assertNotRegex(error, "Sanitizer|runtime error", what)
        return status

    def test_whole(self):
        """The file that all others are made from is good."""
        self.assertEqual(self.start("run", self.path(elf()))[0], 0)
        self.assertEqual(self.start("run", GUEST)[0], 0)

    def test_truncated(self):
        whole = elf()
        for length in range(1, len(whole), 7):
            status = self.check_survives(length, self.path(whole[:length]))
            # From the magic number on it is an ELF file, and not a whole one.
            self.assertTrue(status == 2 or length < 4, length)

    def test_truncated_guest(self):
        with open(GUEST, "rb") as guest:
            whole = guest.read()
        for length in range(7, len(whole), 7 * (1 + len(whole) // 3500)):
            self.check_survives(length, self.path(whole[:length]))

    def test_changed_bytes(self):
        whole = elf(segments=[dict(), dict(paddr=ENTRY + 0x1000)])
        for place in range(4, 64 + 2 * 56):
            for value in (0x00, 0x7F, 0x80, 0xFF):
                if whole[place] == value:
                    continue
                changed = whole[:place] + bytes([value]) + whole[place + 1:]
                self.check_survives((place, value), self.path(changed))

    def test_wrong_kinds(self):
        for wrong in (elf(machine=62), elf(machine=0), elf(bits=1), elf(data=2), elf(kind=1),
                      elf(kind=4)):
            self.check_refused("run", self.path(wrong))
        with open("/proc/self/exe", "rb") as own:
            self.check_refused("run", self.path(own.read()))

    def test_wrong_segments(self):
        top = (1 << 64) - 16
        for wrong in (
                [dict(paddr=0)], [dict(paddr=BASE - 8)], [dict(paddr=top, vaddr=top)],
                [dict(paddr=BASE + (128 << 20) - 4)], [dict(paddr=BASE + (128 << 20))],
                [dict(memsz=4)], [dict(memsz=1 << 40)], [dict(memsz=top)], [dict(filesz=top)],
                [dict(offset=1 << 40)], [dict(offset=top)], [dict(filesz=1 << 20, memsz=1 << 20)],
                [dict(), dict()], [dict(), dict(paddr=ENTRY + 8)],
                [dict(), dict(paddr=ENTRY - 8, filesz=0, memsz=9)]):
            with self.subTest(segments=wrong):
                self.check_refused("run", self.path(elf(segments=wrong)))

    def test_wrong_headers(self):
        for wrong in (dict(phoff=1 << 40), dict(phoff=(1 << 64) - 8), dict(phnum=0xFFFF),
                      dict(phnum=0), dict(phentsize=1), dict(phentsize=0xFFFF),
                      dict(entry=0), dict(entry=(1 << 64) - 2), dict(entry=BASE + (1 << 40))):
            with self.subTest(header=wrong):
                self.check_survives(wrong, self.path(elf(**wrong)))

    def test_no_files(self):
        os.mkfifo(os.path.join(self.folder, "pipe"))
        for name in ("", self.folder, "/", "/nowhere", self.path(b""), "/dev/null", "/dev/zero",
                     os.path.join(self.folder, "pipe"), "x" * 5000, GUEST + "/", "\n", "\033[2J"):
            self.check_refused("run", name)
            self.check_refused("dis", name)
            self.check_refused("run", "--initrd=" + name, GUEST)
            self.check_refused("run", "--bios=" + (name or "?"), GUEST)
            self.check_refused("run", "--disk=" + name, GUEST)
        self.check_refused("run", "--prices=" + self.folder, GUEST)
        self.check_refused("run", "--prices=/nowhere", GUEST)

    def test_too_large(self):
        large = os.path.join(self.folder, "large")
        with open(large, "wb") as out:
            out.truncate(1 << 40)
        self.check_refused("run", large)
        self.check_refused("run", "--initrd", large, GUEST)
        self.check_refused("run", "--bios", large, GUEST)
        with open(large, "wb") as out:
            out.truncate((16 << 20) + 1)
        self.check_refused("run", "--mem", "16M", large)
        self.check_refused("run", "--mem", "1M", self.path(elf()))
        self.check_refused("run", "--disk", self.path(bytes(511)), GUEST)

    def test_raw_noise(self):
        for seed in range(40):
            noise = bytes((seed * 167 + i * i * 31 + (i >> 3) * seed) & 0xFF for i in range(2048))
            self.check_survives(seed, "--mode", ("native", "trap", "pv")[seed % 3],
                                self.path(noise))

    def test_leaks(self):
        valgrind = shutil.which("valgrind")
        if not valgrind:
            self.skipTest("there is no valgrind")
        with open(PROGRAM, "rb") as program:
            if b"__asan_init" in program.read():
                self.skipTest("valgrind cannot look into a program that has the sanitizers")
        before = (valgrind, "-q", "--error-exitcode=99", "--leak-check=full",
                  "--errors-for-leak-kinds=definite,indirect")
        whole = elf()
        wrong = [elf(machine=62), whole[:40], whole[:100], elf(segments=[dict(), dict()]),
                 elf(segments=[dict(memsz=1 << 40)]), b""]
        for content in wrong:
            status, out, error = self.start("run", self.path(content), before=before)
            self.assertEqual((status, out), (2, b""), error)
        for arguments in (("run", "--initrd=/nowhere", GUEST), ("run", "--frob", GUEST),
                          ("run", "--disk=" + self.path(b"x"), GUEST), ("dis", "/nowhere")):
            status, out, error = self.start(*arguments, before=before)
            self.assertEqual((status, out), (2, b""), error)
        status, _, error = self.start("run", self.path(whole), before=before)
        self.assertEqual(status, 0, error)


if __name__ == "__main__":
    unittest.main(argv=["input", "-v"])
