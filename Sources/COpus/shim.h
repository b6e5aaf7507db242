#include <opus.h>

// opus_*_ctl is variadic, and so cannot be imported into Swift: one typed function per request.

static inline int tapedeck_opus_encoder_set(OpusEncoder *encoder, int request, opus_int32 value) {
  return opus_encoder_ctl(encoder, request, value);
}

static inline int tapedeck_opus_encoder_get(
    OpusEncoder *encoder, int request, opus_int32 *value) {
  return opus_encoder_ctl(encoder, request, value);
}

static inline int tapedeck_opus_decoder_reset(OpusDecoder *decoder) {
  return opus_decoder_ctl(decoder, OPUS_RESET_STATE);
}
