#!/usr/bin/env python3
"""The laws of the house that a machine can read off the sources: arrows between layers, headers that
stand alone, no state outside structs, the size and shape of files.

usage: layers.py LAW SOURCE-ROOT [ARGUMENT...]

Each law is a function that yields sentences about what breaks it. `planted.py` shows that each of
them finds what it is there to find."""

import pathlib
import re
import subprocess
import sys

LAYERS = ['core', 'cpu', 'pv', 'emu']
# What guests may use of the rest of the house: tables and integer names.
GUESTS_MAY = {'core/types.h', 'core/board.def', 'pv/hypercall.def'}
GENERATED = re.compile(r'^guests/lib/hypercall_(numbers|stubs)\.h$')
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)

LINES_MOST = 600
SOURCES = ('.c', '.h', '.S', '.def', '.lds')
# What a source never says: notes to oneself, and where on some machine it was written.
FORBIDDEN = [re.compile(pattern) for pattern in (
    r'\bTO[D]O\b', r'\bFIX[M]E\b', r'\bX[X]X\b', r'\bHA[C]K\b', r'\b[A]I\b', r'language [m]odel',
    r'\b[Ii]ssue #\d', r'/[w]ork/(main|shared)', r'/[r]oot/', r'/[h]ome/\w', r'/tmp/[b]uild')]


def files(root):
    """Every file of the project, as (name from the root, path)."""
    for path in sorted(pathlib.Path(root).rglob('*')):
        name = path.relative_to(root)
        hidden = any(part.startswith(('.', 'build')) for part in name.parts[:-1])
        if path.is_file() and not hidden:
            yield name.as_posix(), path


def sources(root, suffixes, folders):
    for name, path in files(root):
        if name.endswith(suffixes) and name.split('/')[0] in folders:
            yield name, path.read_text(encoding='utf-8')


def arrow_wrong(name, included):
    here, there = name.split('/')[0], included.split('/')[0]
    if here == 'guests':
        return there != 'guests' and included not in GUESTS_MAY
    return there not in LAYERS or LAYERS.index(there) > LAYERS.index(here)


def includes(root):
    """Includes are written from the root, exist, and point down."""
    for name, text in sources(root, SOURCES, LAYERS + ['guests']):
        for included in INCLUDE.findall(text):
            if GENERATED.match(included):
                continue
            if not (pathlib.Path(root) / included).is_file():
                yield f'{name}: includes "{included}", which is no file of the project'
            elif arrow_wrong(name, included):
                yield f'{name}: includes "{included}": the arrow points up'


def headers(root, compiler, cross, build):
    """Each header compiles alone, and twice."""
    common = ['-std=gnu11', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror', '-fsyntax-only',
              '-I', root, '-x', 'c', '-']
    for name, _ in sources(root, ('.h',), LAYERS + ['guests']):
        command = [compiler] + common
        if name.startswith('guests/'):
            command = cross.split() + ['-I', build, '-ffreestanding'] + common
        text = f'#include "{name}"\n#include "{name}"\n'
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            yield f'{name}: does not compile alone:\n{done.stderr}'


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


SYMBOL = re.compile(r'^[0-9a-f]+ (.{7}) (\S+)\s+([0-9a-f]+) (?:0x\S+ |\.hidden )*(\S+)$', re.M)


def state(_root, *libraries):
    """No symbol lies in memory that can be written. What only the loader writes (.data.rel.ro) can
    not."""
    for library in libraries:
        found = SYMBOL.findall(run('objdump', '-t', library))
        if len(found) < 10:
            yield f'{library}: no symbols found in it'
        for _, section, _, symbol in found:
            writable = section.startswith(('.data', '.bss', '.tdata', '.tbss', '*COM*'))
            if writable and not section.startswith('.data.rel.ro') and symbol != section:
                yield f'{pathlib.Path(library).name}: {symbol} lies in {section}'


def symbols(_root, *libraries):
    """A library uses nothing of those above it. They are given from the lowest up."""
    defined = [set(run('nm', '--defined-only', '-g', '--format=just-symbols', library).split())
               for library in libraries]
    for i, library in enumerate(libraries):
        used = set(run('nm', '-u', '--format=just-symbols', library).split())
        for above in range(i + 1, len(libraries)):
            for symbol in sorted(used & defined[above]):
                yield f'{pathlib.Path(library).name}: uses {symbol}, which is defined above it'


def shape(root):
    """The size of files, their line ends, and what they must not say."""
    for name, path in files(root):
        data = path.read_bytes()
        if b'\0' in data:
            continue
        text = data.decode('utf-8')
        lines = text.split('\n')
        if name.endswith(SOURCES + ('.py', '.md', 'meson.build')) and len(lines) - 1 > LINES_MOST:
            yield f'{name}: {len(lines) - 1} lines'
        if '\r' in text:
            yield f'{name}: has carriage returns'
        if text and not text.endswith('\n'):
            yield f'{name}: its last line has no end'
        for number, line in enumerate(lines, 1):
            if line != line.rstrip(' \t'):
                yield f'{name}:{number}: blanks at the end'
            for pattern in FORBIDDEN:
                if pattern.search(line):
                    yield f'{name}:{number}: says "{pattern.search(line).group()}"'


def style(root):
    """What can be told of the style of sources by reading them line by line."""
    for name, text in sources(root, SOURCES, LAYERS + ['guests', 'tests']):
        if not text.startswith('/*'):
            yield f'{name}: does not open with a paragraph'
        if re.search(r'\btypedef\s+(struct|union|enum)\s+(\w+\s+\w+;|\w*\s*\{)', text):
            yield f'{name}: a typedef of a struct'
        if name.endswith('.c') and re.search(r'^\s*#\s*if', text, re.M):
            yield f'{name}: conditional compilation'
        if name.endswith('.h') and not re.search(r'^#ifndef (\w+)\n#define \1$', text, re.M):
            yield f'{name}: has no include guard'


LAWS = {law.__name__: law for law in (includes, headers, state, symbols, shape, style)}


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in LAWS:
        sys.exit(__doc__)
    broken = list(LAWS[sys.argv[1]](*sys.argv[2:]))
    print('\n'.join(broken) or f'{sys.argv[1]}: kept')
    sys.exit(1 if broken else 0)


if __name__ == '__main__':
    main()
