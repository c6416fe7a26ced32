// Chapter 08 as operations.
#include "chapters/08_stopping_and_streaming/generate_text.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

std::vector<std::string> to_byte_list(const json& list) {
  std::vector<std::string> values;
  for (const json& value : list) values.push_back(to_bytes(value));
  return values;
}

json matched(const std::string* stop) {
  return stop == nullptr ? json() : bytes(*stop);
}

json stop_strings(const json& args) {
  StopStrings stops(to_byte_list(args.at("stop")));
  json trace = json::array();
  for (const std::string& piece : to_byte_list(args.at("pieces"))) {
    const std::string shown = stops.push(piece);
    trace.push_back({{"shown", bytes(shown)}, {"held", bytes(stops.held())}});
  }
  const std::string rest = stops.flush();
  return {{"trace", trace}, {"flush", bytes(rest)}, {"matched", matched(stops.matched())}};
}

// A tokenizer whose ids are these tokens; some of them control tokens.
PublishedTokenizer tokenizer(const json& args) {
  PublishedTokenizer published{
      .tokenizer = Tokenizer({to_byte_list(args.at("tokens")), {}, {}}, split_none),
      .split = {},
      .control = {},
      .eos = {},
      .chat_template = {},
      .added = AddedTokens(),
      .added_normal = AddedTokens(),
      .steps = SplitSteps(),
      .merging = nullptr};
  published.control.assign(args.at("tokens").size(), false);
  for (const json& id : args.value("control", json::array())) {
    published.control.at(id.get<std::size_t>()) = true;
  }
  return published;
}

json text_stream(const json& args) {
  const PublishedTokenizer published = tokenizer(args);
  TextStream stream(published, to_byte_list(args.at("stop")), args.value("show_control", true));
  json pieces = json::array();
  for (const json& id : args.at("ids")) pieces.push_back(bytes(stream.push(id)));
  const std::string rest = stream.flush();
  return {{"pieces", pieces}, {"flush", bytes(rest)}, {"matched", matched(stream.matched())}};
}

GenerateOptions options(const json& args, json& heard) {
  GenerateOptions o;
  o.max_new_tokens = args.value("max_new_tokens", 100);
  o.stop_ids = args.value("stop_ids", std::vector<int>());
  o.ignore_eos = args.value("ignore_eos", false);
  const int cancel_after = args.value("cancel_after", 1000);
  o.on_token = [&heard, cancel_after, n = 0](int id) mutable {
    heard.push_back({{"token", id}});
    return ++n < cancel_after;
  };
  return o;
}

// A loop that "samples" the ids of a script, with chapter 05's ends.
Generated scripted(const ModelConfig& model, const std::vector<int>& script,
                   const GenerateOptions& o) {
  Generated result;
  for (const int id : script) {
    result.tokens.push_back(id);
    const bool go_on = !o.on_token || o.on_token(id);
    if (ends_text(model, id, result.tokens.size(), o, result.finish)) return result;
    if (go_on) continue;
    result.finish = Finish::kCallback;
    return result;
  }
  result.finish = Finish::kContextFull;
  return result;
}

json generate(const json& args) {
  const PublishedTokenizer published = tokenizer(args);
  TextStream stream(published, to_byte_list(args.at("stop")));
  ModelConfig model;
  model.eos_ids = args.value("eos", std::vector<int>());
  json heard = json::array();
  const std::vector<int> script = args.at("ids");
  const Generated result =
      generate_text([&](const GenerateOptions& o) { return scripted(model, script, o); }, model,
                    options(args, heard), stream,
                    [&](const std::string& piece) {
                      heard.push_back({{"piece", bytes(piece)}});
                    });
  return {{"heard", heard}, {"tokens", result.tokens}, {"finish", finish_name(result.finish)}};
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {
      {"stop_strings", stop_strings}, {"text_stream", text_stream}, {"generate_text", generate}};
  return operations;
}

}  // namespace tokenwalk::grading
