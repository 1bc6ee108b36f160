/*
 * The comparison as data: one guest's workloads, mode beside mode, and what the counters say about
 * each. Views (terminal, JSON, CSV) print it; nothing here prints.
 */
#ifndef PV_REPORT_H
#define PV_REPORT_H

#include "pv/vm.h"

enum { REPORT_MODES = 3 };

/* Workloads of this name measure what the markers' own system calls cost; it is taken off others. */
#define REPORT_CALIBRATION "empty"

struct report_cell {
	bool there;
	u64 operations;
	struct tally tally; /* of all operations, calibration taken off */
};

struct report_row {
	char name[WORKLOAD_NAME];
	struct report_cell cell[REPORT_MODES];
};

struct report {
	u32 modes;
	const struct virt_mode *mode[REPORT_MODES];
	u32 rows;
	struct report_row row[WORKLOADS];
	u64 table_bytes[REPORT_MODES]; /* most memory that the monitor's tables took */
};

/* Enters a finished workload of the mode in column `column`; its row, or null when there is no
 * place. `calibration` may be null. */
struct report_row *report_enter(struct report *report, u32 column, const struct workload *workload,
	const struct tally *calibration);

/*
 * Why is `later` dearer than `earlier`? Cycles of the difference, by who spends them: the
 * instructions that the guest executed, what the hardware charged for them beyond one cycle (traps,
 * CSRs, devices), monitor and firmware, waiting. The four are the whole difference.
 */
struct report_difference {
	s64 instructions, hardware, monitor, idle;
};
struct report_difference report_explain(const struct report_cell *earlier,
	const struct report_cell *later);

/* The `place`-th most frequent reason for exits; EXIT_REASONS when there are no more. */
u32 report_reason(const struct tally *tally, u32 place);

#endif
