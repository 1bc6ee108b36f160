#!/usr/bin/env python3
"""The benchmark guests are right before they are fast: each ends with status 0 after one iteration
and prints the same line here and under QEMU. usage: test_bench.py RINGSIDE GUEST..."""

import os
import re
import shutil
import subprocess
import sys
import unittest

program, *guests = sys.argv[1:]
QEMU = 'qemu-system-riscv64'
RIGHT = re.compile(r'bench ([\w-]+): checksum 0x[0-9a-f]{16}, (\d+) operations$')
SKIPPED = re.compile(r'bench ([\w-]+): skipped, this hart lacks F and D$')


def name_of(guest):
    return os.path.basename(guest).removesuffix('.elf')


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300, check=False)
    return done.returncode, done.stdout.strip()


def here(guest, iterations):
    return run(program, 'run', '--bios', 'none', '--append', f'iterations={iterations}', guest)


def under_qemu(guest, iterations):
    return run(QEMU, '-M', 'virt', '-m', '128M', '-bios', 'none', '-display', 'none', '-monitor',
               'none', '-serial', 'stdio', '-kernel', guest, '-append', f'iterations={iterations}')


class Bench(unittest.TestCase):
    def check_line(self, guest, line):
        match = RIGHT.match(line)
        self.assertTrue(match, line)
        self.assertEqual(match[1], name_of(guest))
        return int(match[2])

    def test_list_names_the_guests(self):
        status, out = run(program, 'bench', '--list')
        self.assertEqual(status, 0)
        listed = [line.split()[0] for line in out.splitlines()]
        self.assertEqual(sorted(listed), sorted(map(name_of, guests)))

    def test_each_is_right_here(self):
        for guest in guests:
            with self.subTest(guest=name_of(guest)):
                status, line = here(guest, 1)
                self.assertEqual(status, 0, line)
                if not SKIPPED.match(line):
                    self.assertGreater(self.check_line(guest, line), 0)

    def test_iterations_are_obeyed(self):
        guest = next(g for g in guests if name_of(g) == 'csr')
        once, thrice = (self.check_line(guest, here(guest, n)[1]) for n in (1, 3))
        self.assertEqual(thrice, 3 * once)
        self.assertEqual(self.check_line(guest, here(guest, 0)[1]), 0)

    @unittest.skipUnless(shutil.which(QEMU), 'QEMU is not installed')
    def test_each_is_the_same_under_qemu(self):
        for guest in guests:
            with self.subTest(guest=name_of(guest)):
                status, line = under_qemu(guest, 1)
                self.assertEqual(status, 0, line)
                self.check_line(guest, line)
                mine = here(guest, 1)[1]
                if not SKIPPED.match(mine):
                    self.assertEqual(mine, line)

    def test_unknown_name(self):
        done = subprocess.run([program, 'bench', 'no-such'], capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ''))
        self.assertIn("'no-such'", done.stderr)

    def test_report(self):
        status, out = run(program, 'bench', '--repeat', '1', '--plain', 'device')
        self.assertEqual(status, 0, out)
        self.assertRegex(out, r'(?m)^device +\d+ .*\d\.\d .*read$')


unittest.main(argv=sys.argv[:1])
