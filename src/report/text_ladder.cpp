#include "report/text_ladder.hpp"

#include "report/heading.hpp"
#include "report/text_line.hpp"
#include "text/escape.hpp"
#include "text/width.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace drachtio::report {

namespace {

constexpr std::size_t time_columns = 12;  // 15:04:05.000
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

// "+0.031", "+12.3", "+1:02:03": how long after the rung before.
std::string gap_text(Microseconds gap) {
  const double seconds = static_cast<double>(gap.count()) / 1e6;
  const double size = std::fabs(seconds);
  std::array<char, 32> text{};
  if (size < 100) {
    std::snprintf(text.data(), text.size(), "%+.3f", seconds);
  } else if (size < 3600) {
    std::snprintf(text.data(), text.size(), "%+.1f", seconds);
  } else {
    const auto whole = static_cast<long long>(size);
    std::snprintf(text.data(), text.size(), "%c%lld:%02lld:%02lld", seconds < 0 ? '-' : '+',
                  whole / 3600, whole / 60 % 60, whole % 60);
  }
  return text.data();
}

Colour colour_of(const Rung& rung) {
  if (rung.kind == Rung::Kind::note) return Colour::dim;
  if (rung.kind == Rung::Kind::blind) return Colour::yellow;
  if (rung.status == 0) return Colour::bold;
  if (rung.status < 200) return Colour::cyan;
  if (rung.status < 300) return Colour::green;
  return rung.status < 400 ? Colour::yellow : Colour::red;
}

// A Layout says in which column things stand.
struct Layout {
  bool with_positions = false;
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
    const std::size_t room = width > left ? width - left : 0;
    const std::size_t spans = std::max<std::size_t>(participants - 1, 1);
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

class Drawing {
 public:
  Drawing(const Ladder& ladder, const TextStyle& style)
      : ladder_(ladder),
        style_(style),
        strokes_(style.ascii ? plain : unicode),
        layout_(ladder, style) {}

  std::string draw() {
    for (const std::string& line : heading(ladder_, style_.time)) {
      for (const std::string& part : wrapped(text::escaped(line), layout_.width)) {
        out_ += part + '\n';
      }
    }
    out_ += '\n';
    names();
    for (const Rung& rung : ladder_.rungs) draw(rung);
    return std::move(out_);
  }

 private:
  void finish(const TextLine& line) { out_ += line.text(style_.colour); }

  TextLine lives() const {
    TextLine line;
    for (std::size_t i = 0; i < ladder_.participants.size(); ++i) {
      line.put(layout_.life(i), strokes_.life, Colour::dim);
    }
    return line;
  }

  static std::vector<std::string> words_for(const Participant& participant) {
    if (participant.kind == Participant::Kind::program) return {"program"};
    if (participant.kind == Participant::Kind::server) return {"server", participant.name};
    std::vector<std::string> words = participant.roles;
    if (!participant.name.empty()) words.push_back(participant.name);
    return words;
  }

  void names() {
    std::vector<std::vector<std::string>> columns;
    std::size_t rows = 0;
    for (const Participant& participant : ladder_.participants) {
      std::vector<std::string>& lines = columns.emplace_back();
      for (const std::string& words : words_for(participant)) {
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
      column = layout_.left - time_columns - gap_columns - 2;
      const std::string position = std::to_string(rung.position);
      line.put(column - std::min(column, position.size() + 1), position, Colour::dim);
    }
    const std::string time = style_.time(rung.at);
    constexpr std::size_t date_length = 11;
    line.put(column, time.substr(date_length, time_columns));
    if (!rung.gap) return;
    const std::string gap = gap_text(*rung.gap);
    const std::size_t end = column + time_columns + 1 + gap_columns;
    line.put(end - std::min(gap.size(), gap_columns), gap, Colour::dim);
  }

  // The day, where it is another than that of the rung before.
  void put_day(const Rung& rung) {
    constexpr std::size_t date_length = 10;
    const std::string day = style_.time(rung.at).substr(0, date_length);
    if (day == day_) return;
    day_ = day;
    TextLine line = lives();
    line.put(0, day, Colour::bold);
    finish(line);
  }

  [[nodiscard]] std::string label_of(const Rung& rung) const {
    std::string label = text::escaped(rung.label);
    if (rung.leg && ladder_.legs.size() > 1) label += " [" + std::to_string(*rung.leg + 1) + ']';
    return label;
  }

  [[nodiscard]] std::string details_of(const Rung& rung) const {
    std::string words;
    const auto add = [&](const std::string& more) {
      if (more.empty()) return;
      if (!words.empty()) words += strokes_.separator;
      words += text::escaped(more);
    };
    for (const std::string& change : rung.changes) add(change);
    add(rung.media);
    return words;
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
    const std::string label = label_of(rung);
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
    std::string words = label_of(rung);
    if (is_blind) words = "recorder blind: " + words;
    if (const std::string details = details_of(rung); !details.empty()) {
      words += std::string{strokes_.separator} + details;
    }
    const std::size_t column = layout_.life(0) + 2;
    bool is_first = true;
    for (const std::string& part : wrapped(words, layout_.rest_from(column + 4))) {
      TextLine line = lives();
      if (std::exchange(is_first, false)) {
        put_time(line, rung);
        for (std::size_t i = layout_.life(0); is_blind && i < layout_.details; ++i) {
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
  return Drawing{ladder, style}.draw();
}

}  // namespace drachtio::report
