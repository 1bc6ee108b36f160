#!/usr/bin/env python3
"""One benchmark against its aim (emu/bench.def): fails when our CPU time is a larger multiple of
QEMU's than it should be. Ratios of one run say something on any host; times do not, and are only
shown. usage: benchmark.py RINGSIDE NAME"""

import json
import subprocess
import sys

SKIP = 77

program, name = sys.argv[1:]
out = subprocess.run([program, 'bench', '--repeat', '3', '--json', name], stdout=subprocess.PIPE,
                     text=True, check=True).stdout
row = json.loads(out)['benchmarks'][0]
if row['skipped'] or 'ratio' not in row:
    print(f'{name}: skipped:', 'F and D are missing' if row['skipped'] else 'QEMU is missing')
    sys.exit(SKIP)
each = f", {row['nanoseconds']:.1f} ns each" if 'nanoseconds' in row else ''
aim = f" (aim {row['aim_nanoseconds']:.0f})" if 'aim_nanoseconds' in row else ''
print(f"{name}: {row['ratio']:.2f} of QEMU's time (aim {row['aim_ratio']:.2f}), "
      f"{row['mips']:.0f} MIPS{each}{aim}")
sys.exit(row['ratio'] > row['aim_ratio'])
