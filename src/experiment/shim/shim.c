/* The shim is preloaded into a command under test (LD_PRELOAD) and stands between it and the C
 * library: a disk that is full, a disk that is slow, a wall clock that is shifted.
 *
 *   CULPRIT_DISK_FULL_FOLDER  files below it (real path; "/": all regular files) ...
 *   CULPRIT_DISK_FULL_BYTES   ... take so many bytes, then ENOSPC
 *   CULPRIT_DISK_FULL_TALLY   a file of 8 bytes, in which all processes count together; without it
 *                             each counts for itself
 *   CULPRIT_DISK_DELAY_FOLDER, CULPRIT_DISK_DELAY_NS   opens, writes and syncs take so much longer
 *   CULPRIT_CLOCK_SHIFT_NS    added to CLOCK_REALTIME and its kin, never to the monotonic clocks
 *
 * What is not set changes nothing. Plain C without libstdc++, so that it can enter any program that
 * the dynamic linker starts. A file is known by its descriptor (/proc/self/fd), not by a table of
 * what was opened: descriptors are inherited, duplicated and redirected. Not seen: writes
 * through mmap and io_uring, freopen, and deadlines on the wall clock by timerfd. Times of files
 * are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* A second name of one function, for the variants with 64 that are the same here. */
#define ALSO(name, original) __typeof__(name) name __attribute__((alias(#original)))
_Static_assert(sizeof(off_t) == 8, "off_t and off64_t are one type");

/* What the C library does; found once (a race finds the same twice). */
#define NEXT(name)               \
  static __typeof__(name)* next; \
  if (next == NULL) *(void**)&next = dlsym(RTLD_NEXT, #name)

static const char* full_folder;
static const char* delay_folder;
static uint64_t full_bytes;
static uint64_t own_tally;
static uint64_t* tally = &own_tally;
static int64_t delay_ns;
static int64_t shift_ns;

/* Whether a descriptor is a regular file below a folder. */
static int below(int descriptor, const char* folder) {
  if (folder == NULL) return 0;
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
  char link[64];
  char path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  const size_t prefix = strlen(folder);
  if (strncmp(path, folder, prefix) != 0) return 0;
  return folder[prefix - 1] == '/' || path[prefix] == '/' || path[prefix] == '\0';
}

static void delay(int descriptor) {
  if (delay_ns <= 0) return;
  const int saved = errno;
  if (below(descriptor, delay_folder)) {
    struct timespec left = {delay_ns / 1000000000, delay_ns % 1000000000};
    while (syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &left, &left) != 0 && errno == EINTR) {
    }
  }
  errno = saved;
}

/* How many of `wanted` bytes there is space for, taken from it; where there is none, sets errno. */
static size_t take_space(int descriptor, size_t wanted) {
  const int saved = errno;
  if (wanted == 0 || !below(descriptor, full_folder)) {
    errno = saved;
    return wanted;
  }
  uint64_t used = __atomic_load_n(tally, __ATOMIC_RELAXED);
  for (;;) {
    const uint64_t left = used < full_bytes ? full_bytes - used : 0;
    const uint64_t taken = wanted < left ? wanted : left;
    if (taken == 0) {
      errno = ENOSPC;
      return 0;
    }
    if (__atomic_compare_exchange_n(tally, &used, used + taken, 0, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED)) {
      errno = saved;
      return (size_t)taken;
    }
  }
}

/* What was taken for bytes that were not written after all. */
static ssize_t settle(int descriptor, size_t taken, ssize_t written) {
  const size_t unused = taken - (written > 0 ? (size_t)written : 0);
  if (unused > 0) {
    const int saved = errno;
    if (below(descriptor, full_folder)) __atomic_fetch_sub(tally, unused, __ATOMIC_RELAXED);
    errno = saved;
  }
  return written;
}

static size_t length_of(const struct iovec* parts, int count) {
  size_t sum = 0;
  for (int i = 0; i < count; ++i) sum += parts[i].iov_len;
  return sum;
}

/* --- the disk --- */

ssize_t write(int descriptor, const void* bytes, size_t count) {
  NEXT(write);
  delay(descriptor);
  const size_t space = take_space(descriptor, count);
  if (space == 0 && count > 0) return -1;
  return settle(descriptor, space, next(descriptor, bytes, space));
}

ssize_t pwrite(int descriptor, const void* bytes, size_t count, off_t at) {
  NEXT(pwrite);
  delay(descriptor);
  const size_t space = take_space(descriptor, count);
  if (space == 0 && count > 0) return -1;
  return settle(descriptor, space, next(descriptor, bytes, space, at));
}
ALSO(pwrite64, pwrite);

