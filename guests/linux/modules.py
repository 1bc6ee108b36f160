"""Kernel modules of a Debian kernel package: which ones a module needs, and the two tables that
modprobe reads (depmod would make them when the package is installed). Called by `fetch`.
"""

import lzma
import pathlib
import re

from apt_root import Failure


class Module:
    def __init__(self, path, data):
        self.path = path  # below the modules' directory
        self.data = data  # the ELF file itself
        self.name = _name(path)
        fields = _information(data)
        self.needs = [_plain(name) for value in fields.get("depends", [])
                      for name in value.split(",") if name]
        self.aliases = fields.get("alias", [])


class Modules:
    def __init__(self, tree):
        """`tree`: an unpacked kernel package."""
        found = list(pathlib.Path(tree).glob("usr/lib/modules/*"))
        found = found or list(pathlib.Path(tree).glob("lib/modules/*"))
        if len(found) != 1:
            raise Failure("the kernel package does not hold the modules of one kernel")
        self.directory = found[0]
        self.version = self.directory.name
        self.files = {_name(path): path for path in sorted(self.directory.rglob("*.ko*"))}
        built_in = (self.directory / "modules.builtin").read_text().split()
        self.built_in = {_name(path) for path in built_in}

    def closure(self, names):
        """The named modules and what they need, the needed ones first; none that is built in."""
        chosen = {}

        def visit(name):
            if name in chosen or name in self.built_in:
                return
            if name not in self.files:
                raise Failure(f"kernel {self.version} has no module '{name}'")
            path = self.files[name]
            data = path.read_bytes()
            if path.suffix == ".xz":
                data = lzma.decompress(data)
                path = path.with_suffix("")
            module = Module(path.relative_to(self.directory).as_posix(), data)
            for need in module.needs:
                visit(need)
            chosen[name] = module

        for name in names:
            visit(_plain(name))
        return list(chosen.values())


def dependency_table(modules):
    """modules.dep: each module and all it needs, in the order in which to take them away."""
    by_name = {module.name: module for module in modules}

    def all_needs(module, seen):
        for need in module.needs:
            if need in by_name and need not in seen:
                seen.append(need)
                all_needs(by_name[need], seen)
        return seen

    return "".join(f"{module.path}: {' '.join(by_name[n].path for n in all_needs(module, []))}"
                   .rstrip() + "\n" for module in modules)


def alias_table(modules):
    """modules.alias: what devices and file systems ask for, and the module that serves it."""
    return "".join(f"alias {alias} {module.name}\n" for module in modules
                   for alias in module.aliases)


def _plain(name):
    return name.replace("-", "_")


def _name(path):
    return _plain(pathlib.PurePosixPath(path).name.partition(".ko")[0])


def _information(data):
    """The fields of the .modinfo section: strings `name=value` that end with zero."""
    fields = {}
    for match in re.finditer(rb"\0(alias|depends)=([^\0]*)", data):
        fields.setdefault(match[1].decode(), []).append(match[2].decode())
    return fields
