#!/usr/bin/env python3
"""The comparison of the twin kernel: the same bytes on every run, with every cache dropped at random
moments too; the same console and files in the three ways; and exits an operation within the
paravirtual budget. Called by meson with the program."""
import json
import subprocess
import sys

program = sys.argv[1]
failed = []

# Most exits of one operation in pv. A system call is two, bounce and return, and carries its work.
BUDGET = {
    'null-call': 2, 'fault': 2, 'switch': 2, 'switch8': 2, 'switch16': 2, 'tick': 2, 'write': 2,
    'line': 1, 'mask': 0, 'compute': 0, 'memory': 0,
    'map64': 4,  # two calls: 64 pages mapped, 64 unmapped
    'block': 3,  # the call, and one kick: the answer is there before the call returns
}


def check(truth, sentence):
    if not truth:
        failed.append(sentence)


def compare(*options):
    run = subprocess.run([program, 'compare', '--json', *options], capture_output=True, text=True)
    check(run.returncode == 0, 'compare %s: status %d' % (' '.join(options), run.returncode))
    return run.stdout


first = compare()
check(first == compare(), 'two runs differ')
for seed in '1', '2':
    check(first == compare('--chaos', seed), 'a run with --chaos %s differs' % seed)
for prices in 'u54', 'none':
    report = json.loads(compare('--prices', prices))
    check(report['same_output'] and report['same_files'], 'prices %s: modes disagree' % prices)
report = json.loads(first)
check(report['same_output'], 'the modes print different things')
check(report['same_files'], 'the modes leave different disks')
workloads = {workload['name']: workload for workload in report['workloads']}
check(len(workloads) >= 12, 'there are only %d workloads' % len(workloads))
for name, workload in workloads.items():
    modes = workload['modes']
    operations = workload['operations']
    exits = {mode: modes[mode]['exits'] for mode in modes}
    print('%-10s exits an operation: trap %8.2f  pv %6.2f' % (name, exits['trap'] / operations,
                                                         exits['pv'] / operations))
    check(exits['native'] == 0, '%s: exits in native' % name)
    check(exits['pv'] <= exits['trap'], '%s: more exits in pv than in trap' % name)
    for mode in modes:
        check(sum(modes[mode]['exits_by_reason'].values()) == exits[mode],
              '%s, %s: reasons do not add up to exits' % (name, mode))
        check(sum(modes[mode]['time'].values()) == modes[mode]['cycles'],
              '%s, %s: times do not add up to cycles' % (name, mode))
for name, most in BUDGET.items():
    workload = workloads[name]
    each = workload['modes']['pv']['exits'] / workload['operations']
    check(each <= most + 0.05, '%s: %.2f exits in pv, %d are allowed' % (name, each, most))
for sentence in failed:
    print('FAIL: ' + sentence)
sys.exit(1 if failed else 0)
