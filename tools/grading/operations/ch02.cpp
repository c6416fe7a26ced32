// Chapter 02 as operations.
#include "chapters/02_softmax_temperature/softmax.h"
#include "tools/grading/worker/operations.h"

namespace tokenwalk::grading {

const Operations& chapter_operations() {
  static const Operations operations = {
      {"argmax", [](const json& a) -> json { return argmax(to_floats(a.at("logits"))); }},
      {"scale_logits",
       [](const json& a) {
         return numbers(scale_logits(to_floats(a.at("logits")), a.at("temperature")));
       }},
      {"softmax_scaled",
       [](const json& a) { return numbers(softmax_scaled(to_doubles(a.at("scaled")))); }},
      {"log_softmax_scaled",
       [](const json& a) { return numbers(log_softmax_scaled(to_doubles(a.at("scaled")))); }},
      {"softmax",
       [](const json& a) {
         return numbers(softmax(to_floats(a.at("logits")), to_number(a.at("temperature"))));
       }},
      {"log_softmax", [](const json& a) {
         return numbers(log_softmax(to_floats(a.at("logits")), to_number(a.at("temperature"))));
       }}};
  return operations;
}

}  // namespace tokenwalk::grading
