"""A root disk: an ext4 image filled by debugfs from an unpacked tree, with all files root's, all
times zero and names in sorted order: same packages, same bytes. Called by `fetch`.
"""

import os
import pathlib
import re
import stat
import subprocess

from apt_root import Failure, run

MIB = 1 << 20
SPARE = 64 * MIB  # left free for the guest
INODES_SPARE = 4096
IDENTIFIER = "52696e67-7369-6465-8000-000000000000"

# What a read of an emulated disk does not need, and what this kernel driver does not know.
FEATURES = "^metadata_csum,^64bit,^resize_inode,^has_journal"


def build(image, tree, add):
    """`add`: {path: (bytes, mode) or a link's target}, laid over the tree."""
    tree = pathlib.Path(tree)
    for path, what in add.items():
        _lay(tree / path, what)
    paths = sorted(path for path in tree.rglob("*") if _wanted(path.relative_to(tree)))
    size = sum(_size(path) for path in paths) * 5 // 4 + SPARE
    size = (size + MIB - 1) // MIB * MIB
    # The tools write today's date where they are not told another; 1 stands for the epoch, since
    # 0 means "not told".
    environment = dict(os.environ, E2FSPROGS_FAKE_TIME="1", PATH=os.environ["PATH"] +
                       ":/usr/sbin:/sbin")
    new = image.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(new, "wb") as file:
        file.truncate(size)
    run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-O", FEATURES, "-U", IDENTIFIER, "-E",
        f"hash_seed={IDENTIFIER},root_owner=0:0,lazy_itable_init=0", "-m", "0", "-L", "ringside",
        "-N", str(len(paths) + INODES_SPARE), str(new), env=environment)
    script = image.with_suffix(".debugfs")
    script.write_text("".join(_commands(tree, path) for path in paths))
    said = run("debugfs", "-w", "-f", str(script), str(new), env=environment,
               stderr=subprocess.STDOUT)  # debugfs names what fails and goes on
    wrong = [line for line in said.splitlines()
             if not re.match(r"debugfs|Allocated inode: |$", line)]
    if wrong:
        raise Failure(f"debugfs could not fill the disk: {wrong[0]}")
    run("e2fsck", "-f", "-n", str(new), env=environment, stderr=subprocess.DEVNULL)
    script.unlink()
    new.rename(image)


def _wanted(path):
    """Documentation and translations stay at home."""
    return not re.match(r"usr/share/(doc|man|locale|info|lintian|bug)/", path.as_posix() + "/")


def _lay(path, what):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.exists():
        path.unlink()
    if isinstance(what, str):
        path.symlink_to(what)
    else:
        path.write_bytes(what[0])
        path.chmod(what[1])


def _size(path):
    return path.lstat().st_size if path.is_file() and not path.is_symlink() else 4096


def _commands(tree, path):
    """debugfs commands that make one file, root's and of no date."""
    name = "/" + path.relative_to(tree).as_posix()
    mode = path.lstat().st_mode
    if re.search(r'["\n]', name + str(path)):
        raise Failure(f"a file's name cannot be written for debugfs: '{name}'")
    if stat.S_ISLNK(mode):
        make = f'symlink "{name}" "{os.readlink(path)}"\n'
    elif stat.S_ISDIR(mode):
        make = f'mkdir "{name}"\n'
    elif stat.S_ISREG(mode):
        make = f'write "{path}" "{name}"\n'
    else:
        return ""
    fields = {"mode": f"0{mode:o}", "uid": 0, "gid": 0, "atime": 0, "mtime": 0, "ctime": 0,
              "crtime": 0}
    return make + "".join(f'set_inode_field "{name}" {field} {value}\n'
                          for field, value in fields.items())
