/*
 * `ringside run`: a machine from the options, run until it ends, with the console, the script and
 * the disks around it. The machine runs in stretches; between two of them keys are looked for and
 * output is written. Where a stretch ends changes nothing in the machine.
 */
#include "emu/machine.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "emu/guest.h"
#include "emu/host_console.h"
#include "emu/host_disk.h"
#include "emu/host_net_user.h"
#include "emu/host_ports.h"
#include "emu/script.h"
#include "emu/verb.h"
#include "emu/view/stats.h"

enum {
	STRETCH = 20000000,      /* cycles */
	PACE_GRAIN = 2000000,    /* idle cycles (of 1 ns) that are waited for at once */
};

enum run_end { RUN_POWEROFF, RUN_LIMIT, RUN_STUCK, RUN_SCRIPT, RUN_LEFT, RUN_DEAF, RUN_FAULT };

static const char *const run_end_names[] = {
	"poweroff", "limit", "stuck", "script", "left", "output-closed", "fault"
};

struct run {
	const struct options *options;
	struct guest guest;
	struct machine_config config;
	struct machine *machine;
	struct console console;
	struct script script;
	bool scripted;
	struct host_ports ports;
	struct disk disk[OPTION_DISKS], ata;
	struct user_net *net;
	u32 disks;
	bool has_ata;
	u64 idle;         /* cycles skipped and not yet waited for */
	u64 steps_before; /* made before the last reboot */
	u32 reboots;
};

/* Setting up. */

static bool open_disks(struct run *run, struct fault *fault)
{
	const struct options *options = run->options;

	for (; run->disks < options->disks.count; run->disks++) {
		const struct option_disk *given = &options->disks.disk[run->disks];
		struct disk *disk = &run->disk[run->disks];

		if (!disk_open(disk, given->path, given->write, fault))
			return false;
		run->config.disk[run->config.disks++] = disk_host(disk);
	}
	if (!options->ata.path)
		return true;
	if (!disk_open(&run->ata, options->ata.path, options->ata.write, fault))
		return false;
	run->has_ata = run->config.has_ata = true;
	run->config.ata = disk_host(&run->ata);
	return true;
}

static bool plug_network(struct run *run, struct fault *fault)
{
	const struct option_net *given = &run->options->net;
	struct user_net_forward forwards[OPTION_FORWARDS];

	if (!given->given)
		return true;
	run->config.nets = 1;
	run->config.net[0] = (struct host_net){ .mac = { 2, 0, 0, 0, 0, 1 } };
	if (!given->user)
		return true;
	for (u32 i = 0; i < given->count; i++)
		forwards[i] = (struct user_net_forward){ given->forward[i].host,
			given->forward[i].guest };
	run->net = user_net_create(forwards, given->count, fault);
	if (!run->net)
		return false;
	run->config.net[0] = user_net_host(run->net);
	return true;
}

/* At a terminal, and while the outside world has a part in the guest's network, idle time passes as
 * it would on hardware; elsewhere nobody waits for it. */
static void pace(void *self, u64 cycles)
{
	struct run *run = self;
	bool terminal = run->console.terminal && !(run->scripted && !script_done(&run->script));
	bool network = run->net && user_net_busy(run->net);

	if (!terminal && !network)
		return;
	run->idle += cycles;
	if (run->idle < PACE_GRAIN)
		return;
	if (network)
		user_net_wait(run->net, run->idle);
	else
		console_wait(&run->console, run->idle);
	run->idle = 0;
}

static const struct virt_mode *mode_named(const char *name)
{
	static const struct virt_mode *const modes[] = { &mode_native, &mode_trap, &mode_pv };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i]->name, name))
			return modes[i];
	return NULL;
}

static bool configure(struct run *run, struct fault *fault)
{
	const struct options *options = run->options;
	struct machine_config *config = &run->config;

	config->mode = mode_named(options->mode);
	config->memory = options->memory;
	config->harts = options->harts;
	config->firmware = !strcmp(options->bios, "auto") ? FIRMWARE_AUTO
		: !strcmp(options->bios, "builtin") ? FIRMWARE_BUILTIN
		: !strcmp(options->bios, "none") ? FIRMWARE_NONE : FIRMWARE_FILE;
	config->firmware_path = config->firmware == FIRMWARE_FILE ? options->bios : NULL;
	if (options->arguments) {
		if (!guest_find(options->argument[0], &run->guest, fault))
			return false;
		config->guest = run->guest.path;
	}
	config->initrd = options->initrd ? options->initrd
		: run->guest.initrd[0] ? run->guest.initrd : NULL;
	config->bootargs = options->append ? options->append : run->guest.append;
	config->chaos = options->chaos.given;
	config->chaos_seed = options->chaos.value;
	config->has_rng = options->rng.given;
	config->rng_seed = options->rng.value;
	config->has_console = options->hvc;
	config->legacy = options->legacy ? ~0u : 0;
	config->idle = pace;
	config->idle_self = run;
	if (!config->guest && config->firmware != FIRMWARE_FILE)
		return fault_set(fault, "'run' needs its GUEST; ringside help run shows how");
	if (config->firmware != FIRMWARE_BUILTIN && config->firmware != FIRMWARE_AUTO
	    && config->mode != &mode_native)
		return fault_set(fault, "--bios %.80s is for --mode native: in mode %s the guest's "
			"calls go to the monitor", options->bios, options->mode);
	return prices_load(&config->prices, options->prices, fault) && open_disks(run, fault)
		&& plug_network(run, fault);
}

