extension Manifest {
  /// The JSON Schema (draft 2020-12) of `manifest.json`, as `tapedeck schema manifest` prints it.
  ///
  /// It is strict about what render writes today; readers of their own should allow further fields.
  public static let jsonSchema = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "urn:tapedeck:manifest:1",
      "title": "Tapedeck render manifest",
      "description": "Times are whole samples at sample_rate from the session's zero, ends exclusive. Ids are strings.",
      "type": "object",
      "additionalProperties": false,
      "required": ["schema", "tool", "sample_rate", "capture", "session", "speakers", "participants", "events", "warnings"],
      "properties": {
        "schema": {"const": "tapedeck.manifest/1"},
        "tool": {
          "type": "object",
          "additionalProperties": false,
          "required": ["version", "render_version", "parameters"],
          "properties": {
            "version": {"type": "string", "description": "Of the program."},
            "render_version": {"type": "integer", "minimum": 1, "description": "Raised only when the same capture would give other bytes."},
            "parameters": {"$ref": "#/$defs/parameters"}
          }
        },
        "sample_rate": {"type": "integer", "minimum": 8000, "maximum": 48000},
        "capture": {
          "type": "object",
          "additionalProperties": false,
          "required": ["id", "digest", "complete"],
          "properties": {
            "id": {"type": "string"},
            "digest": {"$ref": "#/$defs/sha256"},
            "complete": {"type": "boolean", "description": "False when the recording did not end by itself, or was still going on."}
          }
        },
        "session": {
          "type": "object",
          "additionalProperties": false,
          "required": ["guild_id", "guild_name", "channel_id", "channel_name", "start", "start_unix_ns", "samples"],
          "properties": {
            "guild_id": {"type": "string"},
            "guild_name": {"type": ["string", "null"]},
            "channel_id": {"type": "string"},
            "channel_name": {"type": ["string", "null"]},
            "start": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$", "description": "The moment of sample 0."},
            "start_unix_ns": {"type": "string", "pattern": "^-?[0-9]{1,19}$"},
            "samples": {"$ref": "#/$defs/samples", "description": "Length of every file."}
          }
        },
        "speakers": {"type": "array", "items": {"$ref": "#/$defs/speaker"}, "description": "Sorted by id."},
        "participants": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "description": "Users who sent no voice; they have no file."},
        "events": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["at", "kind"],
            "properties": {"at": {"$ref": "#/$defs/samples"}, "kind": {"type": "string", "minLength": 1}}
          }
        },
        "warnings": {
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["code", "message"],
            "properties": {
              "code": {"enum": ["incomplete_capture", "damage", "drops", "unmapped", "learned", "undecryptable", "undecodable", "clipped", "clock", "clock_bridged", "unknown_speaker", "sealed_keys"]},
              "message": {"type": "string", "minLength": 1}
            }
          }
        },
        "mix": {
          "type": "object",
          "additionalProperties": false,
          "required": ["file", "samples", "sha256", "gain"],
          "properties": {
            "file": {"enum": ["mix.wav", "mix.flac"]},
            "samples": {"$ref": "#/$defs/samples"},
            "sha256": {"$ref": "#/$defs/sha256"},
            "gain": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "Applied to all tracks so that the sum never clips."}
          }
        }
      },
      "$defs": {
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "samples": {"type": "integer", "minimum": 0},
        "count": {"type": "integer", "minimum": 0},
        "parameters": {
          "type": "object",
          "additionalProperties": false,
          "required": ["sample_rate", "format", "resampler", "speakers", "from", "to", "mix", "digest", "loudness", "partial"],
          "properties": {
            "sample_rate": {"type": "integer"},
            "format": {"enum": ["wav", "flac"]},
            "resampler": {"enum": ["soxr", "decoder", "samplerate-best", "samplerate-medium", "samplerate-fastest"]},
            "speakers": {"type": ["array", "null"], "items": {"type": "string"}},
            "from": {"type": ["string", "null"]},
            "to": {"type": ["string", "null"]},
            "mix": {"type": "boolean"},
            "digest": {"enum": ["speech", "file"]},
            "loudness": {"type": "boolean"},
            "partial": {"type": "boolean"}
          }
        },
        "range": {
          "type": "object",
          "additionalProperties": false,
          "required": ["start", "end"],
          "properties": {"start": {"$ref": "#/$defs/samples"}, "end": {"$ref": "#/$defs/samples"}}
        },
        "speaker": {
          "type": "object",
          "additionalProperties": false,
          "required": ["id", "user_id", "names", "bot", "file", "samples", "sha256", "speech_samples", "spurts", "segments", "streams", "packets", "frames", "gaps", "gap_totals", "clock", "peak", "clipped_samples"],
          "properties": {
            "id": {"type": "string", "pattern": "^(ssrc-)?[0-9]{1,20}$", "description": "The file's stem."},
            "user_id": {"type": ["string", "null"]},
            "names": {
              "type": "object",
              "additionalProperties": false,
              "required": ["nick", "global", "username"],
              "properties": {
                "nick": {"type": ["string", "null"]},
                "global": {"type": ["string", "null"]},
                "username": {"type": ["string", "null"]}
              }
            },
            "bot": {"type": "boolean"},
            "file": {"type": "string", "pattern": "^(ssrc-)?[0-9]{1,20}\\.(wav|flac)$"},
            "samples": {"$ref": "#/$defs/samples"},
            "sha256": {"$ref": "#/$defs/sha256", "description": "With digest speech: over the spurts in spurts.jsonl, for each its offset and its length in bytes of 16-bit sample data (64-bit little-endian), then those bytes. With digest file: of the file."},
            "speech_samples": {"$ref": "#/$defs/samples"},
            "spurts": {"$ref": "#/$defs/count"},
            "segments": {"type": "array", "items": {"$ref": "#/$defs/range"}},
            "streams": {
              "type": "array",
              "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["connection", "ssrc", "start", "end"],
                "properties": {
                  "connection": {"$ref": "#/$defs/count"},
                  "ssrc": {"type": "integer", "minimum": 0, "maximum": 4294967295},
                  "start": {"$ref": "#/$defs/samples"},
                  "end": {"$ref": "#/$defs/samples"}
                }
              }
            },
            "packets": {
              "type": "object",
              "description": "captured is the sum of all others.",
              "additionalProperties": false,
              "required": ["captured", "placed", "duplicate", "late", "excluded", "undecryptable", "undecodable", "other"],
              "properties": {
                "captured": {"$ref": "#/$defs/count"},
                "placed": {"$ref": "#/$defs/count"},
                "duplicate": {"$ref": "#/$defs/count"},
                "late": {"$ref": "#/$defs/count"},
                "excluded": {"$ref": "#/$defs/count"},
                "undecryptable": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["transport", "no_epoch", "bad_tag", "replay", "not_dave", "unmapped"],
                  "properties": {
                    "transport": {"$ref": "#/$defs/count"},
                    "no_epoch": {"$ref": "#/$defs/count"},
                    "bad_tag": {"$ref": "#/$defs/count"},
                    "replay": {"$ref": "#/$defs/count"},
                    "not_dave": {"$ref": "#/$defs/count"},
                    "unmapped": {"$ref": "#/$defs/count"}
                  }
                },
                "undecodable": {"$ref": "#/$defs/count"},
                "other": {"$ref": "#/$defs/count"}
              }
            },
            "frames": {
              "type": "object",
              "description": "lost is the sum of all others.",
              "additionalProperties": false,
              "required": ["lost", "recovered", "concealed", "silent"],
              "properties": {
                "lost": {"$ref": "#/$defs/count"},
                "recovered": {"$ref": "#/$defs/count"},
                "concealed": {"$ref": "#/$defs/count"},
                "silent": {"$ref": "#/$defs/count"}
              }
            },
            "gaps": {
              "type": "array",
              "maxItems": 1000,
              "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["start", "end", "cause"],
                "properties": {
                  "start": {"$ref": "#/$defs/samples"},
                  "end": {"$ref": "#/$defs/samples"},
                  "cause": {"enum": ["loss", "undecryptable", "undecodable"]}
                }
              }
            },
            "gap_totals": {
              "type": "object",
              "additionalProperties": false,
              "required": ["count", "samples"],
              "properties": {"count": {"$ref": "#/$defs/count"}, "samples": {"$ref": "#/$defs/samples"}}
            },
            "clock": {
              "type": "object",
              "additionalProperties": false,
              "required": ["offset_samples", "ppm", "residual_ms"],
              "properties": {
                "offset_samples": {"type": "integer"},
                "ppm": {"type": "number"},
                "residual_ms": {"type": "number", "minimum": 0}
              }
            },
            "peak": {"type": "number", "minimum": 0, "description": "1 is full scale; above 1 before clipping."},
            "clipped_samples": {"$ref": "#/$defs/count"},
            "loudness": {
              "type": "object",
              "additionalProperties": false,
              "required": ["integrated_lufs", "true_peak_dbtp"],
              "properties": {
                "integrated_lufs": {"type": ["number", "null"]},
                "true_peak_dbtp": {"type": ["number", "null"]}
              }
            }
          }
        }
      }
    }

    """#
}
