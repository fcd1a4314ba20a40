#include "report/svg_ladder.hpp"

#include "report/heading.hpp"
#include "report/markup.hpp"
#include "report/rung_words.hpp"
#include "report/text_line.hpp"
#include "text/escape.hpp"
#include "text/width.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace drachtio::report {

namespace {

constexpr double column_pixels = 7.25;  // of the monospaced letters at 12 pixels
constexpr double line_pixels = 16;      // from one line of text to the next
constexpr double edge_pixels = 16;
constexpr double arrow_head = 7;
constexpr std::size_t gap_room = 9;
constexpr std::size_t details_columns = 46;
constexpr std::size_t heading_columns = 110;
constexpr std::size_t narrowest_span = 22;  // columns from one lifeline to the next
constexpr std::size_t widest_span = 46;
constexpr std::string_view svg_ellipsis = "…";

// Returns ` name="value"`; a value that comes from the network must be escaped.
std::string attribute(std::string_view name, std::string_view value) {
  std::string text{" "};
  text.append(name).append("=\"").append(value) += '"';
  return text;
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}
std::string attribute(std::string_view name, double value) {
  return attribute(name, number(value));
}

// Returns the attributes of an <svg> element.
std::string svg_size(double width, double height) {
  return attribute("xmlns", "http://www.w3.org/2000/svg") + attribute("width", width) +
         attribute("height", height) +
         attribute("viewBox", "0 0 " + number(width) + ' ' + number(height));
}

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::request: return "request";
    case Tone::provisional: return "provisional";
    case Tone::success: return "success";
    case Tone::redirection: return "redirection";
    case Tone::failure: return "failure";
    case Tone::note: return "note";
    case Tone::blind: return "blind";
  }
  return "";
}

class SvgDrawing {
 public:
  SvgDrawing(const Ladder& ladder, const SvgStyle& style) : ladder_(ladder), style_(style) {
    std::int64_t last = 0;
    std::size_t longest = narrowest_span;
    for (const Rung& rung : ladder.rungs) {
      last = std::max(last, rung.position);
      const bool is_message = rung.kind == Rung::Kind::message;
      if (is_message) longest = std::max(longest, text::width(label_of(rung)) + 4);
    }
    position_end_ = edge_pixels + static_cast<double>(std::to_string(last).size()) * column_pixels;
    time_ = position_end_ + column_pixels;
    gap_end_ = time_ + static_cast<double>(time_columns + 1 + gap_room) * column_pixels;
    slot_ = static_cast<double>(std::min(longest, widest_span)) * column_pixels;
    first_life_ = gap_end_ + std::min(slot_ / 2, 14 * column_pixels);
  }

  Picture draw() {
    if (style_.with_heading) draw_heading();
    draw_names();
    const double top = y_;
    for (const Rung& rung : ladder_.rungs) draw(rung);
    y_ += line_pixels / 2;
    std::string lives;
    for (std::size_t i = 0; i < participants(); ++i) {
      lives += "<line" + attribute("class", "life") + attribute("x1", life(i)) +
               attribute("x2", life(i)) + attribute("y1", top) + attribute("y2", y_) + "/>\n";
    }
    Picture picture;
    picture.width = details() + static_cast<double>(details_columns) * column_pixels + edge_pixels;
    picture.height = y_ + edge_pixels;
    picture.svg = "<svg" + attribute("class", "ladder") + attribute("role", "img") +
                  svg_size(picture.width, picture.height) + ">\n<title>" + title() + "</title>\n" +
                  lives + out_ + "</svg>\n";
    return picture;
  }

 private:
  [[nodiscard]] std::size_t participants() const {
    return std::max<std::size_t>(ladder_.participants.size(), 1);
  }
  [[nodiscard]] double life(std::size_t participant) const {
    return first_life_ + static_cast<double>(participant) * slot_;
  }
  // Returns where the details beside the ladder begin.
  [[nodiscard]] double details() const { return life(participants() - 1) + 8 * column_pixels; }
  [[nodiscard]] std::string title() const {
    return ladder_.legs.empty() ? "A call" : "Call " + markup(ladder_.legs.front().call_id);
  }
  [[nodiscard]] std::string label_of(const Rung& rung) const {
    return text::escaped(rung_label(ladder_, rung));
  }

