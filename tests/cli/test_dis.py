"""`ringside dis` beside objdump: the same addresses, words, texts and labels."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import cli

OBJDUMP = shutil.which("riscv64-linux-gnu-objdump") or shutil.which("riscv64-unknown-elf-objdump")
LINE = re.compile(r"^ *([0-9a-f]+):\s+([0-9a-f]+)\s+(\S.*)$")


def canonical(text):
    """objdump's blanks, comments and jump targets (bare hex) as ours."""
    text = re.sub(r"\s+#.*$", "", text)
    text = re.sub(r"\s*<[^>]*>$", "", text.strip())
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"(?<=[ ,])(?:0x)?([0-9a-f]{8,16})$", r"0x\1", text)


def instructions(listing):
    found = {}
    for line in listing.splitlines():
        match = LINE.match(line)
        if match:
            address, word, text = match.groups()
            found[int(address, 16)] = (int(word, 16), canonical(text))
    return found


def labels(listing):
    return re.findall(r"^([0-9a-f]{16}) <(.+)>:$", listing, re.MULTILINE)


class Dis(cli.Test):
    def test_against_objdump(self):
        theirs = subprocess.run([OBJDUMP, "-d", "-M", "no-aliases", cli.GUEST], check=True,
                                capture_output=True, text=True).stdout
        ours = self.check_good("dis", cli.GUEST)
        self.assertGreater(len(instructions(theirs)), 40)
        self.assertEqual(instructions(ours), instructions(theirs))
        # objdump prints one of several labels at the same place, ours prints all.
        self.assertLessEqual(set(labels(theirs)), set(labels(ours)))
        self.assertEqual({at for at, _ in labels(theirs)}, {at for at, _ in labels(ours)})
        self.assertEqual(ours, self.check_good("dis", cli.GUEST, "--plain"))

    def test_raw(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "code.bin")
            with open(path, "wb") as file:
                file.write(bytes.fromhex("73000000" "0145" "ffffffff" "7300" "13"))
            out = self.check_good("dis", "--base", "0x1000", path)
            self.assertEqual([(a, t) for a, (_, t) in instructions(out).items()],
                             [(0x1000, "ecall"), (0x1004, "c.li a0,0"),
                              (0x1006, ".4byte 0xffffffff"), (0x100a, ".2byte 0x73"),
                              (0x100c, ".1byte 0x13")])
        elf = self.check_good("dis", "--raw", cli.GUEST)
        self.assertTrue(elf.startswith("raw at 0x80000000, "))

    def test_every_cut(self):
        """An ELF file cut short anywhere is listed or refused, never worse."""
        with open(cli.GUEST, "rb") as file:
            whole = file.read()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "cut.elf")
            for length in range(1, len(whole), max(1, len(whole) // 60)):
                with open(path, "wb") as file:
                    file.write(whole[:length])
                status, _, error = cli.run("dis", path)
                self.assertIn(status, (0, 2), length)
                self.assertEqual(bool(error), status == 2, length)


if not OBJDUMP:
    print("there is no objdump for RISC-V here")
    sys.exit(77)
cli.main()