/* Where not all fits, as much as fits of the first part. */
ssize_t writev(int descriptor, const struct iovec* parts, int count) {
  NEXT(writev);
  const size_t wanted = count > 0 ? length_of(parts, count) : 0;
  delay(descriptor);
  const size_t space = take_space(descriptor, wanted);
  if (space == 0 && wanted > 0) return -1;
  if (space == wanted) return settle(descriptor, space, next(descriptor, parts, count));
  struct iovec first = parts[0];
  if (first.iov_len > space) first.iov_len = space;
  return settle(descriptor, space, next(descriptor, &first, 1));
}

ssize_t pwritev(int descriptor, const struct iovec* parts, int count, off_t at) {
  NEXT(pwritev);
  const size_t wanted = count > 0 ? length_of(parts, count) : 0;
  delay(descriptor);
  const size_t space = take_space(descriptor, wanted);
  if (space == 0 && wanted > 0) return -1;
  if (space == wanted) return settle(descriptor, space, next(descriptor, parts, count, at));
  struct iovec first = parts[0];
  if (first.iov_len > space) first.iov_len = space;
  return settle(descriptor, space, next(descriptor, &first, 1, at));
}
ALSO(pwritev64, pwritev);

ssize_t sendfile(int out, int in, off_t* at, size_t count) {
  NEXT(sendfile);
  delay(out);
  const size_t space = take_space(out, count);
  if (space == 0 && count > 0) return -1;
  return settle(out, space, next(out, in, at, space));
}
ALSO(sendfile64, sendfile);

ssize_t copy_file_range(int in, off64_t* in_at, int out, off64_t* out_at, size_t count,
                        unsigned flags) {
  NEXT(copy_file_range);
  delay(out);
  const size_t space = take_space(out, count);
  if (space == 0 && count > 0) return -1;
  return settle(out, space, next(in, in_at, out, out_at, space, flags));
}

/* Reserved space is space; the writes into it are counted when they come. */
static int has_room(int descriptor, off_t length) {
  if (!below(descriptor, full_folder)) return 1;
  const uint64_t used = __atomic_load_n(tally, __ATOMIC_RELAXED);
  return used < full_bytes && (uint64_t)length <= full_bytes - used;
}

int fallocate(int descriptor, int mode, off_t at, off_t length) {
  NEXT(fallocate);
  delay(descriptor);
  if (has_room(descriptor, length)) return next(descriptor, mode, at, length);
  errno = ENOSPC;
  return -1;
}
ALSO(fallocate64, fallocate);

int posix_fallocate(int descriptor, off_t at, off_t length) {
  NEXT(posix_fallocate);
  delay(descriptor);
  return has_room(descriptor, length) ? next(descriptor, at, length) : ENOSPC;
}
ALSO(posix_fallocate64, posix_fallocate);

int fsync(int descriptor) {
  NEXT(fsync);
  delay(descriptor);
  return next(descriptor);
}

int fdatasync(int descriptor) {
  NEXT(fdatasync);
  delay(descriptor);
  return next(descriptor);
}

static int opened(int descriptor) {
  if (descriptor >= 0) delay(descriptor);
  return descriptor;
}

static mode_t mode_in(int flags, va_list rest) {
  const int needs_mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return needs_mode ? va_arg(rest, mode_t) : 0;
}

int open(const char* path, int flags, ...) {
  NEXT(open);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return opened(next(path, flags, mode));
}
ALSO(open64, open);

int openat(int folder, const char* path, int flags, ...) {
  NEXT(openat);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_in(flags, rest);
  va_end(rest);
  return opened(next(folder, path, flags, mode));
}
ALSO(openat64, openat);

int creat(const char* path, mode_t mode) {
  NEXT(creat);
  return opened(next(path, mode));
}
ALSO(creat64, creat);

/* Programs compiled with _FORTIFY_SOURCE call these where no mode is given. */
int __open_2(const char* path, int flags);
int __open_2(const char* path, int flags) { return open(path, flags); }
int __open64_2(const char* path, int flags);
int __open64_2(const char* path, int flags) { return open(path, flags); }
int __openat_2(int folder, const char* path, int flags);
int __openat_2(int folder, const char* path, int flags) { return openat(folder, path, flags); }
int __openat64_2(int folder, const char* path, int flags);
int __openat64_2(int folder, const char* path, int flags) { return openat(folder, path, flags); }

