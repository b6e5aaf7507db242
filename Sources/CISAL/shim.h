#include <isa-l/crc.h>

/// `crc32_iscsi`, which in its AVX-512 variant (seen in libisal 2.30) returns with the upper halves of the vector
/// registers in use. All SSE code after it is slowed down then, whoever's it is: decoding Opus took 1.6 times as long.
static inline unsigned int tapedeck_crc32_iscsi(
    unsigned char *bytes, int count, unsigned int initial) {
  unsigned int result = crc32_iscsi(bytes, count, initial);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx")) __asm__ volatile("vzeroupper");
#endif
  return result;
}
