// Preloaded into a process (LD_PRELOAD), counts the calls that change something under a folder, and ends the process at one of them.
//
//   RESUME_TEST_PREFIX       the folder; calls elsewhere are not counted
//   RESUME_TEST_LOG          a file that takes a line "number name path" for each call, or, where the process is to be killed, for that call alone
//   RESUME_TEST_KILL_AT      the number of the call, from 1, before which the process is killed
//   RESUME_TEST_HALF         where set, and that call writes: half of its bytes are written first
//   RESUME_TEST_PAUSE_AT     the number of the call before which the process waits
//   RESUME_TEST_PAUSE_UNTIL  the file whose existence ends that wait
//
// Counted: open with O_CREAT or O_TRUNC, write in all its forms, truncate, allocate, copies between descriptors, fsync, rename, unlink, mkdir, rmdir, link, symlink,
// chmod. Calls of the whole process are counted in one order; a call that is counted is not yet made.
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char prefix[PATH_MAX], log_path[PATH_MAX], pause_path[PATH_MAX];
static size_t prefix_length;
static long kill_at, pause_at, count;
static int half;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void take(char *to, const char *name)
{
    const char *value = getenv(name);
    if (value)
        snprintf(to, PATH_MAX, "%s", value);
}

static long number_of(const char *name)
{
    const char *value = getenv(name);
    return value ? atol(value) : 0;
}

__attribute__((constructor)) static void begin(void)
{
    take(prefix, "RESUME_TEST_PREFIX");
    take(log_path, "RESUME_TEST_LOG");
    take(pause_path, "RESUME_TEST_PAUSE_UNTIL");
    prefix_length = strlen(prefix);
    kill_at = number_of("RESUME_TEST_KILL_AT");
    pause_at = number_of("RESUME_TEST_PAUSE_AT");
    half = getenv("RESUME_TEST_HALF") != NULL;
}

static int is_inside(const char *path)
{
    return prefix_length > 0 && strncmp(path, prefix, prefix_length) == 0 && (path[prefix_length] == '/' || path[prefix_length] == 0);
}

// The absolute path of a name that a call got, as far as counting needs it.
static int resolve(int folder, const char *path, char *full)
{
    if (!path)
        return 0;
    if (path[0] == '/')
        snprintf(full, PATH_MAX, "%s", path);
    else {
        char link[64];
        if (folder == AT_FDCWD)
            snprintf(link, sizeof link, "/proc/self/cwd");
        else
            snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, full, PATH_MAX / 2);
        if (length < 0)
            return 0;
        snprintf(full + length, (size_t)(PATH_MAX - length), "/%s", path);
    }
    return is_inside(full);
}

static int resolve_descriptor(int descriptor, char *full)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, full, PATH_MAX - 1);
    if (length < 0)
        return 0;
    full[length] = 0;
    return is_inside(full);
}

static void log_call(const char *name, const char *path)
{
    if (!log_path[0])
        return;
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", count, name, path);
    long file = syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file >= 0) {
        syscall(SYS_write, file, line, (size_t)length);
        syscall(SYS_close, file);
    }
}

// Counts a call; returns with the gate open. A write gives its bytes, which may go on to be half written.
static void enter(const char *name, const char *path, int descriptor, const struct iovec *parts, int part_count, off_t position)
{
    int saved = errno;
    pthread_mutex_lock(&gate);
    count++;
    if (count == pause_at) {
        log_call(name, path);
        while (syscall(SYS_faccessat, AT_FDCWD, pause_path, F_OK) != 0)
            usleep(2000);
    }
    else if (kill_at == 0 && pause_at == 0)
        log_call(name, path);
    if (count == kill_at) {
        log_call(name, path);
        if (half && parts) {
            size_t total = 0, left;
            for (int i = 0; i < part_count; i++)
                total += parts[i].iov_len;
            left = total / 2;
            for (int i = 0; i < part_count && left > 0; i++) {
                size_t length = parts[i].iov_len < left ? parts[i].iov_len : left;
                if (position < 0)
                    syscall(SYS_write, descriptor, parts[i].iov_base, length);
                else {
                    syscall(SYS_pwrite64, descriptor, parts[i].iov_base, length, position);
                    position += (off_t)length;
                }
                left -= length;
            }
        }
        syscall(SYS_kill, getpid(), SIGKILL);
        for (;;)
            pause();
    }
    pthread_mutex_unlock(&gate);
    errno = saved;
}

