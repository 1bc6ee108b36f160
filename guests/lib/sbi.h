/*
 * Calls to what runs below: the firmware, or a monitor that plays the firmware. One inline function
 * for each row of pv/hypercall.def, as sbi_EXTENSION_NAME; the numbers are SBI_EXTENSION and
 * SBI_EXTENSION_NAME. Addresses passed are physical ones of the guest.
 */
#ifndef GUESTS_LIB_SBI_H
#define GUESTS_LIB_SBI_H

#include "core/types.h"
#include "guests/lib/hypercall_numbers.h"

enum sbi_error {
	SBI_SUCCESS = 0,
	SBI_FAILED = -1,
	SBI_NOT_SUPPORTED = -2,
	SBI_INVALID_PARAMETER = -3,
	SBI_DENIED = -4,
	SBI_INVALID_ADDRESS = -5,
	SBI_INVALID_STATE = -10
};

struct sbi_result {
	s64 error; /* enum sbi_error */
	u64 value;
};

#include "guests/lib/hypercall_stubs.h"

/* Is the extension offered? */
static inline bool sbi_offers(u64 extension)
{
	struct sbi_result result = sbi_base_probe_extension(extension);
	return result.error == SBI_SUCCESS && result.value != 0;
}

#endif