  // Puts a line of text, which is not escaped yet, with its baseline at `y`.
  void put(double x, double y, std::string_view text, std::string_view classes,
           std::string_view anchor = "start") {
    out_ += "<text" + attribute("x", x) + attribute("y", y);
    if (!classes.empty()) out_ += attribute("class", classes);
    if (anchor != "start") out_ += attribute("text-anchor", anchor);
    out_ += '>' + markup(text) + "</text>\n";
  }

  void draw_heading() {
    for (const std::string& words : heading(ladder_, style_.time)) {
      const bool is_call = !words.starts_with(' ');
      const std::size_t indent = std::min(words.find_first_not_of(' '), words.size());
      for (const std::string& part :
           wrapped(text::escaped(words.substr(indent)), heading_columns)) {
        y_ += line_pixels;
        put(edge_pixels + static_cast<double>(indent) * column_pixels, y_, part,
            is_call ? "strong" : "");
      }
    }
    y_ += line_pixels;
  }

  void draw_names() {
    std::vector<std::vector<std::string>> names;
    std::size_t rows = 0;
    const auto most = static_cast<std::size_t>(slot_ / column_pixels) - 1;
    for (const Participant& participant : ladder_.participants) {
      std::vector<std::string>& lines = names.emplace_back();
      for (const std::string& words : participant_words(participant)) {
        for (std::string& part : wrapped(text::escaped(words), most)) {
          lines.push_back(std::move(part));
        }
      }
      rows = std::max(rows, lines.size());
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      double y = y_ + static_cast<double>(rows - names[i].size()) * line_pixels;
      for (const std::string& words : names[i]) {
        y += line_pixels;
        put(life(i), y, words, "strong", "middle");
      }
    }
    y_ += static_cast<double>(rows) * line_pixels + line_pixels / 2;
  }

  void draw(const Rung& rung) {
    draw_day(rung);
    const double baseline = y_ + line_pixels;
    put(position_end_, baseline, std::to_string(rung.position), "faint", "end");
    put(time_, baseline, style_.time(rung.at).substr(time_begin, time_columns), "");
    if (rung.gap) put(gap_end_, baseline, gap_words(*rung.gap), "faint", "end");
    if (rung.kind == Rung::Kind::message) {
      draw_message(rung);
    } else {
      draw_words(rung);
    }
  }

  void draw_day(const Rung& rung) {
    const std::string day = style_.time(rung.at).substr(0, date_columns);
    if (day == day_) return;
    day_ = day;
    y_ += line_pixels;
    put(time_, y_, day, "strong");
  }

  void draw_message(const Rung& rung) {
    const double from = life(rung.from);
    const double to = life(rung.to);
    const double y = y_ + line_pixels + 5;  // of the arrow; its label stands on it
    const std::string classes{class_of(tone_of(rung))};
    const double forth = from < to ? -arrow_head : arrow_head;
    out_ += "<path" + attribute("class", "arrow " + classes) +
            attribute("d", 'M' + number(from) + ' ' + number(y) + " H" + number(to)) + "/>\n";
    out_ += "<path" + attribute("class", "head " + classes) +
            attribute("d", 'M' + number(to) + ' ' + number(y) + " l" + number(forth) + " -4 v8 z") +
            "/>\n";
    const auto spans = static_cast<std::size_t>(std::lround(std::abs(to - from) / slot_));
    const auto room =
        static_cast<std::size_t>(slot_ * static_cast<double>(spans) / column_pixels) - 2;
    const bool has_link = style_.links_to_messages && rung.evidence;
    if (has_link) out_ += "<a" + attribute("href", '#' + message_place(rung.position)) + '>';
    put((from + to) / 2, y - 5, shortened(label_of(rung), room, svg_ellipsis), "label " + classes,
        "middle");
    if (has_link) out_ += "</a>\n";
    double bottom = y_ + line_pixels + 8;
    double baseline = y_ + line_pixels;
    for (const std::string& part :
         wrapped(text::escaped(rung_details(rung, " · ")), details_columns)) {
      put(details(), baseline, part, "");
      bottom = std::max(bottom, baseline + 8);
      baseline += line_pixels;
    }
    y_ = bottom;
  }

