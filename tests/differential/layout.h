/*
 * Where everything lies in the RAM of a differential run, and how harness.S and the C side share
 * it. Only #defines: the assembler reads this too.
 *
 *	0x80000000  the harness, its variables behind it
 *	0x80010000  page tables
 *	0x80040000  scratch pages: what the drawn programs load and store
 *	0x80100000  group headers
 *	0x80400000  the drawn code
 *	0x80800000  the log: a record for every trap
 */
#ifndef DIFFERENTIAL_LAYOUT_H
#define DIFFERENTIAL_LAYOUT_H

#define LAYOUT_TABLES       0x80010000
#define LAYOUT_SCRATCH      0x80040000
#define LAYOUT_HEADERS      0x80100000
#define LAYOUT_CODE         0x80400000
#define LAYOUT_LOG          0x80800000
#define LAYOUT_LOG_END      0x82000000
#define LAYOUT_RAM_SIZE     0x04000000 /* the device tree lies at its end */

/* A group's header: the machine as the group finds it. Offsets in bytes. */
#define HEADER_PC           0   /* virtual address of its first instruction */
#define HEADER_START        8   /* physical addresses of its code: [start, end]; at end: ecall */
#define HEADER_END          16
#define HEADER_MSTATUS      24
#define HEADER_SATP         32
#define HEADER_MEDELEG      40
#define HEADER_MIDELEG      48
#define HEADER_MIE          56
#define HEADER_MIP          64
#define HEADER_STVEC        72
#define HEADER_MCOUNTEREN   80
#define HEADER_SCOUNTEREN   88
#define HEADER_NUMBER       96
#define HEADER_PMP          104 /* which protection rules: equal numbers, equal rules */
#define HEADER_PMPCFG       112
#define HEADER_PMPADDR      120 /* rules 0 to 3 */
#define HEADER_X            256 /* 0: the MPRV bit; n: register n */
#define HEADER_F            512 /* + 8 * n: floating-point register n */
#define HEADER_FCSR         768
#define HEADER_SIZE         1024

/* A record: what the machine looks like at a trap that reached machine level, 64-bit words. */
#define RECORD_MPRV         0   /* the MPRV bit, which the harness clears in mstatus */
#define RECORD_X            0   /* + n: register n */
#define RECORD_CSRS         32  /* 15 of them, in the order of record_names (compare.c) */
#define RECORD_SCAUSE       4   /* mcause is 0 */
#define RECORD_GROUP        47
#define RECORD_F            48  /* + n: floating-point register n */
#define RECORD_FCSR         80
#define RECORD_WORDS        81
#define RECORD_SIZE         (8 * RECORD_WORDS)

/* Traps that one group may take before the harness goes on to the next. */
#define GROUP_FUEL          32

/* The physical address of code at any of its virtual ones: aliases lie 1 GiB apart. */
#define CODE_ALIAS_BITS     30

/* The harness's variables, from `state` on. */
#define STATE_RECORD        0   /* where the next record goes */
#define STATE_GROUP         8   /* header of the running group */
#define STATE_GROUPS_END    16
#define STATE_FUEL          24
#define STATE_RETIRED       32  /* drawn instructions retired: not compared */
#define STATE_RETIRED_FROM  40
#define STATE_MPRV          48
#define STATE_T0            56
#define STATE_PMP           64
#define STATE_DUMMY         72
#define STATE_SIZE          80

#endif
