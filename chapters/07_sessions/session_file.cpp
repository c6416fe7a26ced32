#include "chapters/07_sessions/session_file.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>

#include "chapters/04_transformer/rotary_table.h"
#include "lib/base/error.h"
#include "lib/io/byte_reader.h"
#include "lib/io/mapped_file.h"
#include "lib/io/output_file.h"

namespace tokenwalk {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr const char* kHint = "it cannot be repaired; begin the text again";
constexpr std::string_view kMagic("twsess\0\1", 8);

// FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923).
class Fnv1a {
 public:
  void add(const void* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      hash_ = (hash_ ^ static_cast<const unsigned char*>(data)[i]) * 0x100000001b3u;
    }
  }
  void add(std::uint64_t value) { add(&value, sizeof value); }
  void add(std::span<const float> values) { add(values.data(), values.size_bytes()); }

  std::uint64_t hash() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

[[noreturn]] void refuse(const std::string& source, const std::string& message,
                         const std::string& found, const std::string& expected,
                         const std::string& hint) {
  throw Error(ErrorCode::kBadFile, {source + ": " + message, found, expected, hint});
}

// Writes a file and adds up its checksum.
class Writer {
 public:
  explicit Writer(const std::filesystem::path& path) : file_(path) {}

  void write(const void* data, std::size_t size) {
    sum_.add(data, size);
    file_.write({static_cast<const std::byte*>(data), size});
  }
  void write(std::uint64_t value) { write(&value, sizeof value); }

  void finish() {
    write(sum_.hash());
    file_.finish();
  }

 private:
  OutputFile file_;
  Fnv1a sum_;
};

void write_kv(const Session& session, Writer& out) {
  const Model& model = session.model();
  const std::size_t n = session.cached(), row = model.config.attention.kv_size();
  std::vector<float> keys(n * row), values(n * row);  // [cached, n_kv_heads, head_dim]
  for (std::size_t layer = 0; layer < model.config.n_layers; ++layer) {
    for (std::size_t t = 0; t < n; ++t) {
      model.kernels->kv_read(session.cache().layer(layer), t, &keys[t * row], &values[t * row]);
    }
    out.write(keys.data(), keys.size() * sizeof(float));
    out.write(values.data(), values.size() * sizeof(float));
  }
}

void write_session(const Session& session, Writer& out) {
  const std::vector<int>& ids = session.tokens();
  out.write(kMagic.data(), kMagic.size());
  out.write(model_fingerprint(session.model()));
  out.write(ids.size());
  out.write(session.cached());
  out.write(session.logits().size());
  for (const int id : ids) out.write(&id, sizeof id);
  write_kv(session, out);
  out.write(session.logits().data(), session.logits().size() * sizeof(float));
}

// The bytes between the magic and the checksum.
std::span<const std::byte> checked_body(const MappedFile& file) {
  const std::string_view text = file.text();
  const std::size_t version_at = kMagic.size() - 1;
  if (text.substr(0, version_at) != kMagic.substr(0, version_at) || text.size() < kMagic.size()) {
    refuse(file.path(), "not a session", "other first bytes", "a file that `save` wrote", "");
  }
  if (text[version_at] != kMagic[version_at]) {
    refuse(file.path(), "a session of another version",
           "version " + std::to_string(static_cast<unsigned char>(text[version_at])), "version 1",
           "save it again with this version of the program");
  }
  std::uint64_t expected = 0;
  const std::size_t size =
      text.size() < kMagic.size() + sizeof expected ? kMagic.size() : text.size() - sizeof expected;
  std::memcpy(&expected, text.data() + size, std::min(sizeof expected, text.size() - size));
  Fnv1a sum;
  sum.add(text.data(), size);
  if (sum.hash() != expected) {
    refuse(file.path(), "a session that was cut or changed", "another checksum",
           "the one at its end", kHint);
  }
  return file.bytes().first(size).subspan(kMagic.size());
}

// What the rest of the file holds.
struct Counts {
  std::uint64_t ids, cached, logits;
};

Counts read_counts(ByteReader& reader, const ModelConfig& config) {
  const std::size_t row_bytes = 2 * config.n_layers * config.attention.kv_size() * sizeof(float);
  Counts n;
  n.ids = reader.read_count(sizeof(int), "the number of ids");
  n.cached = reader.read_count(row_bytes, "the number of cached positions");
  n.logits = reader.read_count(sizeof(float), "the number of logits");
  const bool pending = n.ids == n.cached + 1;
  const std::uint64_t wanted = n.ids == 0 || pending ? 0 : config.vocab;
  if (n.ids > config.context || (n.ids != n.cached && !pending) || n.logits != wanted) {
    refuse(reader.source(), "a session that does not fit together",
           std::to_string(n.ids) + " ids, " + std::to_string(n.cached) + " cached, " +
               std::to_string(n.logits) + " logits",
           "at most one id that is not cached, and logits if there is none", "");
  }
  return n;
}

std::vector<int> read_ids(ByteReader& reader, std::uint64_t n, std::size_t vocab) {
  std::vector<int> ids(n);
  for (int& id : ids) {
    id = reader.read<std::int32_t>("an id");
    if (id >= 0 && static_cast<std::size_t>(id) < vocab) continue;
    refuse(reader.source(), "no such token", "id " + std::to_string(id),
           "an id from 0 to " + std::to_string(vocab - 1), "");
  }
  return ids;
}

std::vector<float> read_floats(ByteReader& reader, std::size_t n, const char* what) {
  std::vector<float> values(n);
  for (float& value : values) value = reader.read<float>(what);
  return values;
}

void read_kv(ByteReader& reader, const Model& model, std::size_t n_cached, KvCache& cache) {
  const std::size_t row = model.config.attention.kv_size();
  for (std::size_t layer = 0; layer < model.config.n_layers; ++layer) {
    const std::vector<float> keys = read_floats(reader, n_cached * row, "a key");
    const std::vector<float> values = read_floats(reader, n_cached * row, "a value");
    for (std::size_t t = 0; t < n_cached; ++t) {
      model.kernels->kv_write(cache.layer(layer), t, &keys[t * row], &values[t * row]);
    }
  }
  cache.reach(n_cached);
  for (std::size_t t = 0; t < n_cached; ++t) cache.advance();
}

}  // namespace

