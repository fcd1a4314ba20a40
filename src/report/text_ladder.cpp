#include "report/text_ladder.hpp"

#include "report/heading.hpp"
#include "report/rung_words.hpp"
#include "report/text_line.hpp"
#include "text/escape.hpp"
#include "text/width.hpp"

#include <algorithm>
#include <utility>

namespace drachtio::report {

namespace {

constexpr std::size_t gap_columns = 8;
constexpr std::size_t least_slot = 9;  // columns of a participant
constexpr std::size_t comfortable_slot = 20;
constexpr std::size_t widest_name = 24;
constexpr std::size_t margin = 1;  // before the first lifeline
constexpr std::size_t beside = 3;  // from the last lifeline to the details
constexpr std::size_t widest_slot = 30;
constexpr std::size_t least_details = 34;  // columns beside the ladder
constexpr std::size_t wide_enough_for_positions = 90;

struct Strokes {
  std::string_view life;
  std::string_view line;
  std::string_view crossing;
  std::string_view to_right;
  std::string_view to_left;
  std::string_view ellipsis;
  std::string_view rule;
  std::string_view separator;
};
constexpr Strokes unicode{"│", "─", "┼", "►", "◄", "…", "┈", " · "};
constexpr Strokes plain{"|", "-", "+", ">", "<", "...", "~", ", "};

Colour colour_of(const Rung& rung) {
  switch (tone_of(rung)) {
    case Tone::request: return Colour::bold;
    case Tone::provisional: return Colour::cyan;
    case Tone::success: return Colour::green;
    case Tone::redirection: return Colour::yellow;
    case Tone::failure: return Colour::red;
    case Tone::note: return Colour::dim;
    case Tone::blind: return Colour::yellow;
  }
  return Colour::none;
}

// A Layout says in which column things stand.
struct Layout {
  bool with_positions = false;
  bool with_gaps = true;
  std::size_t left = 0;  // the first participant's slot
  std::size_t slot = 0;
  std::size_t participants = 0;
  std::size_t width = 0;
  bool details_beside = false;
  std::size_t details = 0;  // their first column, where they stand beside

  Layout(const Ladder& ladder, const TextStyle& style)
      : participants(std::max<std::size_t>(ladder.participants.size(), 1)), width(style.width) {
    with_positions = width >= wide_enough_for_positions && !ladder.rungs.empty();
    if (with_positions) {
      const std::int64_t last = std::ranges::max(ladder.rungs, {}, &Rung::position).position;
      left = std::to_string(last).size() + 1;
    }
    left += time_columns + 1 + gap_columns + 1;
    const std::size_t spans = std::max<std::size_t>(participants - 1, 1);
    // Many participants need the room of the gaps.
    with_gaps = left + margin + spans * least_slot + least_slot / 2 < width;
    if (!with_gaps) left -= gap_columns + 1;
    const std::size_t room = width > left ? width - left : 0;
    const std::size_t for_details = margin + beside + least_details;
    const std::size_t for_last_name = margin + widest_name / 2;
    details_beside = room >= spans * comfortable_slot + for_details;
    slot = details_beside ? (room - for_details) / spans
                          : (room > for_last_name ? room - for_last_name : 0) / spans;
    slot = std::clamp(slot, least_slot, widest_slot);
    details = life(participants - 1) + beside;
  }

  // The lifeline of a participant.
  [[nodiscard]] std::size_t life(std::size_t participant) const {
    return left + margin + participant * slot;
  }
  // The columns that a name above it may take.
  [[nodiscard]] std::size_t name_width() const { return std::min(widest_name, slot - 1); }
  [[nodiscard]] std::size_t rest_from(std::size_t column) const {
    return std::max<std::size_t>(width > column ? width - column : 0, least_slot);
  }
};

class TextDrawing {
 public:
  TextDrawing(const Ladder& ladder, const TextStyle& style)
      : ladder_(ladder),
        style_(style),
        strokes_(style.ascii ? plain : unicode),
        layout_(ladder, style) {}

  std::string draw() {
    for (const std::string& line : heading(ladder_, style_.time)) {
      draw_heading(line);
    }
    out_ += '\n';
    names();
    for (const Rung& rung : ladder_.rungs) draw(rung);
    return std::move(out_);
  }

 private:
  // A line that is too long goes on in further ones, which are indented by two columns more.
  void draw_heading(const std::string& line) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    std::string before(indent, ' ');
    constexpr std::size_t more = 2;
    const std::size_t room = layout_.width - std::min(indent + more, layout_.width / 2);
    for (const std::string& part : wrapped(text::escaped(line.substr(indent)), room)) {
      out_ += before + part + '\n';
      before = std::string(indent + more, ' ');
    }
  }

  void finish(const TextLine& line) { out_ += line.text(style_.colour); }

  TextLine lives() const {
    TextLine line;
    for (std::size_t i = 0; i < ladder_.participants.size(); ++i) {
      line.put(layout_.life(i), strokes_.life, Colour::dim);
    }
    return line;
  }

