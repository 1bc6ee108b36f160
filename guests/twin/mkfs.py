#!/usr/bin/env python3
"""Makes the first file system of the twin kernel: its programs and a few texts.
usage: mkfs.py FORMAT_H OUTPUT BLOCKS {PATH=FILE}...   (PATH alone: a directory)
The numbers of the format are read from fs_format.h; the types of inodes are those of abi.h."""

import re
import struct
import sys

DIRECTORY, FILE, CONSOLE = 1, 2, 3
INODES = 256


def numbers(path):
    with open(path, encoding='utf-8') as source:
        return {name: int(value, 0)
                for name, value in re.findall(r'\b(FS_\w+) = (\w+)', source.read())}


class Volume:
    def __init__(self, fs, blocks):
        self.fs, self.count = fs, blocks
        self.block = fs['FS_BLOCK']
        self.image = bytearray(blocks * self.block)
        self.bitmap = 1
        bitmap_blocks = -(-blocks // (8 * self.block))
        self.inodes = self.bitmap + bitmap_blocks
        self.data = self.inodes + INODES * fs['FS_INODE_SIZE'] // self.block
        self.next_block = self.data
        self.next_inode = fs['FS_ROOT']
        self.directories = {}

    def put(self, block, content):
        self.image[block * self.block:block * self.block + len(content)] = content

    def allocate(self, content):
        if self.next_block == self.count:
            sys.exit('mkfs.py: the volume is too small')
        block = self.next_block
        self.next_block += 1
        self.put(block, content)
        return block

    def number(self):
        number = self.next_inode
        self.next_inode += 1
        return number

    def write_inode(self, number, kind, content):
        pieces = [content[i:i + self.block] for i in range(0, len(content), self.block)]
        blocks = [self.allocate(piece) for piece in pieces]
        direct = blocks[:self.fs['FS_DIRECT']]
        direct += [0] * (self.fs['FS_DIRECT'] - len(direct))
        more = blocks[self.fs['FS_DIRECT']:]
        if len(more) > self.fs['FS_INDIRECT']:
            sys.exit('mkfs.py: a file is too large')
        indirect = self.allocate(struct.pack(f'<{len(more)}I', *more)) if more else 0
        size = self.fs['FS_INODE_SIZE']
        inode = struct.pack(f'<3I{len(direct)}II', kind, 1, len(content), *direct, indirect)
        at = self.inodes * self.block + number * size
        self.image[at:at + size] = inode

    def directory(self, path):
        """The entries of a directory, which is made if need be: [(name, inode number)]."""
        if path not in self.directories:
            number = self.number()
            self.directories[path] = [('.', number), ('..', number)]
            if path:
                parent, _, name = path.rpartition('/')
                above = self.directory(parent)
                self.directories[path][1] = ('..', above[0][1])
                above.append((name, number))
        return self.directories[path]

    def add(self, path, kind, content):
        parent, _, name = path.rpartition('/')
        entries = self.directory(parent)
        number = self.number()
        self.write_inode(number, kind, content)
        entries.append((name, number))

    def finish(self):
        for entries in self.directories.values():
            form = f'<I{self.fs["FS_ENTRY_SIZE"] - 4}s'
            content = b''.join(struct.pack(form, number, name.encode())
                               for name, number in entries)
            self.write_inode(entries[0][1], DIRECTORY, content)
        for block in range(self.next_block):
            self.image[self.bitmap * self.block + block // 8] |= 1 << block % 8
        self.put(0, struct.pack('<6I', self.fs['FS_MAGIC'], self.count, self.bitmap, self.inodes,
                                INODES, self.data))
        return self.image


def main():
    form, output, blocks, *specs = sys.argv[1:]
    volume = Volume(numbers(form), int(blocks))
    volume.directory('')
    volume.add('/console', CONSOLE, b'')
    for spec in specs:
        path, _, source = spec.partition('=')
        if source:
            with open(source, 'rb') as file:
                volume.add(path, FILE, file.read())
        else:
            volume.directory(path)
    with open(output, 'wb') as out:
        out.write(volume.finish())


main()
