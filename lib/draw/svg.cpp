#include "lib/draw/svg.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "lib/base/error.h"
#include "lib/base/format.h"

namespace tokenwalk {
namespace {

// The colour of a class where no style sheet gives it one: it shows on light and on dark.
const char* plain_colour(const std::string& kind) {
  if (kind == "series0") return "#1f77b4";
  if (kind == "series1") return "#d95f02";
  if (kind == "series2") return "#1b9e77";
  if (kind == "series3") return "#7570b3";
  if (kind == "grid") return "#8884";
  if (kind == "faint") return "#8888";
  return "#888";
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

}  // namespace

Svg::Svg(double width, double height, const std::string& label)
    : svg_(format("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"figure\" "
                  "viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\" "
                  "font-family=\"sans-serif\" font-size=\"13\">\n",
                  width, height, escaped(label).c_str())) {}

void Svg::box(double x, double y, double width, double height, const std::string& kind,
              const std::string& title, double opacity) {
  svg_ += format(
      "<rect class=\"%s\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
      "height=\"%.1f\" fill-opacity=\"%.3g\"><title>%s</title></rect>\n",
      kind.c_str(), plain_colour(kind), x, y, width, height, opacity, escaped(title).c_str());
}

void Svg::line(const Points& points, const std::string& kind) {
  std::string path;
  for (const auto& [x, y] : points) path += format("%s%.1f %.1f", path.empty() ? "M" : "L", x, y);
  svg_ += format(
      "<path class=\"%s line\" d=\"%s\" fill=\"none\" stroke=\"%s\" "
      "stroke-width=\"%d\"/>\n",
      kind.c_str(), path.c_str(), plain_colour(kind), kind == "grid" ? 1 : 2);
}

void Svg::text(double x, double y, const std::string& text, const char* anchor,
               const std::string& kind) {
  svg_ += format(
      "<text class=\"%s\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s"
      "</text>\n",
      kind.c_str(), plain_colour(kind), x, y, anchor, escaped(text).c_str());
}

Flag figures_flag() {
  return {"--figures", "FOLDER", "draws the page's pictures into this folder (SVG), nothing else"};
}

void write_figure(const std::string& folder, const std::string& name, const std::string& svg) {
  std::error_code ignored;  // what goes wrong shows when the file is opened
  std::filesystem::create_directories(folder, ignored);
  const std::string path = (std::filesystem::path(folder) / name).string();
  std::ofstream file(path, std::ios::binary);
  file << svg;
  file.close();
  if (!file) {
    throw Error(ErrorCode::kBadFile, {"cannot write " + path, std::strerror(errno),
                                      "a folder that can be written to", ""});
  }
}

}  // namespace tokenwalk