  void names() {
    std::vector<std::vector<std::string>> columns;
    std::size_t rows = 0;
    for (const Participant& participant : ladder_.participants) {
      std::vector<std::string>& lines = columns.emplace_back();
      for (const std::string& words : participant_words(participant)) {
        for (std::string& line : wrapped(text::escaped(words), layout_.name_width())) {
          lines.push_back(std::move(line));
        }
      }
      rows = std::max(rows, lines.size());
    }
    for (std::size_t row = 0; row < rows; ++row) {
      TextLine line;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::size_t above = rows - columns[i].size();  // they stand on the lifeline
        if (row < above) continue;
        const std::string& words = columns[i][row - above];
        const std::size_t half = text::width(words) / 2;
        const std::size_t middle = layout_.life(i);
        line.put(middle > half ? middle - half : 0, words, Colour::bold);
      }
      finish(line);
    }
  }

  // Puts what stands to the left of the lifelines.
  void put_time(TextLine& line, const Rung& rung) {
    std::size_t column = 0;
    if (layout_.with_positions) {
      column = layout_.left - time_columns - 1 - (layout_.with_gaps ? gap_columns + 1 : 0);
      const std::string position = std::to_string(rung.position);
      line.put(column - std::min(column, position.size() + 1), position, Colour::dim);
    }
    const std::string time = style_.time(rung.at);
    line.put(column, time.substr(time_begin, time_columns));
    if (!rung.gap || !layout_.with_gaps) return;
    const std::string gap = gap_words(*rung.gap);
    const std::size_t end = column + time_columns + 1 + gap_columns;
    line.put(end - std::min(gap.size(), gap_columns), gap, Colour::dim);
  }

  // The day, where it is another than that of the rung before.
  void put_day(const Rung& rung) {
    const std::string day = style_.time(rung.at).substr(0, date_columns);
    if (day == day_) return;
    day_ = day;
    TextLine line = lives();
    line.put(0, day, Colour::bold);
    finish(line);
  }

  [[nodiscard]] std::string details_of(const Rung& rung) const {
    return text::escaped(rung_details(rung, strokes_.separator));
  }

  // Draws the arrow, with its label in it where there is room.
  bool put_arrow(TextLine& line, const Rung& rung, const std::string& label) const {
    const std::size_t from = layout_.life(rung.from);
    const std::size_t to = layout_.life(rung.to);
    const std::size_t begin = std::min(from, to) + 1;
    const std::size_t end = std::max(from, to);
    const Colour colour = colour_of(rung);
    for (std::size_t column = begin; column < end; ++column) {
      line.put(column, strokes_.line, colour);
    }
    for (std::size_t i = std::min(rung.from, rung.to) + 1; i < std::max(rung.from, rung.to); ++i) {
      line.put(layout_.life(i), strokes_.crossing, colour);
    }
    line.put(from < to ? end - 1 : begin, from < to ? strokes_.to_right : strokes_.to_left, colour);
    constexpr std::size_t around = 4;  // a stroke, two blanks and the tip
    const std::size_t taken = text::width(label);
    if (taken + around > end - begin) return false;
    line.put(begin + (end - begin - taken - 2) / 2, ' ' + label + ' ', colour);
    return true;
  }

  void draw(const Rung& rung) {
    put_day(rung);
    if (rung.kind != Rung::Kind::message) {
      draw_words(rung);
      return;
    }
    const std::string label = text::escaped(rung_label(ladder_, rung));
    std::string details = details_of(rung);
    TextLine arrow = lives();
    const bool has_label = put_arrow(arrow, rung, label);
    const std::size_t column = std::min(layout_.life(rung.from), layout_.life(rung.to)) + 2;
    if (!has_label) {  // above the arrow then
      TextLine above = lives();
      put_time(above, rung);
      above.put(column, shortened(label, layout_.rest_from(column), strokes_.ellipsis),
                colour_of(rung));
      finish(above);
    } else {
      put_time(arrow, rung);
    }
    if (layout_.details_beside) {
      const auto lines = wrapped(details, layout_.rest_from(layout_.details));
      if (!lines.empty()) arrow.put(layout_.details, lines.front());
      finish(arrow);
      for (std::size_t i = 1; i < lines.size(); ++i) {
        TextLine line = lives();
        line.put(layout_.details, lines[i]);
        finish(line);
      }
      return;
    }
    finish(arrow);
    for (const std::string& part : wrapped(details, layout_.rest_from(column))) {
      TextLine line = lives();
      line.put(column, part, Colour::dim);
      finish(line);
    }
  }

  // Draws a rung that is no message: its words stand across the lifelines.
  void draw_words(const Rung& rung) {
    const bool is_blind = rung.kind == Rung::Kind::blind;
    std::string words = text::escaped(rung_label(ladder_, rung));
    if (const std::string details = details_of(rung); !details.empty()) {
      words += std::string{strokes_.separator} + details;
    }
    const std::size_t column = layout_.life(0) + 2;
    const std::size_t rule_end = std::min(layout_.details, layout_.width);
    bool is_first = true;
    for (const std::string& part : wrapped(words, layout_.rest_from(column + 4))) {
      TextLine line = lives();
      if (std::exchange(is_first, false)) {
        put_time(line, rung);
        for (std::size_t i = layout_.life(0); is_blind && i < rule_end; ++i) {
          line.put(i, strokes_.rule, Colour::yellow);
        }
      }
      line.put(column, ' ' + part + ' ', colour_of(rung));
      finish(line);
    }
  }

  const Ladder& ladder_;
  const TextStyle& style_;
  Strokes strokes_;
  Layout layout_;
  std::string day_;
  std::string out_;
};

}  // namespace

std::string as_text(const Ladder& ladder, const TextStyle& style) {
  return TextDrawing{ladder, style}.draw();
}

}  // namespace drachtio::report