  // Draws a rung that is no message: its words stand across the lifelines.
  void draw_words(const Rung& rung) {
    std::string words = label_of(rung);
    const std::string details_words = text::escaped(rung_details(rung, " · "));
    if (!details_words.empty()) words += " · " + details_words;
    const double begin = life(0) + column_pixels;
    const double end = details() + static_cast<double>(details_columns) * column_pixels;
    const auto lines = wrapped(words, static_cast<std::size_t>((end - begin) / column_pixels) - 2);
    const double height =
        static_cast<double>(std::max<std::size_t>(lines.size(), 1)) * line_pixels + 4;
    out_ += "<rect" + attribute("class", class_of(tone_of(rung))) + attribute("x", begin) +
            attribute("y", y_ + 2) + attribute("width", end - begin) + attribute("height", height) +
            attribute("rx", "3") + "/>\n";
    double baseline = y_;
    for (const std::string& part : lines) {
      baseline += line_pixels;
      put(begin + column_pixels, baseline, part, "words");
    }
    y_ += height + 4;
  }

  const Ladder& ladder_;
  const SvgStyle& style_;
  double position_end_ = 0;
  double time_ = 0;
  double gap_end_ = 0;
  double slot_ = 0;
  double first_life_ = 0;
  double y_ = edge_pixels;
  std::string day_;
  std::string out_;
};

}  // namespace

Picture draw_svg(const Ladder& ladder, const SvgStyle& style) {
  return SvgDrawing{ladder, style}.draw();
}

std::string svg_file(const std::vector<Picture>& pictures) {
  double width = 0;
  double height = 0;
  std::string parts;
  for (const Picture& picture : pictures) {
    parts += "<g" + attribute("transform", "translate(0 " + number(height) + ')') + ">\n" +
             picture.svg + "</g>\n";
    width = std::max(width, picture.width);
    height += picture.height;
  }
  return "<?xml" + attribute("version", "1.0") + attribute("encoding", "UTF-8") + "?>\n<svg" +
         svg_size(width, height) + ">\n<style>\n" + std::string{svg_style_sheet()} +
         "</style>\n<rect" + attribute("width", "100%") + attribute("height", "100%") +
         attribute("fill", "#fff") + "/>\n" + parts + "</svg>\n";
}

std::string_view svg_style_sheet() {
  return R"(.ladder text { font: 12px "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2933; white-space: pre }
.ladder .faint { fill: #7b8794 }
.ladder .strong { font-weight: bold }
.ladder .life { stroke: #cbd2d9 }
.ladder .arrow { fill: none; stroke-width: 1.5 }
.ladder .label { paint-order: stroke; stroke: #fff; stroke-width: 3px }
.ladder .arrow.request { stroke: #1f2933 }
.ladder .head.request { fill: #1f2933 }
.ladder .label.request { font-weight: bold }
.ladder .arrow.provisional { stroke: #0b7285 }
.ladder .head.provisional, .ladder .label.provisional { fill: #0b7285 }
.ladder .arrow.success { stroke: #237a3b }
.ladder .head.success, .ladder .label.success { fill: #237a3b }
.ladder .arrow.redirection { stroke: #a15c00 }
.ladder .head.redirection, .ladder .label.redirection { fill: #a15c00 }
.ladder .arrow.failure { stroke: #b42318 }
.ladder .head.failure, .ladder .label.failure { fill: #b42318 }
.ladder rect.note { fill: #f0f2f5 }
.ladder rect.blind { fill: #fff3c4; stroke: #b98900 }
)";
}

std::string message_place(std::int64_t position) { return 'm' + std::to_string(position); }

}  // namespace drachtio::report
