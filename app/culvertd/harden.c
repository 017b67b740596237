#include "harden.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void not_dumpable(void)
{
	// The leak sanitizer traces its own process at exit.
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

void harden_memory(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	not_dumpable();
	(void)setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
	// Expanded keys lie on the heap and in OpenSSL's contexts. Pages are locked as they are
	// touched; where the right to lock is missing, swap is the operator's risk.
	(void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

static int caps_keep(void)
{
	// The kernel's version 3 takes two words; ours are all in the first.
	const uint32_t keep = 1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW | 1u << CAP_IPC_LOCK;
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{.effective = keep, .permitted = keep}};

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

// All threads but this one have lost the right to lock beyond the limit. Where that could not be
// lifted (a container), they would get no memory at all: what comes from now on stays unlocked.
static void lock_no_more(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur != RLIM_INFINITY)
		(void)mlockall(MCL_CURRENT | MCL_ONFAULT);
}

int harden_drop(const char *user, struct why *why)
{
	struct passwd *pw;
	int err;

	if (geteuid())
		return -EPERM;
	pw = getpwnam(user);
	if (!pw)
		return -ENOENT;
	// setresuid reaches every thread through libc, keepcaps and capset only this one.
	if (prctl(PR_SET_KEEPCAPS, 1) || initgroups(user, pw->pw_gid) ||
		setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
		setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		return why_set(why, -errno, "cannot become the user", user, NULL, strerror(errno));
	err = caps_keep();
	if (err)
		return why_set(why, err, "cannot keep capabilities", user,
			"NET_ADMIN, NET_RAW, IPC_LOCK", strerror(-err));
	lock_no_more();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	not_dumpable();
	return 0;
}
