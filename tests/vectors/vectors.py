"""Our arithmetic against QEMU's: runs tests/vectors/vectors.c on both and compares what they print.

usage: vectors.py RINGSIDE GUEST QEMU PROGRAM
Where the specification is against QEMU its name stands in EXCEPTIONS, with the section.
"""
import subprocess
import sys

EXCEPTIONS = {
    "ctzw": "QEMU 7.2 counts past bit 31; bitmanip 1.0, 2.12: of a zero word it is 32",
}


def lines(command):
    run = subprocess.run(command, stdout=subprocess.PIPE, timeout=300, check=False)
    if run.returncode != 0:
        sys.exit(f"{command[0]} ended with status {run.returncode}")
    return run.stdout.decode().splitlines()


def main():
    ringside, guest, qemu, program = sys.argv[1:]
    ours = lines([ringside, "run", guest])
    theirs = lines([qemu, "-cpu", "rv64,zba=true,zbb=true,zbc=true,zbs=true", program])
    wrong = [f"ours {a}\nQEMU {b}" for a, b in zip(ours, theirs)
             if a != b and a.split()[0] not in EXCEPTIONS]
    print("\n".join(wrong))
    print(f"{len(ours)} lines, {len(wrong)} differ")
    if wrong or len(ours) != len(theirs) or len(ours) < 300:
        sys.exit(1)


main()
