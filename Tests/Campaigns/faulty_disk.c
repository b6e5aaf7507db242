/* A disk that goes wrong, for programs that know nothing of it: LD_PRELOAD of the calls by which
 * captures are written, as far as they concern files below the folder FAULT_ROOT.
 *
 *   FAULT_KILL_AT=N    SIGKILL at the N-th such call, before it is done; half of a write is done.
 *   FAULT_LOG=FILE     what it was killed at, one line: the call and the file's name.
 *   FAULT_CONTROL=FILE while this file is there, its lines say what fails:
 *                      CALL ERRNO [COUNT]   with CALL one of write sync create rename all,
 *                      or CALL sleep MILLISECONDS. COUNT is how often, without: always.
 *
 * Built by Tests/Campaigns/recorder.py: cc -shared -fPIC -O2 -o faulty_disk.so faulty_disk.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { descriptors = 4096, slots = 16 };

static char names[descriptors][64];  /* of files below the root that are open; empty: another */
static atomic_long calls;
static atomic_long failures[slots];  /* of each line of the control file so far */

/* Read once: the program changes its environment, also from other threads. */
static const char *root, *control, *last_words;
static long kill_at;

__attribute__((constructor)) static void read_environment(void) {
  const char *number = getenv("FAULT_KILL_AT");
  kill_at = number ? atol(number) : 0;
  root = getenv("FAULT_ROOT");
  control = getenv("FAULT_CONTROL");
  last_words = getenv("FAULT_LOG");
  if (root) root = strdup(root);
  if (control) control = strdup(control);
  if (last_words) last_words = strdup(last_words);
}

static const char *below_root(const char *path) {
  size_t length = root ? strlen(root) : 0;
  if (!length || !path || strncmp(path, root, length) != 0) return NULL;
  const char *name = strrchr(path, '/');
  return name ? name + 1 : path;
}

/* Raw system calls, since those of the library come back here. */
static long raw_write(int file, const void *bytes, size_t size) {
  return syscall(SYS_write, file, bytes, size);
}

static void die_if_due(const char *call, const char *name, int file, const void *bytes, size_t size) {
  if (!kill_at || atomic_fetch_add(&calls, 1) + 1 != kill_at) return;
  if (bytes && size > 1) raw_write(file, bytes, size / 2);
  int output = !last_words ? -1
    : (int)syscall(SYS_openat, AT_FDCWD, last_words, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (output >= 0) {
    char line[128];
    int length = snprintf(line, sizeof line, "%s %s\n", call, name);
    raw_write(output, line, (size_t)length);
  }
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int number_of(const char *name) {
  if (!strcmp(name, "EIO")) return EIO;
  if (!strcmp(name, "ENOSPC")) return ENOSPC;
  if (!strcmp(name, "EROFS")) return EROFS;
  if (!strcmp(name, "EDQUOT")) return EDQUOT;
  return EINVAL;
}

/* The error that the call is to have; 0: none. */
static int fault(const char *call) {
  if (!control) return 0;
  int input = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC, 0);
  if (input < 0) return 0;
  char text[1024];
  long size = syscall(SYS_read, input, text, sizeof text - 1);
  syscall(SYS_close, input);
  if (size <= 0) return 0;
  text[size] = 0;
  char *rest = text;
  for (int slot = 0; slot < slots; slot++) {
    char *line = strsep(&rest, "\n");
    if (!line) break;
    char which[16] = "", what[16] = "";
    long count = -1;
    if (sscanf(line, "%15s %15s %ld", which, what, &count) < 2) continue;
    if (strcmp(which, "all") != 0 && strcmp(which, call) != 0) continue;
    if (!strcmp(what, "sleep")) {
      usleep((useconds_t)count * 1000);
      continue;
    }
    if (count >= 0 && atomic_fetch_add(&failures[slot], 1) >= count) continue;
    return number_of(what);
  }
  return 0;
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

static int opened(int file, const char *name) {
  if (file >= 0 && file < descriptors)
    snprintf(names[file], sizeof names[file], "%s", name ? name : "");
  return file;
}

static int open_file(const char *path, int flags, mode_t mode, int (*real)(const char *, int, ...)) {
  const char *name = below_root(path);
  if (name && flags & O_CREAT) {
    die_if_due("create", name, -1, NULL, 0);
    int error = fault("create");
    if (error) return errno = error, -1;
  }
  /* Files that are only read are nobody's concern. */
  return opened(real(path, flags, mode), (flags & O_ACCMODE) == O_RDONLY ? NULL : name);
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_file(path, flags, mode, REAL(open));
}

int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_file(path, flags, mode, REAL(open64));
}

int close(int file) {
  opened(file, NULL);
  return (int)syscall(SYS_close, file);
}

static const char *name_of(int file) {
  return file >= 0 && file < descriptors && names[file][0] ? names[file] : NULL;
}

ssize_t write(int file, const void *bytes, size_t size) {
  const char *name = name_of(file);
  if (name) {
    die_if_due("write", name, file, bytes, size);
    int error = fault("write");
    if (error) return errno = error, -1;
  }
  return raw_write(file, bytes, size);
}

int fdatasync(int file) {
  const char *name = name_of(file);
  if (name) {
    die_if_due("sync", name, -1, NULL, 0);
    int error = fault("sync");
    if (error) return errno = error, -1;
  }
  return (int)syscall(SYS_fdatasync, file);
}

int rename(const char *from, const char *to) {
  const char *name = below_root(to);
  if (name) {
    die_if_due("rename", name, -1, NULL, 0);
    int error = fault("rename");
    if (error) return errno = error, -1;
  }
  return REAL(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) {
  const char *name = below_root(path);
  if (name) {
    die_if_due("mkdir", name, -1, NULL, 0);
    int error = fault("create");
    if (error) return errno = error, -1;
  }
  return REAL(mkdir)(path, mode);
}

int unlink(const char *path) {
  const char *name = below_root(path);
  if (name) {
    die_if_due("unlink", name, -1, NULL, 0);
    int error = fault("rename");
    if (error) return errno = error, -1;
  }
  return REAL(unlink)(path);
}
