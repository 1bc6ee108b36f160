/* ls [PATH]: the names in a directory, with type, inode, size. */
#include "guests/twin/user/user.h"

static void show(const char *path, const char *name)
{
	static const char *const types[] = {"?", "directory", "file", "console"};
	struct file_status about;

	if (status(path, &about) < 0)
		fail("ls: %s: no such file", path);
	print("%-12s %-9s %3u %6u\n", name, types[about.type], about.inode, about.size);
}

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : ".";
	struct file_status about;
	struct directory_entry entry;

	if (status(path, &about) < 0)
		fail("ls: %s: no such file", path);
	if (about.type != INODE_DIRECTORY) {
		show(path, path);
		return 0;
	}
	s64 file = open(path, OPEN_READ);
	while (read(file, &entry, sizeof(entry)) == (s64)sizeof(entry)) {
		char name[NAME_LENGTH + 1] = {0}, whole[PATH_LENGTH];
		if (entry.inode == 0)
			continue;
		memcpy(name, entry.name, NAME_LENGTH);
		format_string(whole, sizeof(whole), "%s/%s", path, name);
		show(whole, name);
	}
	return 0;
}