/* --- streams ---
 * The C library writes the bytes of its streams by itself. A stream onto a file that is watched is
 * therefore made here, of functions that write as everybody else. */

/* No lock: a fork while another thread holds one would leave it locked in the child for ever. */
enum { streams_max = 1024 };
static struct {
  FILE* stream; /* NULL: free; taken: being made */
  int descriptor;
} streams[streams_max];
static int streams_used; /* none beyond */
static char taken_byte;
#define TAKEN ((FILE*)(void*)&taken_byte)

static int take_slot(void) {
  for (int i = 0; i < streams_max; ++i) {
    FILE* none = NULL;
    if (!__atomic_compare_exchange_n(&streams[i].stream, &none, TAKEN, 0, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED)) {
      continue;
    }
    int used = __atomic_load_n(&streams_used, __ATOMIC_ACQUIRE);
    while (used <= i && !__atomic_compare_exchange_n(&streams_used, &used, i + 1, 0,
                                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    }
    return i;
  }
  return -1;
}

static int watched(int descriptor) {
  const int saved = errno;
  const int yes =
      below(descriptor, full_folder) || (delay_ns > 0 && below(descriptor, delay_folder));
  errno = saved;
  return yes;
}

static int descriptor_of(void* cookie) { return streams[(intptr_t)cookie].descriptor; }

static ssize_t stream_read(void* cookie, char* into, size_t count) {
  return read(descriptor_of(cookie), into, count);
}
/* A stream takes 0 for its error and calls again after a short write. */
static ssize_t stream_write(void* cookie, const char* bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    const ssize_t wrote = write(descriptor_of(cookie), bytes + done, count - done);
    if (wrote <= 0) break;
    done += (size_t)wrote;
  }
  return (ssize_t)done;
}
static int stream_seek(void* cookie, off64_t* at, int whence) {
  const off64_t now = lseek(descriptor_of(cookie), *at, whence);
  if (now < 0) return -1;
  *at = now;
  return 0;
}
/* The cookie of a stream is its place in the table. */
static int stream_close(void* cookie) {
  const intptr_t slot = (intptr_t)cookie;
  const int descriptor = streams[slot].descriptor;
  __atomic_store_n(&streams[slot].stream, NULL, __ATOMIC_RELEASE);
  return close(descriptor);
}

/* NULL: there are too many, or there is no memory. */
static FILE* stream_onto(int descriptor, const char* mode) {
  const cookie_io_functions_t through = {stream_read, stream_write, stream_seek, stream_close};
  const int slot = take_slot();
  if (slot < 0) return NULL;
  streams[slot].descriptor = descriptor;
  FILE* made = fopencookie((void*)(intptr_t)slot, mode, through);
  __atomic_store_n(&streams[slot].stream, made, __ATOMIC_RELEASE);
  return made;
}

int fileno(FILE* stream) {
  NEXT(fileno);
  const int used = __atomic_load_n(&streams_used, __ATOMIC_ACQUIRE);
  for (int i = 0; i < used; ++i) {
    if (__atomic_load_n(&streams[i].stream, __ATOMIC_ACQUIRE) == stream)
      return streams[i].descriptor;
  }
  return next(stream);
}
ALSO(fileno_unlocked, fileno);

FILE* fdopen(int descriptor, const char* mode) {
  NEXT(fdopen);
  FILE* made = mode[0] != 'r' || strchr(mode, '+') != NULL
                   ? watched(descriptor) ? stream_onto(descriptor, mode) : NULL
                   : NULL;
  return made != NULL ? made : next(descriptor, mode);
}

