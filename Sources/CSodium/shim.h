#include <sodium.h>

// The macro of the same purpose cannot be imported: it is an expression over its argument.
static inline size_t sodium_base64_ENCODED_LEN_standard(size_t length) {
  return sodium_base64_encoded_len(length, sodium_base64_VARIANT_ORIGINAL);
}
