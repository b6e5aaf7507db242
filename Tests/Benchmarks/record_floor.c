// The least that recording can cost: a thread a channel that receives in batches with the kernel's
// times, appends to a buffer, writes every 20 ms and syncs once a second. No check sums, no
// decisions.
//
//     record_floor FOLDER SECONDS PORT...
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, SLOT = 2048, OVERHEAD = 75, BUFFER = 1 << 20 };

static int64_t end_time;

typedef struct {
  const char *folder;
  int port, number;
  pthread_t thread;
  uint64_t received;
} channel;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *run(void *argument) {
  channel *c = argument;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  int on = 1, size = 4 << 20;
  struct sockaddr_in remote = {.sin_family = AF_INET, .sin_port = htons(c->port)};
  remote.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  if (connect(fd, (struct sockaddr *)&remote, sizeof remote) < 0) fail("connect");
  char path[4096];
  snprintf(path, sizeof path, "%s/floor-%d", c->folder, c->number);
  int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file < 0) fail(path);
  static __thread uint8_t slots[BATCH][SLOT];
  uint8_t *buffer = malloc(BUFFER);
  size_t used = 0;
  if (send(fd, "", 1, 0) < 0) fail("send");
  int64_t written = now(), synced = written;
  while (now() < end_time) {
    struct pollfd p = {fd, POLLIN, 0};
    int64_t wait = (written + 20000000 - now()) / 1000000;
    if (poll(&p, 1, used ? (wait > 0 ? wait : 0) : 100) > 0) {
      int count;
      do {
        struct mmsghdr m[BATCH];
        struct iovec v[BATCH];
        uint8_t control[BATCH][64] __attribute__((aligned(8)));
        for (int i = 0; i < BATCH; i++) {
          v[i] = (struct iovec){slots[i], SLOT};
          m[i].msg_hdr = (struct msghdr){.msg_iov = &v[i], .msg_iovlen = 1,
                                         .msg_control = control[i], .msg_controllen = 64};
        }
        count = recvmmsg(fd, m, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < count; i++) {
          struct timespec t = {0};
          struct cmsghdr *h = CMSG_FIRSTHDR(&m[i].msg_hdr);
          if (h && h->cmsg_type == SCM_TIMESTAMPNS) memcpy(&t, CMSG_DATA(h), sizeof t);
          if (used + m[i].msg_len + OVERHEAD > BUFFER) continue;
          memset(buffer + used, 0, OVERHEAD);
          memcpy(buffer + used, &t, sizeof t);
          memcpy(buffer + used + OVERHEAD, slots[i], m[i].msg_len);
          used += m[i].msg_len + OVERHEAD;
          c->received++;
        }
      } while (count == BATCH);
      // As the recorder does: what comes together is read together.
      usleep(GATHER_MICROSECONDS);
    }
    if (used && now() - written >= 20000000) {
      if (write(file, buffer, used) < 0) fail("write");
      used = 0;
      written = now();
    }
    if (now() - synced >= 1000000000) {
      fdatasync(file);
      synced = now();
    }
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 4) return 64;
  int channels = count - 3;
  channel *all = calloc(channels, sizeof *all);
  end_time = now() + atoll(arguments[2]) * 1000000000;
  for (int i = 0; i < channels; i++) {
    all[i] = (channel){.folder = arguments[1], .port = atoi(arguments[3 + i]), .number = i};
    pthread_create(&all[i].thread, NULL, run, &all[i]);
  }
  uint64_t received = 0;
  for (int i = 0; i < channels; i++) {
    pthread_join(all[i].thread, NULL);
    received += all[i].received;
  }
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  double cpu = u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
  printf("{\"received\": %lu, \"cpu_seconds\": %f, \"cpu_us_a_packet\": %f}\n", (unsigned long)received,
         cpu, cpu * 1e6 / (received ? received : 1));
  return 0;
}
