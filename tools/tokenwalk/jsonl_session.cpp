#include <map>
#include <memory>

#include "chapters/07_sessions/session_file.h"
#include "lib/base/error.h"
#include "tools/tokenwalk/fingerprint.h"
#include "tools/tokenwalk/generate_request.h"
#include "tools/tokenwalk/jsonl_ops.h"

namespace tokenwalk {
namespace {

struct NamedSession {
  Session session;
  Json options = Json::object();  ///< keys of generate, unless a request gives them
};

using Sessions = std::map<std::string, NamedSession>;

std::vector<std::string_view> session_keys() {
  std::vector<std::string_view> keys = generate_keys();
  for (const char* key : {"name", "do", "options", "to", "as", "path"}) keys.push_back(key);
  return keys;
}

// A session is one text with a cache.
SampleRequest read_one_sample(const Request& request, Engine& engine) {
  const SampleRequest samples = read_samples(request, engine);
  if (samples.num_samples == 1 && samples.use_cache) return samples;
  throw Error(
      ErrorCode::kBadValue,
      {"a session is one text with a cache",
       samples.use_cache ? "num_samples " + std::to_string(samples.num_samples) : "cache false",
       "num_samples 1 and cache true", R"("do": "fork" begins another text)"});
}

NamedSession& find_session(Sessions& sessions, const std::string& name) {
  const auto found = sessions.find(name);
  if (found != sessions.end()) return found->second;
  std::string names;
  for (const auto& [open, session] : sessions) names += (names.empty() ? "" : ", ") + open;
  throw Error(ErrorCode::kBadValue,
              {"no such session", name, names.empty() ? "none is open" : names,
               R"("do": "open" begins one)"});
}

void check_new(const Sessions& sessions, const std::string& name) {
  if (sessions.count(name) == 0) return;
  throw Error(ErrorCode::kBadValue,
              {"the session is open already", name, "a new name", R"("do": "close" ends one)"});
}

void add_session(Sessions& sessions, const std::string& name, NamedSession session) {
  check_new(sessions, name);
  sessions.emplace(name, std::move(session));
}

Json state_json(const Session& session, std::size_t evaluated) {
  return {{"tokens", session.tokens().size()},
          {"cached", session.cached()},
          {"pending", session.pending()},
          {"evaluated", evaluated}};
}

// The new ids of a request: none, those of `ids`, or those of `prompt`, which begins a text as the
// tokenizer's file says.
std::vector<int> read_new_ids(const Request& request, const Session& session, Engine& engine) {
  const bool none = !request.has("prompt") && !request.has("ids") && !request.has("messages");
  if (none) return {};
  if (!request.has("prompt") || request.has("ids")) return read_prompt(request, engine);
  const PublishedTokenizer& tokenizer = engine.tokenizer();
  const bool first = session.tokens().empty();
  return tokenizer.encode(request.text("prompt"), request.flag("specials", true),
                          first && tokenizer.add_bos);
}

Json generate(const Request& request, NamedSession& named, Engine& engine) {
  Json merged = named.options;
  for (const auto& [key, value] : request.whole().items()) merged[key] = value;
  const Request full(merged, session_keys());
  const SampleRequest samples = read_one_sample(full, engine);
  const std::vector<int> ids = read_new_ids(full, named.session, engine);
  std::vector<int> text = named.session.tokens();
  text.insert(text.end(), ids.begin(), ids.end());
  std::vector<TokenScore> scores;
  const Generated result = generate_one(
      [&](const GenerateOptions& options) { return named.session.generate(ids, options); },
      engine.model().config, options_of_sample(samples, engine.model().config, text, 0, scores),
      samples);
  Json reply = state_json(named.session, result.evaluated);
  reply["samples"] = Json::array({sample_json(result, samples, scores)});
  reply["prompt_ids"] = ids;
  return reply;
}

// K and V as stored: layer by layer, K before V, position by position.
std::vector<float> kv_rows(const Session& session) {
  const Model& model = session.model();
  const std::size_t n = session.cached() * model.config.attention.kv_size();
  const std::size_t row = model.config.attention.kv_size();
  std::vector<float> all(2 * n * model.config.n_layers);
  float* keys = all.data();
  for (std::size_t layer = 0; layer < model.config.n_layers; ++layer, keys += 2 * n) {
    for (std::size_t t = 0; t < session.cached(); ++t) {
      model.kernels->kv_read(session.cache().layer(layer), t, keys + t * row, keys + n + t * row);
    }
  }
  return all;
}

Json describe_session(const Session& session) {
  Json reply = state_json(session, 0);
  reply["ids"] = session.tokens();
  reply["kv_sha256"] = sha256_hex(kv_bytes(session.model().kv_type, kv_rows(session)));
  reply["bytes"] = session.cache().bytes();
  return reply;
}

Json open(const Request& request, const std::string& name, Sessions& sessions, Engine& engine) {
  NamedSession named{Session(engine.model())};
  if (request.has("options")) {
    named.options = request.object("options");
    read_one_sample(Request(named.options, generate_keys()), engine);
  }
  const Json reply = state_json(named.session, 0);
  add_session(sessions, name, std::move(named));
  return reply;
}

Json fork(const Request& request, const NamedSession& named, Sessions& sessions) {
  NamedSession other{named.session.fork(), named.options};
  const Json reply = state_json(other.session, 0);
  add_session(sessions, request.text("as"), std::move(other));
  return reply;
}

Json load(const Request& request, const std::string& name, Sessions& sessions, Engine& engine) {
  check_new(sessions, name);
  NamedSession named{load_session(engine.model(), request.text("path"))};
  const Json reply = state_json(named.session, 0);
  add_session(sessions, name, std::move(named));
  return reply;
}

Json act(const std::string& what, const Request& request, const std::string& name,
         Sessions& sessions, Engine& engine) {
  NamedSession& named = find_session(sessions, name);
  Session& session = named.session;
  std::size_t evaluated = 0;
  if (what == "generate") return generate(request, named, engine);
  if (what == "fork") return fork(request, named, sessions);
  if (what == "info") return describe_session(session);
  if (what == "sync") {
    evaluated = session.sync(request.integers("ids"));
  } else if (what == "truncate") {
    session.truncate(static_cast<std::size_t>(request.integer("to", 0, INT32_MAX)));
  } else if (what == "flush") {
    evaluated = session.flush();
  } else if (what == "save") {
    save_session(session, request.text("path"));
  } else if (what == "close") {
    const Json last = state_json(session, 0);
    sessions.erase(name);
    return last;
  } else {
    throw Error(ErrorCode::kBadValue,
                {"a session cannot do that", what,
                 "open, generate, sync, truncate, fork, flush, save, load, info or close", ""});
  }
  return state_json(session, evaluated);
}

Json answer_session(const Request& request, Sessions& sessions, Engine& engine) {
  const std::string name = request.text("name"), what = request.text("do");
  if (what == "open") return open(request, name, sessions, engine);
  if (what == "load") return load(request, name, sessions, engine);
  return act(what, request, name, sessions, engine);
}

}  // namespace

std::vector<JsonlOp> session_ops() {
  const auto sessions = std::make_shared<Sessions>();
  return {{"session", session_keys(), [sessions](const Request& request, Engine& engine) {
             return answer_session(request, *sessions, engine);
           }}};
}

}  // namespace tokenwalk