/* The console last: nothing that can be refused comes after the terminal has changed. */
static bool attach(struct run *run, struct fault *fault)
{
	struct host host = console_host(&run->console);
	const char *path = run->options->script;

	run->config.host = host;
	if (path && !script_create(&run->script, path, &host, isatty(STDIN_FILENO), fault))
		return false;
	run->scripted = path != NULL;
	if (run->scripted)
		run->config.host = script_host(&run->script);
	run->config.host = ports_host(&run->ports, &run->config.host,
		run->options->hvc ? BOARD_CONSOLE_PORT : 0);
	run->machine = machine_create(&run->config, fault);
	return run->machine != NULL;
}

/* Running. */

static bool reboot(struct run *run, struct fault *fault)
{
	run->steps_before += machine_steps(run->machine);
	run->reboots++;
	machine_destroy(run->machine);
	if (run->net)
		user_net_reboot(run->net);
	run->machine = machine_create(&run->config, fault);
	if (run->scripted)
		script_rebooted(&run->script);
	return run->machine != NULL;
}

/* The cycle to run to: a stretch on, or to the script's next deadline, or as far as the limit
 * surely is not passed, a step being at least one cycle. */
static u64 next_stop(const struct run *run, u64 steps)
{
	u64 now = machine_cycle(run->machine), stop = now + STRETCH;
	u64 deadline = run->scripted ? script_deadline(&run->script) : NEVER;
	u64 limit = run->options->limit;

	if (limit && limit - steps < stop - now)
		stop = now + (limit - steps);
	return deadline < stop ? deadline : stop;
}

/* After a stretch: is it enough? */
static bool is_over(struct run *run, enum run_end *end)
{
	console_flush(&run->console);
	console_poll(&run->console);
	if (run->scripted)
		script_advance(&run->script, machine_cycle(run->machine));
	if (run->console.deaf)
		*end = RUN_DEAF;
	else if (run->console.leave)
		*end = RUN_LEFT;
	else if (run->scripted && (run->script.failed || run->script.left))
		*end = RUN_SCRIPT;
	else
		return false;
	return true;
}

static enum run_end drive(struct run *run, struct fault *fault)
{
	enum run_end end;

	for (;;) {
		u64 steps = run->steps_before + machine_steps(run->machine);
		enum machine_end why;

		if (run->options->limit && steps >= run->options->limit)
			return RUN_LIMIT;
		why = machine_run_cycles(run->machine, next_stop(run, steps));
		if (is_over(run, &end))
			return end;
		if (why == MACHINE_POWEROFF)
			return RUN_POWEROFF;
		if (why == MACHINE_STUCK)
			return RUN_STUCK;
		if (why == MACHINE_REBOOT && !reboot(run, fault))
			return RUN_FAULT;
	}
}

/* Ending. */

static void print_stats(const struct run *run, enum run_end end, int status)
{
	struct tally tally;
	cJSON *json;

	machine_tally(run->machine, &tally);
	if (run->options->stats == STATS_TEXT) {
		fprintf(stderr, "\nmode %s, prices %s%s (modelled), end: %s, status %d\n",
			run->config.mode->name, run->config.prices.name,
			run->reboots ? ", since the last reboot" : "", run_end_names[end], status);
		stats_text(&tally, stderr);
		return;
	}
	json = stats_json(&tally);
	cJSON_AddStringToObject(json, "mode", run->config.mode->name);
	cJSON_AddStringToObject(json, "prices", run->config.prices.name);
	cJSON_AddStringToObject(json, "end", run_end_names[end]);
	json_number(json, "status", (u64)status);
	json_number(json, "reboots", run->reboots);
	json_print(json, stderr);
}

/* The exit status, and a sentence where there is something to say. */
static int conclude(const struct run *run, enum run_end end, struct fault *fault)
{
	u32 status = run->machine ? machine_stop(run->machine)->status : 0;

	bool ended = end == RUN_POWEROFF || end == RUN_STUCK || end == RUN_SCRIPT;

	if (run->scripted && ended && !script_result(&run->script, fault)) {
		refuse(fault);
		return STATUS_FAILED;
	}
	switch (end) {
	case RUN_POWEROFF:
		return status < 255 ? (int)status : 255;
	case RUN_LIMIT:
		fault_set(fault, "stopped after %" PRIu64 " steps, as --limit says",
			run->steps_before + machine_steps(run->machine));
		refuse(fault);
		return STATUS_LIMIT;
	case RUN_STUCK:
		fault_set(fault, "the guest waits at 0x%" PRIx64 ", and nothing can wake it",
			run->machine->hart[0].pc);
		refuse(fault);
		return STATUS_STUCK;
	case RUN_DEAF:
		return STATUS_DEAF;
	case RUN_FAULT:
		return refuse(fault);
	case RUN_SCRIPT:
	case RUN_LEFT:
		break;
	}
	return STATUS_GOOD;
}

static void clean_up(struct run *run)
{
	machine_destroy(run->machine);
	user_net_destroy(run->net);
	if (run->scripted)
		script_destroy(&run->script);
	while (run->disks)
		disk_close(&run->disk[--run->disks]);
	if (run->has_ata)
		disk_close(&run->ata);
}

int verb_run(const struct options *options)
{
	struct run run = { .options = options };
	enum run_end end = RUN_FAULT;
	struct fault fault;
	int status;

	if (!configure(&run, &fault) || !attach(&run, &fault)) {
		clean_up(&run);
		return refuse(&fault);
	}
	console_create(&run.console, STDIN_FILENO, STDOUT_FILENO);
	end = drive(&run, &fault);
	console_destroy(&run.console);
	status = conclude(&run, end, &fault);
	if (options->signature && run.machine && !htif_signature(&run.machine->image,
	    &run.machine->monitor.vm, options->signature, options->granularity, &fault))
		status = refuse(&fault);
	if (options->stats != STATS_NONE && run.machine)
		print_stats(&run, end, status);
	clean_up(&run);
	return status;
}
