# Counts the lines of the files named that are neither blank nor comment, and prints an assembler file
# that defines the symbol ringside_lines_changed with the sum. Called by meson.
import re
import sys

lines = 0
for path in sys.argv[1:]:
    text = re.sub(r'/\*.*?\*/', '', open(path).read(), flags=re.S)
    lines += sum(1 for line in text.splitlines() if line.strip())
print('\t.globl\tringside_lines_changed')
print('\t.set\tringside_lines_changed, %d' % lines)
