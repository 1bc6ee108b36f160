/*
 * Finding guests by name. See guest.h; called by run, compare and follow.
 */
#include "emu/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The folder of the running program, without a slash at its end. */
static void program_folder(char *folder)
{
	ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	folder[length > 0 ? length : 0] = 0;
	slash = strrchr(folder, '/');
	if (slash)
		*slash = 0;
}

/* The first of these places, each with the program's folder for %s, where `name` can be read. */
static bool look(const char *const *places, const char *name, char *path)
{
	char folder[PATH_MAX];

	program_folder(folder);
	for (; *places; places++) {
		int length = snprintf(path, PATH_MAX, "%s%s%s", (*places)[0] == '/' ? folder : "",
			*places, name);

		if (length > 0 && length < PATH_MAX && access(path, R_OK) == 0)
			return true;
	}
	return false;
}

bool guest_file(const char *name, char *path, struct fault *fault)
{
	static const char *const places[] = { "/guests/", "/../share/ringside/", NULL };

	return look(places, name, path)
		|| fault_set(fault, "'%s' is not where the program expects it: beside it, in"
		" guests/, or installed in share/ringside/", name);
}

static bool cache_folder(char *folder, struct fault *fault)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int length;

	if (cache && cache[0] == '/')
		length = snprintf(folder, PATH_MAX, "%s/ringside/linux", cache);
	else if (home && home[0])
		length = snprintf(folder, PATH_MAX, "%s/.cache/ringside/linux", home);
	else
		return fault_set(fault, "linux: neither HOME nor XDG_CACHE_HOME is set, so there is"
			" nowhere to keep it");
	return (length > 0 && length < PATH_MAX - 32)
		|| fault_set(fault, "linux: the cache folder's name is too long");
}

/* Runs the script that fetches the kernel; it reports its progress itself. */
static bool fetch(struct fault *fault)
{
	static const char *const places[] = { "/../guests/linux/", "/../share/ringside/linux/",
		"/guests/linux/", NULL };
	char path[PATH_MAX];
	int status = -1;
	pid_t child;

	if (!look(places, "fetch", path))
		return fault_set(fault, "linux: the script guests/linux/fetch is not where the program"
			" expects it; run it by hand, then this again");
	fflush(NULL);
	child = fork();
	if (child == 0) {
		/* What it says is no output of the guest. */
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)
	    || WEXITSTATUS(status) != 0)
		return fault_set(fault, "linux: fetching it failed");
	return true;
}

static bool find_linux(struct guest *guest, struct fault *fault)
{
	char folder[PATH_MAX];

	if (!cache_folder(folder, fault))
		return false;
	snprintf(guest->path, sizeof(guest->path), "%.*s/vmlinux", PATH_MAX - 32, folder);
	snprintf(guest->initrd, sizeof(guest->initrd), "%.*s/initramfs.cpio", PATH_MAX - 32, folder);
	guest->append = "console=ttyS0";
	if (access(guest->path, R_OK) == 0 && access(guest->initrd, R_OK) == 0)
		return true;
	return fetch(fault);
}

bool guest_find(const char *name, struct guest *guest, struct fault *fault)
{
	char file[PATH_MAX];

	memset(guest, 0, sizeof(*guest));
	if (strlen(name) >= PATH_MAX / 4)
		return fault_set(fault, "the guest's name is too long");
	snprintf(file, sizeof(file), "%s/%s.elf", name, name);
	if (!strchr(name, '/') && guest_file(file, guest->path, fault))
		return true;
	if (!strcmp(name, "linux"))
		return find_linux(guest, fault);
	if (strchr(name, '/') || access(name, F_OK) == 0) {
		snprintf(guest->path, sizeof(guest->path), "%s", name);
		return true;
	}
	return fault_set(fault, "'%s': there is no such file, nor a guest of that name", name);
}
