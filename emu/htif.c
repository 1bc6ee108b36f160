/*
 * Serving HTIF. See htif.h; called by the machine when the page of tohost was written to.
 */
#include "emu/htif.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/bits.h"

/* tohost: device in bits 63:56, command in 55:48, payload below. */
enum { DEVICE_SYSTEM = 0, DEVICE_CONSOLE = 1, CONSOLE_READ = 0, CONSOLE_WRITE = 1 };

/* System calls, of which the payload is the address: number, arguments; the result replaces it. */
enum { CALL_WRITE = 64, CALL_EXIT = 93, CALL_NONE = -38, CALL_MOST = 4096 };

static u64 word_of(const struct image *image, const char *name, const struct ram *ram)
{
	const struct image_symbol *symbol = image_symbol_named(image, name);

	return symbol && (symbol->address & 7) == 0 && ram_holds(ram, symbol->address, 8)
		? symbol->address : 0;
}

void htif_attach(struct htif *htif, const struct image *image, struct vm *vm)
{
	struct ram *ram = &vm->board.ram;

	htif->tohost = word_of(image, "tohost", ram);
	htif->fromhost = word_of(image, "fromhost", ram);
	htif->there = htif->tohost != 0;
	if (htif->there)
		*ram_flags(ram, htif->tohost) |= RAM_WATCHED;
}

static void print(struct vm *vm, const u8 *bytes, u64 length)
{
	vm->host.console_write(vm->host.self, 0, vm->vcpu[0].hart->cycle, bytes, length);
}

static void power_off(struct vm *vm, u64 status)
{
	vm->board.stop = (struct stop){ STOP_POWEROFF, status < 255 ? (u32)status : 255 };
}

static void system_call(struct vm *vm, u64 address)
{
	struct ram *ram = &vm->board.ram;
	u8 bytes[CALL_MOST];
	u64 call[4];
	s64 result = CALL_NONE;

	if (!ram_copy_out(ram, address, call, sizeof(call)))
		return;
	if (call[0] == CALL_EXIT) {
		power_off(vm, call[1]);
		return;
	}
	if (call[0] == CALL_WRITE) {
		u64 length = call[3] < CALL_MOST ? call[3] : CALL_MOST;

		result = -EFAULT;
		if (ram_copy_out(ram, call[2], bytes, length)) {
			print(vm, bytes, length);
			result = (s64)length;
		}
	}
	ram_copy_in(ram, address, &result, sizeof(result));
}

void htif_serve(const struct htif *htif, struct vm *vm)
{
	struct ram *ram = &vm->board.ram;
	u64 value = ram_read(ram, htif->tohost, 8);
	u64 payload = bits_get(value, 0, 48), answer = 1, nothing = 0;
	u8 byte = (u8)payload;

	if (!value)
		return;
	if (!ram_copy_in(ram, htif->tohost, &nothing, sizeof(nothing)))
		return; /* the guest made a page table of it */
	switch (bits_get(value, 56, 8)) {
	case DEVICE_SYSTEM:
		if (payload & 1) {
			power_off(vm, payload >> 1);
			return;
		}
		system_call(vm, payload);
		break;
	case DEVICE_CONSOLE:
		if (bits_get(value, 48, 8) == CONSOLE_READ)
			return; /* no byte yet: no answer */
		print(vm, &byte, 1);
		answer = (u64)DEVICE_CONSOLE << 56 | (u64)CONSOLE_WRITE << 48;
		break;
	default:
		return;
	}
	if (htif->fromhost)
		ram_copy_in(ram, htif->fromhost, &answer, sizeof(answer));
}

bool htif_signature(const struct image *image, const struct vm *vm, const char *path,
	u32 granularity, struct fault *fault)
{
	const struct image_symbol *begin = image_symbol_named(image, "begin_signature");
	const struct image_symbol *end = image_symbol_named(image, "end_signature");
	const struct ram *ram = &vm->board.ram;
	bool good;
	FILE *file;

	if (!begin || !end || end->address < begin->address
	    || !ram_holds(ram, begin->address, end->address - begin->address))
		return fault_set(fault, "--signature: the guest has no symbols begin_signature and"
			" end_signature around a part of RAM");
	file = fopen(path, "w");
	if (!file)
		return fault_set(fault, "'%s': %s", path, strerror(errno));
	for (u64 at = begin->address; at < end->address; at += granularity) {
		for (u32 i = granularity; i-- > 0;)
			fprintf(file, "%02x", at + i < end->address
				? (unsigned)*ram_bytes(ram, at + i) : 0);
		fputc('\n', file);
	}
	good = !ferror(file);
	if (fclose(file) != 0 || !good)
		return fault_set(fault, "'%s': %s", path, strerror(errno));
	return true;
}