static void enter_path(const char *name, int folder, const char *path)
{
    char full[PATH_MAX];
    int saved = errno;
    if (resolve(folder, path, full))
        enter(name, full, -1, NULL, 0, -1);
    errno = saved;
}

static void enter_descriptor(const char *name, int descriptor)
{
    char full[PATH_MAX];
    int saved = errno;
    if (resolve_descriptor(descriptor, full))
        enter(name, full, -1, NULL, 0, -1);
    errno = saved;
}

static void enter_write(const char *name, int descriptor, const struct iovec *parts, int part_count, off_t position)
{
    char full[PATH_MAX];
    int saved = errno;
    if (resolve_descriptor(descriptor, full))
        enter(name, full, descriptor, parts, part_count, position);
    errno = saved;
}

// A rename counts where either name lies inside.
static void enter_rename(const char *name, int from_folder, const char *from, int to_folder, const char *to)
{
    char full[PATH_MAX];
    int saved = errno;
    if (resolve(to_folder, to, full) || resolve(from_folder, from, full))
        enter(name, full, -1, NULL, 0, -1);
    errno = saved;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) \
        real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

#define OPEN(function) \
    int function(const char *path, int flags, ...) \
    { \
        REAL(function); \
        MODE_OF(flags) \
        if (flags & (O_CREAT | O_TRUNC)) \
            enter_path("open", AT_FDCWD, path); \
        return real(path, flags, mode); \
    }

