#!/usr/bin/env python3
"""Examples in the documents are what the program prints: each indented block behind a comment
`<!-- checked: ringside ... -->` is compared with a run of that command. Called by meson with the
program and the source folder. With --update the blocks are replaced by what was printed."""
import glob
import os
import re
import subprocess
import sys

program, source = sys.argv[1:3]
update = '--update' in sys.argv
mark = re.compile(r'<!-- checked: ringside (.*) -->\n\n((?:    .*\n|\n)+)')
failed = checked = 0


def printed(command):
    run = subprocess.run([program] + command.split(), capture_output=True, text=True, check=True)
    return ''.join('    ' + line + '\n' if line else '\n' for line in run.stdout.splitlines())


for path in sorted(glob.glob(os.path.join(source, '**', '*.md'), recursive=True)):
    text = open(path).read()
    for match in mark.finditer(text):
        expected, actual = match.group(2).rstrip('\n'), printed(match.group(1)).rstrip('\n')
        checked += 1
        if expected == actual:
            continue
        if update:
            text = text.replace(match.group(2), actual + '\n\n')
            open(path, 'w').write(text)
            continue
        failed += 1
        print('%s: `ringside %s` prints something else now:' % (path, match.group(1)))
        print(actual)
if checked == 0:
    sys.exit('no checked example was found: the test has lost its subject')
print('%d examples checked' % checked)
sys.exit(1 if failed else 0)
