#pragma once

#include <functional>
#include <map>
#include <string>

#include "tools/grading/protocol/values.h"

namespace tokenwalk::grading {

/// A function of a chapter, called with plain data and answering plain data.
using Operation = std::function<json(const json& args)>;
using Operations = std::map<std::string, Operation>;

/// What a chapter offers: defined once in each program, in operations/chNN.cpp. It maps names to
/// functions and does nothing else, so that the same file serves the worker (with a student's
/// chapter), the driver (with the reference) and the students' own check.
const Operations& chapter_operations();

/// {"value": ...}, or {"error": {"kind": ..., "what": ...}} for what the function threw.
/// Kinds: not_implemented, check (a wrong call), the codes of Error, memory, exception.
json answer(const Operations& operations, const std::string& name, const json& args);

}  // namespace tokenwalk::grading
