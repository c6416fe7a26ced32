#include "tools/grading/worker/operations.h"

#include <new>

#include "lib/base/check.h"
#include "lib/base/error.h"
#include "lib/base/not_implemented.h"

namespace tokenwalk::grading {
namespace {

json error(const char* kind, const std::string& what) {
  return {{"error", {{"kind", kind}, {"what", bytes(what)}}}};
}

}  // namespace

json answer(const Operations& operations, const std::string& name, const json& args) {
  const auto found = operations.find(name);
  if (found == operations.end()) return error("exception", "no operation " + name);
  try {
    return {{"value", found->second(args)}};
  } catch (const NotImplemented& e) {
    return error("not_implemented", e.what());
  } catch (const CheckFailure& e) {
    return error("check", e.what());
  } catch (const Error& e) {
    return error(error_code_name(e.code()), e.what());
  } catch (const std::bad_alloc& e) {
    return error("memory", e.what());
  } catch (const std::exception& e) {
    return error("exception", e.what());
  } catch (...) {
    return error("exception", "something that is no std::exception");
  }
}

}  // namespace tokenwalk::grading
