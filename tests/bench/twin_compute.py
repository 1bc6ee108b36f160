#!/usr/bin/env python3
"""The twin kernel's compute workload, native, here and under QEMU: instructions a second and the ratio
of CPU times, from one run, interleaved, with start-up taken off. A benchmark: it prints, and fails
only when something does not run. Called by meson with the program and twin.elf."""
import json
import resource
import shutil
import subprocess
import sys

program, twin = sys.argv[1:3]
FEW, MANY, ROUNDS = 1000, 100000, 3
qemu = shutil.which('qemu-system-riscv64')


def cpu_time(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, run


def words(operations):
    return 'bench=compute ops=%d poweroff' % operations


def here(operations):
    time, run = cpu_time([program, 'run', '--stats=json', '--append', words(operations), twin])
    return time, json.loads(run.stderr)


def there(operations):
    return cpu_time([qemu, '-M', 'virt', '-m', '128M', '-nographic', '-kernel', twin, '-append',
                     words(operations)])[0]


ours, theirs = [], []
for _ in range(ROUNDS):
    few, start = here(FEW)
    many, end = here(MANY)
    ours.append(many - few)
    if qemu:
        theirs.append(there(MANY) - there(FEW))


def instructions(stats):
    return stats['totals']['instructions'] if 'totals' in stats else stats['instructions']


time = sorted(ours)[ROUNDS // 2]
print('twin compute: %.0f MIPS' % ((instructions(end) - instructions(start)) / time / 1e6))
if qemu:
    print('CPU time is %.2f times that of qemu-system-riscv64' % (time / sorted(theirs)[ROUNDS // 2]))
else:
    print('skipped beside QEMU: there is no qemu-system-riscv64')
