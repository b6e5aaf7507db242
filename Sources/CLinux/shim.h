// What glibc declares only for C programs that ask for GNU extensions, so Swift does not see it.
#pragma once
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Swaps two paths atomically; needs no _GNU_SOURCE when done as the system call it is.
static inline int tapedeck_exchange(const char *first, const char *second) {
  const int cwd = -100;             // AT_FDCWD
  const unsigned exchange = 1 << 1; // RENAME_EXCHANGE
  return (int)syscall(SYS_renameat2, cwd, first, cwd, second, exchange);
}

// Where the next data, or the next hole, of a file begins; -1 with errno.
static inline long tapedeck_seek_data(int file, long offset) { return lseek(file, offset, 3); }
static inline long tapedeck_seek_hole(int file, long offset) { return lseek(file, offset, 4); }

// Forbids core dumps of the process and others' look into its memory.
static inline void tapedeck_forbid_dump(void) {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
