// dialog-replay show: the history of one call.
#include "dialog/apply.hpp"
#include "log/reader.hpp"
#include "projection/call_legs.hpp"
#include "projection/fold.hpp"
#include "replay/changes.hpp"
#include "replay/commands.hpp"
#include "replay/event_words.hpp"
#include "replay/find_call.hpp"
#include "replay/leg_overview.hpp"
#include "text/escape.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace drachtio::replay {

namespace {

std::string shown(const std::optional<std::string>& text) {
  return text ? text::escaped(*text) : "-";
}

std::string party(const Party& party) {
  std::string words = shown(party.user);
  if (party.display) words = '"' + text::escaped(*party.display) + "\" " + words;
  if (party.privacy) words += " (privacy " + text::escaped(*party.privacy) + ')';
  return words;
}

double seconds_between(Instant from, Instant to) {
  return static_cast<double>((to - from).count()) / 1e6;
}

void line(std::string_view name, const std::string& value) {
  put(fmt::format("  {:<9} {}\n", name, value));
}

std::string end_words(const dialog::Dialog& dialog) {
  std::string words{to_string(dialog.state)};
  if (dialog.cause) words += fmt::format(", {}", to_string(*dialog.cause));
  if (dialog.reason) words += fmt::format(", \"{}\"", text::escaped(*dialog.reason));
  if (dialog.hold() != Hold::none) words += fmt::format(", hold {}", to_string(dialog.hold()));
  return words;
}

void heading(const dialog::Dialog& dialog, const projection::LegPlace& place, Zone zone) {
  const Times& times = dialog.times;
  if (place.legs > 1) put(fmt::format("Leg {} of {}\n", place.leg, place.legs));
  put(fmt::format("Call {}\n", text::escaped(dialog.call_id)));
  line("dialog", text::escaped(dialog.dialog_id));
  line("role", fmt::format("{} on {}", to_string(dialog.role), text::escaped(dialog.server)));
  line("caller", party(dialog.calling_party));
  line("callee", party(dialog.called_party));
  line("state", end_words(dialog));
  if (times.start_time) line("start", time_in(zone, *times.start_time));
  if (times.start_time && times.connect_time) {
    line("connect", fmt::format("{} (setup {:.3f} s)", time_in(zone, *times.connect_time),
                                seconds_between(*times.start_time, *times.connect_time)));
  }
  if (times.end_time) {
    const std::string talk =
        times.connect_time
            ? fmt::format(" (talk {:.3f} s)", seconds_between(*times.connect_time, *times.end_time))
            : "";
    line("end", time_in(zone, *times.end_time) + talk);
  }
  if (dialog.session != "{}") line("session", text::escaped(dialog.session));
  put("\n");
}

// The message as it came, but for what would drive a terminal; its lines are real lines.
void print_message(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    std::string_view text = bytes.substr(0, end);
    if (end != std::string_view::npos && text.ends_with('\r')) text.remove_suffix(1);
    put(fmt::format("      | {}\n", text::escaped(text)));
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  }
}

void print_evidence(log::Reader& reader, const log::Row& row) {
  if (!row.evidence_hash) return;
  const auto evidence = reader.evidence(row.position);
  if (!evidence) {
    put("      (the message itself was dropped)\n\n");
    return;
  }
  if (!evidence->peer.empty()) {
    put(fmt::format("      {} {}\n", evidence->direction == "in" ? "from" : "to",
                    text::escaped(evidence->peer)));
  }
  print_message(evidence->bytes);
  put("\n");
}

void print_json(log::Reader& reader, const ShowOptions& options, const dialog::Dialog& dialog,
                const projection::LegPlace& place, const log::Row& row, const Event& event,
                std::optional<double> gap, const std::vector<Change>& changed) {
  std::string out;
  text::JsonObject object{out};
  write_event(
      object, event,
      Owner{dialog.server, dialog.dialog_id, dialog.call_id, std::string{to_string(dialog.role)}},
      row.data);
  object.number("leg", place.leg);
  object.number("legs", place.legs);
  object.raw("gap_seconds", gap ? fmt::format("{:.6f}", *gap) : "null");
  {
    text::JsonObject list = object.child("changed");
    for (const Change& change : changed) list.raw(change.property, change.json);
  }
  if (options.messages) {
    if (const auto evidence = reader.evidence(row.position)) {
      text::JsonObject message = object.child("message");
      message.string("direction", std::string_view{evidence->direction});
      message.string("peer", std::string_view{evidence->peer});
      message.string("text", std::string_view{evidence->bytes});
    } else {
      object.raw("message", "null");
    }
  }
  object.close();
  put_json(std::move(out));
}

void history(log::Reader& reader, const ShowOptions& options, const dialog::Dialog& dialog,
             const projection::LegPlace& place) {
  if (!options.json) heading(dialog, place, options.zone);
  std::optional<Sheet> sheet;
  const std::vector<Column> columns{
      {"position", true}, {"time"},        {"gap s", true},    {"way"},
      {"event"},          {"what it was"}, {"what it changed"}};
  if (!options.json && !options.messages) sheet.emplace(Format::table, columns);
  dialog::Dialog state;
  std::optional<Instant> previous;
  for (const log::Row& row : reader.of_dialog(dialog.number)) {
    const Event event = projection::to_event(row);
    const dialog::Dialog before = state;
    dialog::apply(state, event);
    const std::vector<Change> changed = changes(before, state, options.zone);
    std::optional<double> gap;
    if (previous) gap = seconds_between(*previous, event.occurred_at);
    previous = event.occurred_at;
    if (options.json) {
      print_json(reader, options, dialog, place, row, event, gap, changed);
    } else if (sheet) {
      sheet->row({event.position, time_in(options.zone, event.occurred_at),
                  gap ? Cell{fmt::format("{:+.6f}", *gap)} : Cell{}, arrow(event), row.type,
                  what_it_was(event), words_of(changed)});
    } else {
      put(fmt::format("{}  {}  {}  {:<6}  {}  {}\n", event.position,
                      time_in(options.zone, event.occurred_at),
                      gap ? fmt::format("{:+.6f}", *gap) : "", arrow(event), row.type,
                      text::escaped(what_it_was(event))));
      if (const std::string words = words_of(changed); !words.empty()) {
        put(fmt::format("      {}\n", text::escaped(words)));
      }
      print_evidence(reader, row);
    }
  }
}

}  // namespace

int show(const ShowOptions& options) {
  log::Reader reader{options.db};
  const auto dialogs = find_call_or_say(reader, options.call, options.zone);
  if (dialogs.empty()) return wrong_or_not_found;
  bool first = true;
  for (const Call& call : calls_of(reader, dialogs)) {
    if (!options.json && call.legs.size() > 1) {
      if (!first) put("\n");
      first = false;
      print_overview(reader, call, options.zone);
    }
    for (const ShownLeg& leg : call.shown) {
      if (!first && !options.json) put("\n");
      first = false;
      history(reader, options, leg.dialog, leg.place);
    }
  }
  return done;
}

}  // namespace drachtio::replay
