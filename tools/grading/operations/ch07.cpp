// Chapter 07 as operations.
#include "chapters/07_sessions/session.h"
#include "chapters/07_sessions/wrappers.h"
#include "lib/base/error.h"
#include "tools/grading/operations/models.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {
namespace {

json state(const Session& session) {
  return {{"tokens", session.tokens()},
          {"cached", session.cached()},
          {"pending", session.pending()},
          {"logits", numbers(session.logits())}};
}

// One step; what it returned.
json run(Session& session, const json& step) {
  const std::string verb = step.at("do");
  if (verb == "generate") {
    return generated(session.generate(ids_of(step, "ids"), options_of(step.at("options"))));
  }
  if (verb == "truncate") {
    session.truncate(step.at("n"));
    return nullptr;
  }
  if (verb == "sync") return session.sync(ids_of(step, "ids"));
  if (verb == "flush") return session.flush();
  return generate_full(session, ids_of(step, "ids"), options_of(step.at("options")));
}

// Steps on one session, and how it stands after each; an Error leaves it as it was.
json script(const json& args) {
  const Model model = model_of(args.at("model"));
  Session session(model);
  json trace = json::array();
  for (const json& step : args.at("steps")) {
    json entry = json::object();
    try {
      entry["returned"] = run(session, step);
    } catch (const Error& e) {
      entry["error"] = error_code_name(e.code());
    }
    entry["session"] = state(session);
    trace.push_back(entry);
  }
  return trace;
}

}  // namespace

const Operations& chapter_operations() {
  static const Operations operations = {{"session", script}};
  return operations;
}

}  // namespace tokenwalk::grading
