#!/usr/bin/env python3
"""Turns pv/hypercall.def into what a guest includes: `numbers` (defines, for C and assembler) or
`stubs` (one inline C function a call). usage: hypercall.py numbers|stubs DEF OUTPUT"""

import re
import sys

EXTENSION = re.compile(r'^EXTENSION\((\w+),\s*(0x[0-9a-f]+),')
HYPERCALL = re.compile(r'^HYPERCALL\((\w+),\s*(\d+),\s*(\w+),\s*"([^"]*)",\s*"([^"]*)"\)')


def read(path):
    extensions, calls = [], []
    with open(path, encoding='utf-8') as source:
        for line in source:
            if match := EXTENSION.match(line):
                extensions.append(match.groups())
            elif match := HYPERCALL.match(line):
                extension, fid, name, arguments, words = match.groups()
                calls.append((extension, fid, name, arguments.split(), words))
    return extensions, calls


def numbers(extensions, calls):
    for name, eid in extensions:
        yield f'#define SBI_{name.upper()} {eid}'
    for extension, fid, name, _, _ in calls:
        yield f'#define SBI_{extension.upper()}_{name.upper()} {fid}'


def stub(extension, name, arguments, words):
    legacy = extension == 'legacy'
    number = f'SBI_{extension.upper()}_{name.upper()}'
    parameters = ', '.join(f'u64 {a}' for a in arguments) or 'void'
    kind = 's64' if legacy else 'struct sbi_result'
    yield f'/* {words} */'
    yield f'static inline {kind} sbi_{extension}_{name}({parameters})'
    yield '{'
    for i in range(max(len(arguments), 1 if legacy else 2)):
        value = f' = {arguments[i]}' if i < len(arguments) else ''
        yield f'\tregister u64 a{i} asm("a{i}"){value};'
    if not legacy:
        yield f'\tregister u64 a6 asm("a6") = {number};'
    yield f'\tregister u64 a7 asm("a7") = {number if legacy else "SBI_" + extension.upper()};'
    results = 1 if legacy else 2
    outputs = ', '.join(f'"{"+" if i < len(arguments) else "="}r"(a{i})' for i in range(results))
    inputs = [f'"r"(a{i})' for i in range(results, len(arguments))]
    inputs += ['"r"(a7)'] if legacy else ['"r"(a6)', '"r"(a7)']
    yield f'\tasm volatile("ecall" : {outputs} : {", ".join(inputs)} : "memory");'
    yield '\treturn (s64)a0;' if legacy else '\treturn (struct sbi_result){(s64)a0, a1};'
    yield '}'
    yield ''


def stubs(_, calls):
    for extension, _, name, arguments, words in calls:
        yield from stub(extension, name, arguments, words)


def main():
    what, source, output = sys.argv[1:]
    make = {'numbers': numbers, 'stubs': stubs}[what]
    with open(output, 'w', encoding='utf-8') as out:
        out.write('/* Made from pv/hypercall.def by guests/lib/hypercall.py. */\n')
        out.write('\n'.join(make(*read(source))) + '\n')


main()
