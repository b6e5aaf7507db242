#ifndef TAPEDECK_CSOCKETS_H
#define TAPEDECK_CSOCKETS_H

// Only <stdint.h> here: a header that brings socket types along collides with Swift's Glibc module.
#include <stdint.h>

// An IPv4 (first 4 bytes) or IPv6 address, in network order, with a port in host order.
typedef struct {
  uint8_t bytes[16];
  uint32_t scope;
  uint16_t port;
  uint8_t is_ipv6;
} tapedeck_address;

// Datagrams of one batch at most.
enum { TAPEDECK_BATCH = 64 };

// What a datagram is not told about.
#define TAPEDECK_NO_TIME INT64_MIN

// Makes a non-blocking UDP socket with kernel timestamps and drop counts, bound to `local` and
// connected to `remote`, either of which may be NULL. `granted` gets the receive buffer's size.
// Returns the descriptor, or -errno.
int32_t tapedeck_udp_open(const tapedeck_address *local, const tapedeck_address *remote,
                          int32_t receive_buffer, int32_t *granted);

int32_t tapedeck_udp_local_address(int32_t fd, tapedeck_address *address);

// Reads up to `count` waiting datagrams into slots of `stride` bytes. `lengths` are true lengths,
// also of datagrams that are longer than a slot; `times` are CLOCK_REALTIME nanoseconds; `sources`
// may be NULL; `drops` is set when the kernel says a number. Returns how many, 0 when none waits,
// or -errno.
int32_t tapedeck_udp_receive(int32_t fd, uint8_t *slots, uint32_t stride, uint32_t count,
                             uint32_t *lengths, int64_t *times, tapedeck_address *sources,
                             uint32_t *drops);

// Sends one datagram, to `remote` or, where that is NULL, to whom the socket is connected.
// Returns 0 or -errno.
int32_t tapedeck_udp_send(int32_t fd, const uint8_t *bytes, uint32_t count,
                          const tapedeck_address *remote);

// Datagrams the kernel dropped for this socket up to now. Returns 0 or -errno.
int32_t tapedeck_udp_drops(int32_t fd, uint32_t *drops);

// A descriptor that wakes tapedeck_udp_wait. Returns it, or -errno.
int32_t tapedeck_wake_open(void);
void tapedeck_wake(int32_t wake);

// Waits until a datagram or an error is there (1), a wake-up came (2, and it is taken away), both
// (3), or the time is over (0). An `fd` of -1 is not looked at. Returns -errno if it cannot.
int32_t tapedeck_udp_wait(int32_t fd, int32_t wake, int32_t milliseconds);

void tapedeck_close(int32_t fd);

#endif