#define OPENAT(function) \
    int function(int folder, const char *path, int flags, ...) \
    { \
        REAL(function); \
        MODE_OF(flags) \
        if (flags & (O_CREAT | O_TRUNC)) \
            enter_path("open", folder, path); \
        return real(folder, path, flags, mode); \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

#define CREAT(function) \
    int function(const char *path, mode_t mode) \
    { \
        REAL(function); \
        enter_path("open", AT_FDCWD, path); \
        return real(path, mode); \
    }

CREAT(creat)
CREAT(creat64)

ssize_t write(int descriptor, const void *data, size_t length)
{
    REAL(write);
    struct iovec part = { (void *)data, length };
    enter_write("write", descriptor, &part, 1, -1);
    return real(descriptor, data, length);
}

ssize_t writev(int descriptor, const struct iovec *parts, int part_count)
{
    REAL(writev);
    enter_write("write", descriptor, parts, part_count, -1);
    return real(descriptor, parts, part_count);
}

#define PWRITE(function, offset) \
    ssize_t function(int descriptor, const void *data, size_t length, offset position) \
    { \
        REAL(function); \
        struct iovec part = { (void *)data, length }; \
        enter_write("write", descriptor, &part, 1, position); \
        return real(descriptor, data, length, position); \
    }

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define PWRITEV(function, offset) \
    ssize_t function(int descriptor, const struct iovec *parts, int part_count, offset position) \
    { \
        REAL(function); \
        enter_write("write", descriptor, parts, part_count, position); \
        return real(descriptor, parts, part_count, position); \
    }

PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

// Calls on a descriptor, none of which can be made by half.
#define ON_DESCRIPTOR(result, function, name, parameters, arguments) \
    result function parameters \
    { \
        REAL(function); \
        enter_descriptor(name, descriptor); \
        return real arguments; \
    }

ON_DESCRIPTOR(int, ftruncate, "truncate", (int descriptor, off_t length), (descriptor, length))
ON_DESCRIPTOR(int, ftruncate64, "truncate", (int descriptor, off64_t length), (descriptor, length))
ON_DESCRIPTOR(int, fallocate, "allocate", (int descriptor, int mode, off_t start, off_t length), (descriptor, mode, start, length))
ON_DESCRIPTOR(int, fallocate64, "allocate", (int descriptor, int mode, off64_t start, off64_t length), (descriptor, mode, start, length))
ON_DESCRIPTOR(int, posix_fallocate, "allocate", (int descriptor, off_t start, off_t length), (descriptor, start, length))
ON_DESCRIPTOR(int, posix_fallocate64, "allocate", (int descriptor, off64_t start, off64_t length), (descriptor, start, length))
ON_DESCRIPTOR(int, fsync, "fsync", (int descriptor), (descriptor))
ON_DESCRIPTOR(int, fdatasync, "fsync", (int descriptor), (descriptor))
ON_DESCRIPTOR(int, fchmod, "chmod", (int descriptor, mode_t mode), (descriptor, mode))
ON_DESCRIPTOR(ssize_t, sendfile, "copy", (int descriptor, int from, off_t *start, size_t length), (descriptor, from, start, length))
ON_DESCRIPTOR(ssize_t, sendfile64, "copy", (int descriptor, int from, off64_t *start, size_t length), (descriptor, from, start, length))

ssize_t copy_file_range(int from, off64_t *from_start, int to, off64_t *to_start, size_t length, unsigned flags)
{
    REAL(copy_file_range);
    enter_descriptor("copy", to);
    return real(from, from_start, to, to_start, length, flags);
}

// Calls on a path.
#define ON_PATH(function, name, parameters, folder, path, arguments) \
    int function parameters \
    { \
        REAL(function); \
        enter_path(name, folder, path); \
        return real arguments; \
    }

ON_PATH(truncate, "truncate", (const char *path, off_t length), AT_FDCWD, path, (path, length))
ON_PATH(truncate64, "truncate", (const char *path, off64_t length), AT_FDCWD, path, (path, length))
ON_PATH(unlink, "unlink", (const char *path), AT_FDCWD, path, (path))
ON_PATH(unlinkat, "unlink", (int folder, const char *path, int flags), folder, path, (folder, path, flags))
ON_PATH(remove, "unlink", (const char *path), AT_FDCWD, path, (path))
ON_PATH(mkdir, "mkdir", (const char *path, mode_t mode), AT_FDCWD, path, (path, mode))
ON_PATH(mkdirat, "mkdir", (int folder, const char *path, mode_t mode), folder, path, (folder, path, mode))
ON_PATH(rmdir, "rmdir", (const char *path), AT_FDCWD, path, (path))
ON_PATH(chmod, "chmod", (const char *path, mode_t mode), AT_FDCWD, path, (path, mode))
ON_PATH(fchmodat, "chmod", (int folder, const char *path, mode_t mode, int flags), folder, path, (folder, path, mode, flags))
ON_PATH(symlink, "symlink", (const char *target, const char *path), AT_FDCWD, path, (target, path))
ON_PATH(symlinkat, "symlink", (const char *target, int folder, const char *path), folder, path, (target, folder, path))
ON_PATH(link, "link", (const char *from, const char *path), AT_FDCWD, path, (from, path))
ON_PATH(linkat, "link", (int from_folder, const char *from, int folder, const char *path, int flags), folder, path, (from_folder, from, folder, path, flags))

int rename(const char *from, const char *to)
{
    REAL(rename);
    enter_rename("rename", AT_FDCWD, from, AT_FDCWD, to);
    return real(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    REAL(renameat);
    enter_rename("rename", from_folder, from, to_folder, to);
    return real(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    REAL(renameat2);
    enter_rename("rename", from_folder, from, to_folder, to);
    return real(from_folder, from, to_folder, to, flags);
}

// The C library makes these itself, past the functions above.
#define TEMPORARY(result, function, name, parameters, arguments) \
    result function parameters \
    { \
        REAL(function); \
        enter_path(name, AT_FDCWD, path); \
        return real arguments; \
    }

TEMPORARY(int, mkstemp, "open", (char *path), (path))
TEMPORARY(int, mkstemp64, "open", (char *path), (path))
TEMPORARY(int, mkstemps, "open", (char *path, int suffix), (path, suffix))
TEMPORARY(int, mkstemps64, "open", (char *path, int suffix), (path, suffix))
TEMPORARY(char *, mkdtemp, "mkdir", (char *path), (path))

// A program may ask for a call by its number; of these, renames.
long syscall(long number, ...)
{
    static long (*real)(long, ...);
    if (!real)
        real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long), d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
    va_end(list);
    if (number == SYS_renameat2)
        enter_rename("rename", (int)a, (const char *)b, (int)c, (const char *)d);
    return real(number, a, b, c, d, e, f);
}
