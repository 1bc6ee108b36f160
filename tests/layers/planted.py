#!/usr/bin/env python3
"""Faults planted in a small tree, each of which a law of layers.py must find; and one tree without,
where none may find anything.

usage: planted.py COMPILER"""

import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import layers

GOOD = {
    'core/low.h': '/*\n * Low.\n */\n#ifndef LOW_H\n#define LOW_H\nint low(int);\n#endif\n',
    'core/low.c': '/*\n * Low.\n */\n#include "core/low.h"\n'
                  'static const char *const names[] = { "a", "b" };\n'
                  'int low(int i) { return names[i & 1][0]; }\n'
                  + ''.join(f'int low{i}(void);\nint low{i}(void) {{ return {i}; }}\n'
                            for i in range(10)),
    'cpu/high.h': '/*\n * High.\n */\n#ifndef HIGH_H\n#define HIGH_H\n#include "core/low.h"\n'
                  'int high(int);\n#endif\n',
    'cpu/high.c': '/*\n * High.\n */\n#include "cpu/high.h"\nint high(int i) { return low(i); }\n'
                  + ''.join(f'int high{i}(void);\nint high{i}(void) {{ return {i}; }}\n'
                            for i in range(10)),
    'guests/g/g.h': '/*\n * Guest.\n */\n#ifndef G_H\n#define G_H\n#include "core/types.h"\n#endif\n',
    'core/types.h': '/*\n * Types.\n */\n#ifndef TYPES_H\n#define TYPES_H\n#endif\n',
}


def appended(name, text):
    return {name: GOOD[name] + text}


# law: what to plant, and what of it must be in the sentence
PLANTED = [
    ('includes', appended('core/low.c', '#include "cpu/high.h"\n'), 'points up'),
    ('includes', appended('core/low.c', '#include "low.h"\n'), 'no file of the project'),
    ('includes', appended('core/low.c', '#include "guests/g/g.h"\n'), 'points up'),
    ('includes', appended('guests/g/g.h', '#include "cpu/high.h"\n'), 'points up'),
    ('headers', appended('cpu/high.h', 'size_t lost(void);\n'), 'alone'),
    ('headers', appended('guests/g/g.h', 'int twice = 1;\n'), 'alone'),
    ('state', appended('core/low.c', 'int counter = 5;\n'), 'counter lies in .data'),
    ('state', appended('cpu/high.c', 'int *where(void);\n'
                       'int *where(void) { static int hidden; return &hidden; }\n'), 'hidden'),
    ('state', appended('cpu/high.c', '_Thread_local int mine;\n'), 'mine lies in .tbss'),
    ('state', appended('cpu/high.c', 'const char *changing[] = { "a" };\n'), 'changing lies in .data'),
    ('symbols', appended('core/low.c', 'int high(int);\nint up(void);\n'
                         'int up(void) { return high(1); }\n'), 'uses high'),
    ('shape', appended('core/low.c', '\n' * 600), 'lines'),
    ('shape', appended('core/low.c', 'int x;\r\n'), 'carriage'),
    ('shape', appended('core/low.c', 'int x; \n'), 'blanks'),
    ('shape', appended('core/low.c', 'int x;'), 'no end'),
    ('shape', appended('core/low.c', '/* TO' + 'DO */\n'), 'says'),
    ('shape', {'notes.md': 'in /wo' + 'rk/main/place\n'}, 'says'),
    ('style', {'core/low.c': 'int x;\n'}, 'paragraph'),
    ('style', appended('core/low.h', 'typedef struct a b;\n'), 'typedef'),
    ('style', appended('core/low.h', 'typedef enum { A } b;\n'), 'typedef'),
    ('style', appended('core/low.c', '#ifdef A\n#endif\n'), 'conditional'),
    ('style', {'core/low.h': '/*\n * Low.\n */\nint low(int);\n'}, 'guard'),
]


def library(compiler, root, layer):
    source = root / layer / ('low.c' if layer == 'core' else 'high.c')
    made = root / f'lib{layer}.a'
    subprocess.run([compiler, '-fPIE', '-I', root, '-c', source, '-o', root / f'{layer}.o'], check=True)
    subprocess.run(['ar', 'rcs', made, root / f'{layer}.o'], check=True)
    return str(made)


def broken(law, compiler, tree):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in tree.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode())
        arguments = []
        if law == 'headers':
            arguments = [compiler, compiler, folder]
        elif law in ('state', 'symbols'):
            arguments = [library(compiler, root, layer) for layer in ('core', 'cpu')]
        return list(layers.LAWS[law](folder, *arguments))


def main():
    compiler = sys.argv[1]
    wrong = 0
    for law in layers.LAWS:
        found = broken(law, compiler, GOOD)
        if found:
            wrong += 1
            print(f'{law}: nothing was planted, but it says: {found}')
        if law not in [row[0] for row in PLANTED]:
            wrong += 1
            print(f'{law}: nothing is planted for it')
    for law, change, words in PLANTED:
        found = broken(law, compiler, {**GOOD, **change})
        if len(found) != 1 or words not in found[0]:
            wrong += 1
            print(f'{law}: planted "{words}", found {found}')
    print(f'{len(PLANTED)} faults planted, {wrong} not found as they are')
    sys.exit(1 if wrong else 0)


main()