FILE* fopen(const char* path, const char* mode) {
  NEXT(fopen);
  FILE* stream = next(path, mode);
  if (stream == NULL || (full_folder == NULL && delay_ns <= 0)) return stream;
  const int descriptor = fileno(stream);
  delay(descriptor);
  const int writes = mode[0] != 'r' || strchr(mode, '+') != NULL;
  if (!writes || !watched(descriptor)) return stream;
  const int copy = fcntl(descriptor, strchr(mode, 'e') != NULL ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
  FILE* made = copy >= 0 ? stream_onto(copy, mode) : NULL;
  if (made == NULL) {
    if (copy >= 0) close(copy);
    return stream;
  }
  fclose(stream);
  return made;
}
ALSO(fopen64, fopen);

/* --- the wall clock --- */

static int is_wall(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI ||
         clock == CLOCK_REALTIME_ALARM;
}

static struct timespec plus(struct timespec time, int64_t nanoseconds) {
  const int64_t part = time.tv_nsec + nanoseconds % 1000000000;
  time.tv_sec += nanoseconds / 1000000000 + (part >= 1000000000) - (part < 0);
  time.tv_nsec = part + (part < 0) * 1000000000L - (part >= 1000000000) * 1000000000L;
  return time;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  NEXT(clock_gettime);
  const int failed = next(clock, now);
  if (failed == 0 && shift_ns != 0 && is_wall(clock)) *now = plus(*now, shift_ns);
  return failed;
}

int gettimeofday(struct timeval* restrict now, void* restrict zone) {
  NEXT(gettimeofday);
  const int failed = next(now, zone);
  if (failed != 0 || shift_ns == 0) return failed;
  const struct timespec fine = {now->tv_sec, now->tv_usec * 1000};
  const struct timespec shifted = plus(fine, shift_ns);
  now->tv_sec = shifted.tv_sec;
  now->tv_usec = shifted.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* into) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (into != NULL) *into = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec* now, int base) {
  if (base != TIME_UTC) return 0;
  return clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

/* A deadline was made from a clock that is shifted; the kernel waits by one that is not. */
static struct timespec real(const struct timespec* deadline) { return plus(*deadline, -shift_ns); }

int clock_nanosleep(clockid_t clock, int flags, const struct timespec* until,
                    struct timespec* left) {
  NEXT(clock_nanosleep);
  if (shift_ns == 0 || !is_wall(clock) || (flags & TIMER_ABSTIME) == 0) {
    return next(clock, flags, until, left);
  }
  const struct timespec unshifted = real(until);
  return next(clock, flags, &unshifted, left);
}

int sem_timedwait(sem_t* restrict semaphore, const struct timespec* restrict until) {
  NEXT(sem_timedwait);
  const struct timespec unshifted = real(until);
  return next(semaphore, &unshifted);
}

int pthread_mutex_timedlock(pthread_mutex_t* restrict mutex,
                            const struct timespec* restrict until) {
  NEXT(pthread_mutex_timedlock);
  const struct timespec unshifted = real(until);
  return next(mutex, &unshifted);
}

/* The clock of a condition variable stands in its attributes, which nobody can ask for any more: a
 * deadline that is nearer to the shifted wall clock than to the monotonic one is by the former. */
int pthread_cond_timedwait(pthread_cond_t* restrict condition, pthread_mutex_t* restrict mutex,
                           const struct timespec* restrict until) {
  static __typeof__(pthread_cond_timedwait)* next;
  /* The name without a version may be the one of before glibc 2.3.2. */
  if (next == NULL) *(void**)&next = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
  if (next == NULL) *(void**)&next = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
  if (shift_ns == 0) return next(condition, mutex, until);
  struct timespec monotonic = {0, 0};
  struct timespec wall = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &monotonic);
  clock_gettime(CLOCK_REALTIME, &wall);
  const int by_wall = llabs(until->tv_sec - wall.tv_sec) < llabs(until->tv_sec - monotonic.tv_sec);
  const struct timespec unshifted = by_wall ? real(until) : *until;
  return next(condition, mutex, &unshifted);
}

/* --- what is wanted --- */

static const char* folder_in(const char* name) {
  const char* folder = getenv(name);
  return folder == NULL || folder[0] == '\0' ? NULL : folder;
}

static int64_t number_in(const char* name) {
  const char* text = getenv(name);
  return text == NULL ? 0 : strtoll(text, NULL, 10);
}

static void share_tally(void) {
  const char* path = folder_in("CULPRIT_DISK_FULL_TALLY");
  const int descriptor = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return;
  void* shared = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (shared != MAP_FAILED) tally = shared;
}

/* Copies: a program may overwrite its environment. */
__attribute__((constructor)) static void begin(void) {
  share_tally();
  shift_ns = number_in("CULPRIT_CLOCK_SHIFT_NS");
  delay_ns = number_in("CULPRIT_DISK_DELAY_NS");
  full_bytes = (uint64_t)number_in("CULPRIT_DISK_FULL_BYTES");
  const char* slow = folder_in("CULPRIT_DISK_DELAY_FOLDER");
  const char* full = folder_in("CULPRIT_DISK_FULL_FOLDER");
  delay_folder = slow == NULL ? NULL : strdup(slow);
  full_folder = full == NULL ? NULL : strdup(full);
  if (watched(STDOUT_FILENO)) {
    FILE* made = stream_onto(STDOUT_FILENO, "w");
    if (made != NULL) stdout = made;
  }
}
