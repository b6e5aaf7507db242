// The floor that rendering is measured against: what the C libraries alone cost on the same Opus frames.
//
//   floor default FRAMES...      libopus at 48 kHz (two channels if any frame is stereo, averaged), soxr VHQ to 16 kHz
//   floor decoder FRAMES...      libopus at 16 kHz, one channel
//   floor ogg FRAMES OUT.opus    the frames as an Ogg Opus file, for ffmpeg
//
// A frames file is a row of packets, each with its length before it (16 bits, little-endian).

#include <ogg/ogg.h>
#include <opus.h>
#include <soxr.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SAMPLES 5760

typedef struct {
  unsigned char *bytes;
  size_t size;
  size_t offset;
} Frames;

static void fail(const char *what, const char *why) {
  fprintf(stderr, "floor: %s: %s\n", what, why);
  exit(1);
}

static Frames frames_open(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path, "cannot be opened");
  fseek(file, 0, SEEK_END);
  Frames frames = {NULL, (size_t)ftell(file), 0};
  rewind(file);
  frames.bytes = malloc(frames.size + 1);
  if (fread(frames.bytes, 1, frames.size, file) != frames.size) fail(path, "cannot be read");
  fclose(file);
  return frames;
}

/// The next packet, or NULL at the end.
static const unsigned char *frames_next(Frames *frames, int *length) {
  if (frames->offset + 2 > frames->size) return NULL;
  const unsigned char *packet = frames->bytes + frames->offset;
  *length = packet[0] | packet[1] << 8;
  frames->offset += 2 + (size_t)*length;
  if (frames->offset > frames->size) fail("frames", "cut off");
  return packet + 2;
}

static int frames_channels(Frames frames) {
  int length, channels = 1;
  const unsigned char *packet;
  while ((packet = frames_next(&frames, &length)))
    if (length > 0 && packet[0] & 4) channels = 2;
  return channels;
}

static void decode(const char *path, int rate) {
  Frames frames = frames_open(path);
  int resamples = rate == 48000;
  int channels = resamples ? frames_channels(frames) : 1;
  int code;
  OpusDecoder *decoder = opus_decoder_create(rate, channels, &code);
  if (!decoder) fail(path, "no decoder");
  soxr_error_t error = NULL;
  soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
  soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  soxr_t resampler = soxr_create(48000, 16000, 1, &error, &io, &quality, &runtime);
  if (error) fail("soxr", error);

  static float samples[2 * MOST_SAMPLES], output[65536];
  double sum = 0;
  long total = 0;
  int length;
  const unsigned char *packet;
  while ((packet = frames_next(&frames, &length))) {
    int count = opus_decode_float(decoder, packet, length, samples, MOST_SAMPLES, 0);
    if (count < 0) continue;
    const float *result = samples;
    size_t made = (size_t)count;
    if (resamples) {
      if (channels == 2)
        for (int i = 0; i < count; i++)
          samples[i] = 0.5f * (samples[2 * i] + samples[2 * i + 1]);
      size_t used;
      soxr_process(resampler, samples, (size_t)count, &used, output, 65536, &made);
      result = output;
    }
    total += (long)made;
    if (made) sum += result[0];
  }
  // Printed, so that no compiler may leave the work out.
  printf("%s: %ld samples, %d channels, %f\n", path, total, channels, sum);
  soxr_delete(resampler);
  opus_decoder_destroy(decoder);
  free(frames.bytes);
}

static void write_pages(ogg_stream_state *stream, FILE *file, int flush) {
  ogg_page page;
  while (flush ? ogg_stream_flush(stream, &page) : ogg_stream_pageout(stream, &page)) {
    fwrite(page.header, 1, (size_t)page.header_len, file);
    fwrite(page.body, 1, (size_t)page.body_len, file);
  }
}

/// RFC 7845.
static void write_ogg(const char *path, const char *target) {
  Frames frames = frames_open(path);
  FILE *file = fopen(target, "wb");
  if (!file) fail(target, "cannot be created");
  ogg_stream_state stream;
  ogg_stream_init(&stream, 1);
  unsigned char head[19] = "OpusHead\1\1\0\0\200\273";
  head[9] = (unsigned char)frames_channels(frames);
  unsigned char tags[] = "OpusTags\5\0\0\0floor\0\0\0";
  ogg_packet first = {head, 19, 1, 0, 0, 0};
  ogg_packet second = {tags, sizeof tags, 0, 0, 0, 1};
  ogg_stream_packetin(&stream, &first);
  write_pages(&stream, file, 1);
  ogg_stream_packetin(&stream, &second);
  write_pages(&stream, file, 1);
  ogg_int64_t position = 0, number = 2;
  int length;
  const unsigned char *bytes;
  while ((bytes = frames_next(&frames, &length))) {
    int samples = opus_packet_get_nb_samples(bytes, length, 48000);
    if (samples < 0) continue;
    position += samples;
    int last = frames.offset + 2 > frames.size;
    ogg_packet packet = {(unsigned char *)bytes, length, 0, last, position, number++};
    ogg_stream_packetin(&stream, &packet);
    write_pages(&stream, file, 0);
  }
  write_pages(&stream, file, 1);
  ogg_stream_clear(&stream);
  if (fclose(file)) fail(target, "cannot be written");
}

int main(int count, char **arguments) {
  if (count < 3) fail("usage", "floor default|decoder|ogg FRAMES...");
  if (!strcmp(arguments[1], "ogg")) {
    if (count != 4) fail("usage", "floor ogg FRAMES OUT.opus");
    write_ogg(arguments[2], arguments[3]);
    return 0;
  }
  int rate = strcmp(arguments[1], "decoder") ? 48000 : 16000;
  for (int i = 2; i < count; i++) decode(arguments[i], rate);
  return 0;
}
