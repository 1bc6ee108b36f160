#!/usr/bin/env python3
"""Software that was not written for this machine, unmodified from Debian's packages: U-Boot and
OpenSBI. What it must print is derived from its own files or from another machine (QEMU), not from an
earlier run here.

usage: realsystems.py TEST     (RINGSIDE: the program, GUESTS: the folder of built guests)

Exit status 77: skipped, since a package is not installed."""

import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

RINGSIDE = os.environ['RINGSIDE']
GUESTS = pathlib.Path(os.environ['GUESTS'])

U_BOOT = '/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin'
U_BOOT_MACHINE = '/usr/lib/u-boot/qemu-riscv64/u-boot.bin'
OPENSBI = '/usr/lib/riscv64-linux-gnu/opensbi/generic/'
PROMPT = b'\n=> '
COMMANDS = ['version', 'bdinfo', 'md {base} 8', 'crc32 {base} 1000', 'sleep 1', 'poweroff']
SECOND = 1_000_000_000  # cycles

# Lines of U-Boot's in which two machines may differ: they come from the device tree, which says what
# each machine has and is of another size.
DEVICES = re.compile(r'^(CPU:|Model:|Core:|Flash:|Working FDT|flash|fdt_blob|new_fdt|fdt_size| *reserved)')


def skip(reason):
    print(f'skipped: {reason}')
    sys.exit(77)


def need(path):
    if not os.path.exists(path):
        skip(f'there is no {path}')
    return path


def expect(truth, words):
    if not truth:
        sys.exit(f'wrong: {words}')


