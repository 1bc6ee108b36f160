/*
 * Everything privileged that the kernel does: one table of operations with two back ends.
 * ops_native.c owns the machine: CSRs, sret, sfence.vma, wfi, device registers. ops_para.c asks the
 * monitor instead (pv/ABI.md). Both files have the same functions in the same order: read them side
 * by side. boot.c chooses one; nobody else knows which. No other file of the kernel executes a
 * privileged instruction, makes a call to what runs below, or touches a device register.
 *
 * The para back end may put work off until `commit` or the return from the trap, and then does it
 * all in one call. So: pte_read sees what pte_write wrote, but the hardware sees it only when the
 * trap returns, or at commit, or once user_open has been called.
 */
#ifndef TWIN_OPS_H
#define TWIN_OPS_H

#include "guests/twin/frame.h"

/* One address space. The kernel's root maps the kernel and the user part; the user's root, in the
 * back end that needs it (two_roots), only the user part, through the same lower tables. */
struct roots {
	u64 kernel, user; /* frames; user 0: none */
	u64 asid;
};

struct ops {
	const char *name;
	const char *words;

	/* Traps. `start` comes first of all, with interrupts masked, before paging. trap_exit is a
	 * place to jump to with sp at a frame and interrupts masked, never to be called. */
	void (*start)(void);
	void (*trap_exit)(void);
	bool (*from_user)(const struct frame *frame);
	u64 (*user_status)(void); /* `status` for a frame that begins user code */

	/* Interrupts of this hart. save: masks them, and tells whether they were unmasked.
	 * idle: called masked; returns masked, after at least one interrupt was taken. */
	bool (*irq_save)(void);
	void (*irq_restore)(bool unmask);
	void (*idle)(void);

	/* Time, in ticks of the timebase; the interrupt that timer_set asks for comes once. */
	u64 (*time_read)(void);
	void (*timer_set)(u64 time);

	/* Page tables. Entries hold physical addresses as the guest counts them. paging_start turns
	 * translation on; a root is pinned while still all zeros and unpinned when zeros again. */
	u64 kernel_leaf;    /* bits that a leaf of the kernel's own part has */
	bool two_roots;
	bool tables_guarded; /* once paging is on, tables are only written through pte_write */
	void (*paging_start)(const struct roots *roots);
	u64 (*pte_read)(u64 entry);
	void (*pte_write)(u64 entry, u64 value);
	void (*root_pin)(u64 root);
	void (*root_unpin)(u64 root);
	void (*space_switch)(const struct roots *roots);
	/* Of the current space, whose roots they are: one page, everything. */
	void (*tlb_flush)(const struct roots *roots, u64 address);
	void (*tlb_flush_all)(const struct roots *roots);
	void (*asid_retire)(u64 asid); /* its translations will not be used again */
	void (*user_open)(void);       /* user memory may be touched until user_close */
	void (*user_close)(void);

	/* Devices. console_flush: text without a newline is to be seen too. console_read: the next
	 * byte, or -1 when there is none now. disk_start: its size in sectors of 512 bytes, 0 when
	 * there is no disk; buffers lie within RAM. */
	void (*console_write)(const char *bytes, size_t length);
	void (*console_flush)(void);
	int (*console_read)(void);
	u64 (*disk_start)(void);
	bool (*disk_read)(u64 sector, u32 count, void *to);
	bool (*disk_write)(u64 sector, u32 count, const void *from);

	/* Work that was put off, the workload markers, the end. */
	void (*commit)(void);
	void (*measure_begin)(const char *name, size_t length);
	void (*measure_end)(u64 operations);
	void (*power_off)(bool failure);
};

extern const struct ops ops_native, ops_para;
extern const struct ops *ops;

/* Is the monitor's interface there, complete? */
bool ops_para_offered(void);

#endif
