#define _GNU_SOURCE
#include "CSockets.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

typedef union {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} socket_address;

static socklen_t to_system(const tapedeck_address *from, socket_address *to) {
  memset(to, 0, sizeof *to);
  if (from->is_ipv6) {
    to->v6.sin6_family = AF_INET6;
    to->v6.sin6_port = htons(from->port);
    to->v6.sin6_scope_id = from->scope;
    memcpy(&to->v6.sin6_addr, from->bytes, 16);
    return sizeof to->v6;
  }
  to->v4.sin_family = AF_INET;
  to->v4.sin_port = htons(from->port);
  memcpy(&to->v4.sin_addr, from->bytes, 4);
  return sizeof to->v4;
}

static void from_system(const socket_address *from, tapedeck_address *to) {
  memset(to, 0, sizeof *to);
  if (from->any.sa_family == AF_INET6) {
    to->is_ipv6 = 1;
    to->port = ntohs(from->v6.sin6_port);
    to->scope = from->v6.sin6_scope_id;
    memcpy(to->bytes, &from->v6.sin6_addr, 16);
  } else {
    to->port = ntohs(from->v4.sin_port);
    memcpy(to->bytes, &from->v4.sin_addr, 4);
  }
}

int32_t tapedeck_udp_open(const tapedeck_address *local, const tapedeck_address *remote,
                          int32_t receive_buffer, int32_t *granted) {
  const tapedeck_address *either = remote ? remote : local;
  if (!either) return -EINVAL;
  int family = either->is_ipv6 ? AF_INET6 : AF_INET;
  int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  const int on = 1;
  socket_address address;
  socklen_t length;
  // The forced size is not bounded by net.core.rmem_max, but needs CAP_NET_ADMIN.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) < 0 &&
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) < 0)
    goto failed;
  length = sizeof *granted;
  if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, granted, &length) < 0) goto failed;
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0 ||
      setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) < 0)
    goto failed;
  if (local) {
    length = to_system(local, &address);
    if (bind(fd, &address.any, length) < 0) goto failed;
  }
  if (remote) {
    length = to_system(remote, &address);
    if (connect(fd, &address.any, length) < 0) goto failed;
  }
  return fd;
failed:;
  int error = errno;
  close(fd);
  return -error;
}

int32_t tapedeck_udp_local_address(int32_t fd, tapedeck_address *address) {
  socket_address system = {0};
  socklen_t length = sizeof system;
  if (getsockname(fd, &system.any, &length) < 0) return -errno;
  from_system(&system, address);
  return 0;
}

int32_t tapedeck_udp_receive(int32_t fd, uint8_t *slots, uint32_t stride, uint32_t count,
                             uint32_t *lengths, int64_t *times, tapedeck_address *sources,
                             uint32_t *drops) {
  struct mmsghdr messages[TAPEDECK_BATCH];
  struct iovec vectors[TAPEDECK_BATCH];
  socket_address names[TAPEDECK_BATCH];
  // Room for the timestamp and the counter; a union for their alignment.
  union {
    struct cmsghdr header;
    uint8_t bytes[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(uint32_t))];
  } controls[TAPEDECK_BATCH];

  if (count > TAPEDECK_BATCH) count = TAPEDECK_BATCH;
  for (uint32_t i = 0; i < count; i++) {
    vectors[i] = (struct iovec){slots + (size_t)i * stride, stride};
    messages[i].msg_hdr = (struct msghdr){.msg_name = sources ? &names[i] : NULL,
                                          .msg_namelen = sources ? sizeof names[i] : 0,
                                          .msg_iov = &vectors[i],
                                          .msg_iovlen = 1,
                                          .msg_control = &controls[i],
                                          .msg_controllen = sizeof controls[i]};
  }
  int received = recvmmsg(fd, messages, count, MSG_DONTWAIT | MSG_TRUNC, NULL);
  if (received < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
  for (int i = 0; i < received; i++) {
    lengths[i] = messages[i].msg_len;
    times[i] = TAPEDECK_NO_TIME;
    if (sources) from_system(&names[i], &sources[i]);
    struct msghdr *header = &messages[i].msg_hdr;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
      if (c->cmsg_level != SOL_SOCKET) continue;
      if (c->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec time;
        memcpy(&time, CMSG_DATA(c), sizeof time);
        times[i] = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
      } else if (c->cmsg_type == SO_RXQ_OVFL) {
        memcpy(drops, CMSG_DATA(c), sizeof *drops);
      }
    }
  }
  return received;
}

int32_t tapedeck_udp_send(int32_t fd, const uint8_t *bytes, uint32_t count,
                          const tapedeck_address *remote) {
  socket_address address;
  socklen_t length = remote ? to_system(remote, &address) : 0;
  const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  return sendto(fd, bytes, count, flags, remote ? &address.any : NULL, length) < 0 ? -errno : 0;
}

int32_t tapedeck_udp_drops(int32_t fd, uint32_t *drops) {
  uint32_t values[SK_MEMINFO_VARS] = {0};
  socklen_t length = sizeof values;
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values, &length) < 0) return -errno;
  *drops = values[SK_MEMINFO_DROPS];
  return 0;
}

int32_t tapedeck_wake_open(void) {
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

void tapedeck_wake(int32_t wake) {
  eventfd_write(wake, 1);
}

int32_t tapedeck_udp_wait(int32_t fd, int32_t wake, int32_t milliseconds) {
  struct pollfd polled[2] = {{fd, POLLIN, 0}, {wake, POLLIN, 0}};
  int ready = poll(polled, 2, milliseconds);
  if (ready < 0) return errno == EINTR ? 0 : -errno;
  if (polled[1].revents) {
    eventfd_t value;
    eventfd_read(wake, &value);
  }
  return (polled[0].revents ? 1 : 0) | (polled[1].revents ? 2 : 0);
}

void tapedeck_close(int32_t fd) {
  close(fd);
}
