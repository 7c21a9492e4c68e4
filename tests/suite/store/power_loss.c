/* Records what a process writes below one directory, and when it syncs, so that a power cut can be played back.
 * Preloaded by the power-loss test; see power_loss.rs for the format and for what is done with it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int recording = -1;
static const char *below;
static int deaf; /* fdatasync is not heard: what the store would be without it */

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static ssize_t raw(int fd, const void *bytes, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return real(fd, bytes, length);
}

__attribute__((constructor)) static void begin(void) {
    const char *log = getenv("AVOUCH_TEST_POWER_LOG");
    below = getenv("AVOUCH_TEST_STORE");
    deaf = getenv("AVOUCH_TEST_POWER_DEAF") != NULL;
    if (log && below) recording = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The path relative to the directory, "." for itself, NULL when elsewhere. */
static const char *relative(const char *path) {
    size_t length = below ? strlen(below) : 0;
    if (recording < 0 || strncmp(path, below, length) != 0) return NULL;
    if (path[length] == 0) return ".";
    return path[length] == '/' ? path + length + 1 : NULL;
}

static const char *of_fd(int fd, char *buffer) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = recording < 0 ? -1 : readlink(link, buffer, PATH_MAX - 1);
    if (length < 0) return NULL;
    buffer[length] = 0;
    return relative(buffer);
}

static void record(char what, long long a, size_t length, const char *path, const void *bytes) {
    char head[PATH_MAX + 64];
    int size = snprintf(head, sizeof head, "%c %lld %zu %s\n", what, a, length, path);
    raw(recording, head, (size_t)size);
    if (bytes) raw(recording, bytes, length);
}

static ssize_t written(int fd, const void *bytes, size_t length, off64_t at, int positioned) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    char buffer[PATH_MAX];
    const char *path = of_fd(fd, buffer);
    if (!path && !(fd == 1 && recording >= 0)) return positioned ? real(fd, bytes, length, at) : raw(fd, bytes, length);
    pthread_mutex_lock(&lock);
    if (path && !positioned) at = lseek64(fd, 0, SEEK_CUR);
    ssize_t done = positioned ? real(fd, bytes, length, at) : raw(fd, bytes, length);
    if (done > 0) record(path ? 'W' : 'A', path ? at : 0, (size_t)done, path ? path : "-", bytes);
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) { return written(fd, bytes, length, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return written(fd, bytes, length, at, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return written(fd, bytes, length, at, 1); }

/* The disk of the test is the record: nothing needs to reach the real one. */
static int synced(int fd, char what) {
    char buffer[PATH_MAX];
    const char *path = of_fd(fd, buffer);
    if (!path || (deaf && what == 'D')) return 0;
    pthread_mutex_lock(&lock);
    record(what, 0, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) { return synced(fd, 'S'); }
int fdatasync(int fd) { return synced(fd, 'D'); }

static int truncated(int fd, off64_t length) {
    REAL(int, "ftruncate64", int, off64_t);
    char buffer[PATH_MAX];
    const char *path = of_fd(fd, buffer);
    pthread_mutex_lock(&lock);
    int done = real(fd, length);
    if (path && done == 0) record('T', length, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t length) { return truncated(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncated(fd, length); }

static int opened(const char *path, int flags, mode_t mode) {
    REAL(int, "open64", const char *, int, ...);
    const char *inside = flags & O_CREAT ? relative(path) : NULL;
    if (!inside) return real(path, flags, mode);
    pthread_mutex_lock(&lock);
    int is_new = access(path, F_OK) != 0;
    int fd = real(path, flags, mode);
    if (fd >= 0 && is_new) record('C', 0, 0, inside, NULL);
    if (fd >= 0 && !is_new && flags & O_TRUNC) record('T', 0, 0, inside, NULL);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if (flags & O_CREAT) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) { MODE(flags) return opened(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(path, flags, mode); }

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    const char *old = relative(from), *new = relative(to);
    char both[2 * PATH_MAX];
    pthread_mutex_lock(&lock);
    int done = real(from, to);
    if (done == 0 && old && new) {
        snprintf(both, sizeof both, "%s\t%s", old, new);
        record('R', 0, 0, both, NULL);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    const char *inside = relative(path);
    pthread_mutex_lock(&lock);
    int done = real(path);
    if (done == 0 && inside) record('U', 0, 0, inside, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}