void save_session(const Session& session, const std::filesystem::path& path) {
  Writer out(path);
  write_session(session, out);
  out.finish();
}

Session load_session(const Model& model, const std::filesystem::path& path) {
  const MappedFile file(path);
  ByteReader reader(checked_body(file), file.path(), kHint);
  if (reader.read<std::uint64_t>("the model's fingerprint") != model_fingerprint(model)) {
    refuse(file.path(), "a session of another model", "another fingerprint", "that of this model",
           "load it with the model that it was saved with");
  }
  const Counts n = read_counts(reader, model.config);
  std::vector<int> ids = read_ids(reader, n.ids, model.config.vocab);
  KvCache cache(model);
  read_kv(reader, model, n.cached, cache);
  std::vector<float> logits = read_floats(reader, n.logits, "a logit");
  if (reader.left() > 0) {
    refuse(file.path(), "a session that does not fit together",
           std::to_string(reader.left()) + " bytes too many", "the end of the file", "");
  }
  return Session(model, std::move(ids), std::move(cache), std::move(logits));
}

std::uint64_t model_fingerprint(const Model& model) {
  const ModelConfig& c = model.config;
  Fnv1a sum;
  for (const std::size_t size : {c.n_layers, c.hidden, c.intermediate, c.attention.n_heads,
                                 c.attention.n_kv_heads, c.attention.head_dim, c.vocab}) {
    sum.add(size);
  }
  RotaryTable angles(c);
  angles.reach(2);
  sum.add({angles.row(1).cosines, c.attention.head_dim / 2});
  sum.add(model.final_norm);
  sum.add(static_cast<std::uint64_t>(model.kv_type));
  for (const LayerWeights& layer : model.layers) {
    sum.add(static_cast<std::uint64_t>(layer.q->format));
    sum.add(layer.attention_norm);
    sum.add(layer.mlp_norm);
  }
  std::vector<float> row(c.hidden);
  const std::size_t n_rows = std::min<std::size_t>(c.vocab, 64);
  for (std::size_t i = 0; i < n_rows; ++i) {
    model.kernels->unpack_row(*model.embedding, i * c.vocab / n_rows, row);
    sum.add(row);
  }
  return sum.hash();
}

}  // namespace tokenwalk