def ringside(guest, *options, script=None):
    """Runs a guest to its end; the console's text and the counters."""
    with tempfile.NamedTemporaryFile('w', suffix='.script') as lines:
        if script:
            lines.write(script)
            lines.flush()
            options += ('--script', lines.name)
        done = subprocess.run([RINGSIDE, 'run', '--stats=json', '--limit', '3G', *options, guest],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
    text = done.stdout.decode('ascii').replace('\r', '')
    errors = done.stderr.decode()
    expect(done.returncode == 0, f'exit status {done.returncode}: {text[-500:]}{errors[-500:]}')
    return text, json.loads(errors)


def session(base):
    """The script of a session at U-Boot's prompt."""
    yield 'timeout 20'
    yield 'expect Hit any key to stop autoboot'
    yield 'type \\x20'
    for command in COMMANDS:
        yield 'expect \\n=>\\x20'
        yield f'send {command.format(base=base)}'


def script(base):
    return '\n'.join(session(base)) + '\n'


def dump(base, data):
    """What `md` prints of 32 bytes."""
    for at in (0, 16):
        words = ' '.join(f'{word:08x}' for word in struct.unpack('<4I', data[at:at + 16]))
        text = ''.join(chr(c) if 32 <= c < 127 else '.' for c in data[at:at + 16])
        yield f'{base + at:08x}: {words}  {text}'


def check_session(text, base, data):
    lines = text.split('\n')
    expect(any(line.startswith('U-Boot 2') for line in lines), 'no banner')
    expect('DRAM:  128 MiB' in lines, 'the size of RAM')
    for line in dump(base, data):
        expect(line in lines, f'no line "{line}"')
    wanted = f'crc32 for {base:08x} ... {base + 0xfff:08x} ==> {zlib.crc32(data):08x}'
    expect(wanted in lines, f'no line "{wanted}"')
    expect(lines[-1] == '' and lines[-2] == 'poweroff ...', f'the end: {lines[-3:]}')


def cycles(counters):
    return counters['totals']['cycles']


def u_boot():
    """U-Boot as the guest of the built-in firmware and of the monitor: the same in each mode, and
    `sleep 1` takes a second of the machine's time."""
    need(U_BOOT)
    base = 0x80200000
    # It is loaded there; 0x100000 bytes on begins what it does not write to itself.
    at = 0x20000
    data = pathlib.Path(U_BOOT).read_bytes()[at:at + 0x1000]
    texts = []
    for mode in ('native', 'trap', 'pv'):
        text, counters = ringside(U_BOOT, '--mode', mode, script=script(f'{base + at:x}'))
        check_session(text, base + at, data)
        expect(SECOND <= cycles(counters) < 2 * SECOND, f'{cycles(counters)} cycles in mode {mode}')
        texts.append(text)
    expect(texts[0] == texts[1], 'native and trap print different texts')
    expect(texts[0] == texts[2], 'native and pv print different texts')


def u_boot_machine():
    """U-Boot that owns the bare machine, with no firmware below it."""
    need(U_BOOT_MACHINE)
    base = 0x80000000
    at = 0x20000
    data = pathlib.Path(U_BOOT_MACHINE).read_bytes()[at:at + 0x1000]
    text, counters = ringside(U_BOOT_MACHINE, '--bios', 'none', script=script(f'{base + at:x}'))
    check_session(text, base + at, data)
    expect(SECOND <= cycles(counters) < 2 * SECOND, f'{cycles(counters)} cycles')


def qemu_session(base):
    """The same session on QEMU; U-Boot's part of the console."""
    command = ['qemu-system-riscv64', '-M', 'virt', '-m', '128M', '-display', 'none', '-serial',
               'stdio', '-monitor', 'none', '-kernel', U_BOOT]
    steps = [(b'Hit any key to stop autoboot', b' ')]
    steps += [(PROMPT, f'{command.format(base=base)}\r'.encode()) for command in COMMANDS]
    heard, seen = b'', 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as machine:
        for wanted, answer in steps:
            while wanted not in heard[seen:]:
                piece = machine.stdout.read1(4096)
                expect(piece, f'QEMU ended before "{wanted}"')
                heard += piece.replace(b'\r', b'')
            seen = heard.index(wanted, seen) + len(wanted)
            machine.stdin.write(answer)
            machine.stdin.flush()
        heard += machine.stdout.read().replace(b'\r', b'')
    return heard.decode('ascii')


def u_boot_qemu():
    """U-Boot prints what it prints on QEMU, save what it reads from the device tree."""
    need(U_BOOT)
    if not shutil.which('qemu-system-riscv64'):
        skip('there is no qemu-system-riscv64')
    base = '80220000'
    here, _ = ringside(U_BOOT, script=script(base))
    there = qemu_session(base)
    both = []
    for text in (here, there):
        text = text[text.index('U-Boot 2'):]
        # How the countdown looks depends on when the key came.
        text = re.sub(r'(autoboot:).*', r'\1', text)
        both.append([line for line in text.split('\n') if not DEVICES.match(line)])
    print('\n'.join(f'here:  {one}\nthere: {other}' for one, other in zip(*both) if one != other))
    expect(both[0] == both[1], 'they differ')
    expect(len(both[0]) > 30, 'hardly anything was compared')


def behind(firmware, guest, **more):
    """Behind OpenSBI a guest prints after its banner what it prints on the built-in firmware."""
    path = str(GUESTS / guest)
    plain, _ = ringside(path, **more)
    text, counters = ringside(path, '--bios', firmware, **more)
    banner, found, rest = text.partition('Boot HART MEDELEG')
    expect(found and 'OpenSBI v' in banner, f'no banner from {firmware}')
    expect(re.search(r'Domain0 Next Address *: 0x0*80200000\n', banner), 'the next address')
    rest = rest.partition('\n')[2]
    expect(rest == plain, f'{guest} behind {firmware}:\n{rest}\ninstead of:\n{plain}')
    # All that firmware does, it does as code of the guest: nothing left the machine.
    expect(counters['totals'].get('firmware_calls', 0) == 0, 'calls to the built-in firmware')


def opensbi():
    for firmware in ('fw_jump.bin', 'fw_jump.elf', 'fw_dynamic.bin'):
        path = need(OPENSBI + firmware)
        behind(path, 'hello/hello.elf')
    for guest in ('traps', 'timer', 'paging', 'exits'):
        behind(OPENSBI + 'fw_jump.bin', f'{guest}/{guest}.elf')


def opensbi_twin():
    path = need(OPENSBI + 'fw_jump.bin')
    lines = ['expect $', 'send ls', 'expect $', 'send primes', 'expect $', 'send poweroff']
    behind(path, 'twin/twin.elf', script='\n'.join(lines) + '\n')


def opensbi_u_boot():
    """Three deep: OpenSBI, and U-Boot behind it."""
    need(U_BOOT)
    path = need(OPENSBI + 'fw_jump.bin')
    text, _ = ringside(U_BOOT, '--bios', path, script=script('80220000'))
    expect('OpenSBI v' in text and text.endswith('poweroff ...\n'), text[-300:])


TESTS = {test.__name__: test for test in (u_boot, u_boot_machine, u_boot_qemu, opensbi, opensbi_twin,
                                          opensbi_u_boot)}

if __name__ == '__main__':
    if len(sys.argv) != 2 or sys.argv[1] not in TESTS:
        sys.exit(__doc__)
    TESTS[sys.argv[1]]()
