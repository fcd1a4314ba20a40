#include "report/html_page.hpp"

#include "digest/sha256.hpp"
#include "report/heading.hpp"
#include "report/markup.hpp"
#include "report/rung_words.hpp"
#include "report/svg_ladder.hpp"

#include <utility>

namespace drachtio::report {

namespace {

// Returns an element with this text in it, which is not escaped yet.
std::string element(const std::string& name, std::string_view text) {
  return '<' + name + '>' + markup(text) + "</" + name + '>';
}

std::string time_cell(std::string_view text) {
  return "<td class=\"time\">" + markup(text) + "</td>";
}

std::string facts(const Ladder& ladder, const PageStyle& style) {
  const bool has_several = ladder.legs.size() > 1;
  std::string rows;
  bool has_relations = false;
  for (const std::string& relation : ladder.relations) has_relations |= !relation.empty();
  for (std::size_t i = 0; i < ladder.legs.size(); ++i) {
    const DialogState& leg = ladder.legs[i];
    const Times& times = leg.times;
    rows += "<tr>";
    if (has_several) rows += element("td", '[' + std::to_string(i + 1) + ']');
    rows += element("td", party_text(leg.calling_party));
    rows += element("td", party_text(leg.called_party));
    rows += time_cell(times.start_time ? style.time(*times.start_time) : "");
    rows += time_cell(times.start_time && times.connect_time
                          ? seconds_text(*times.start_time, *times.connect_time)
                          : "");
    rows += time_cell(times.connect_time && times.end_time
                          ? seconds_text(*times.connect_time, *times.end_time)
                          : "");
    rows += element("td", end_text(leg));
    rows += element("td", leg.dialog_id);
    if (has_relations) rows += element("td", ladder.relations[i]);
    rows += "</tr>\n";
  }
  std::string titles = has_several ? "<th>leg</th>" : "";
  for (const char* title :
       {"caller", "callee", "started", "set up in", "talked for", "outcome", "dialog"}) {
    titles += element("th", title);
  }
  if (has_relations) titles += "<th>belongs to it</th>";
  return "<div class=\"wide\"><table>\n<tr>" + titles + "</tr>\n" + rows + "</table></div>\n";
}

// Returns the word as a shell takes it.
std::string quoted(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += R"('\'')";
    } else {
      text += c;
    }
  }
  return text + '\'';
}

// Returns the lines of a message, as lines.
std::string message_lines(std::string_view bytes) {
  std::string lines;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    lines += markup(line) + '\n';
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  }
  return lines;
}

std::string one_line(const Participant& participant) {
  std::string words;
  for (const std::string& part : participant_words(participant)) {
    words += (words.empty() ? "" : " ") + part;
  }
  return words;
}

std::string message(const Ladder& ladder, const Rung& rung, const PageStyle& style) {
  std::string way =
      one_line(ladder.participants[rung.from]) + " → " + one_line(ladder.participants[rung.to]);
  if (!rung.transport.empty()) way += ", " + rung.transport;
  std::string html = "<section id=\"" + message_place(rung.position) + "\">\n<h3>" +
                     std::to_string(rung.position) + " · " + markup(style.time(rung.at)) + " · " +
                     markup(rung_label(ladder, rung)) + "</h3>\n<p class=\"way\">" + markup(way) +
                     "</p>\n";
  // A <pre> drops the line feed that it begins with.
  if (rung.evidence) {
    html += "<pre>\n" + message_lines(rung.evidence->bytes) + "</pre>\n";
  } else {
    html += rung.proof && rung.proof->message
                ? "<p>The message itself was dropped from the log; its hash is kept.</p>\n"
                : "<p>The log has no message for it.</p>\n";
  }
  return html + "</section>\n";
}

std::string proof(const Ladder& ladder, const PageStyle& style) {
  std::string rows;
  bool is_any_left_out = false;
  for (const Rung& rung : ladder.rungs) {
    if (rung.kind == Rung::Kind::blind) continue;
    is_any_left_out |= !rung.proof;
    const std::string event = rung.proof ? digest::to_hex(rung.proof->event) : "left out";
    const std::string message =
        rung.proof && rung.proof->message ? digest::to_hex(*rung.proof->message) : "";
    rows += "<tr>" + element("td", std::to_string(rung.position)) + time_cell(style.time(rung.at)) +
            element("td", rung_label(ladder, rung));
    for (const std::string& hash : {event, message}) {
      rows.append("<td class=\"hash\">").append(hash).append("</td>");
    }
    rows += "</tr>\n";
  }
  if (rows.empty()) return {};
  return "<h3>Proof</h3>\n<p>The SHA-256 of each event in the log, and of its message." +
         std::string{
             is_any_left_out
                 ? " Where secrets are masked, the hashes are left out: what is masked could "
                   "be guessed, and tried against them."
                 : ""} +
         "</p>\n<div class=\"wide\"><table>\n<tr><th>position</th><th>time</th><th>event</th>"
         "<th>hash of the event</th><th>hash of the message</th></tr>\n" +
         rows + "</table></div>\n";
}

}  // namespace

std::string page_begin(std::string_view title) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
         markup(title) + "</title>\n<style>\n" + std::string{svg_style_sheet()} +
         R"(body { font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #1f2933; margin: 2rem auto; max-width: 80rem; padding: 0 1.5rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere }
h2 { font-size: 1.25rem; overflow-wrap: anywhere; margin-top: 2.5rem; border-top: 1px solid #cbd2d9; padding-top: 1.5rem }
h3 { font-size: 1rem; margin: 1.25rem 0 0; overflow-wrap: anywhere }
h1 + h2 { border: 0; margin-top: 0; padding-top: 0 }
.way { margin: 0; color: #52606d; font-size: .875rem; overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: .875rem }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e4e7eb; max-width: 24rem; min-width: 4rem; overflow-wrap: anywhere }
th { color: #52606d; font-weight: 600; white-space: nowrap }
.time { white-space: nowrap }
.hash { font: .75rem "DejaVu Sans Mono", Menlo, Consolas, monospace; max-width: none }
pre, code { font: .8125rem/1.4 "DejaVu Sans Mono", Menlo, Consolas, monospace }
pre { background: #f5f7fa; border: 1px solid #e4e7eb; border-radius: 4px; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext }
code { overflow-wrap: anywhere }
svg.ladder { max-width: 100%; height: auto }
svg.ladder a:hover { text-decoration: underline }
section:target h3 { background: #fff3c4 }
@media print {
  body { margin: 0; max-width: none; padding: 0; font-size: 11px }
  table { font-size: 9px }
  pre, code { font-size: 9px }
  h2 { break-before: page; border: 0 }
  h1 + h2, h2.end { break-before: auto }
  h3 { break-after: avoid }
  tr { break-inside: avoid }
  .hash { font-size: 7px }
}
)" + "</style>\n</head>\n<body>\n<h1>" +
         markup(title) + "</h1>\n";
}

std::string page_call(const Ladder& ladder, const PageStyle& style) {
  std::string html;
  std::string call;  // of the leg before
  for (const DialogState& leg : ladder.legs) {
    const std::string of_leg = "Call " + leg.call_id + " on " + leg.server;
    if (of_leg != call) html += element(html.empty() ? "h2" : "p", of_leg) + '\n';
    call = of_leg;
  }
  html += facts(ladder, style);
  SvgStyle picture;
  picture.time = style.time;
  picture.with_heading = false;
  picture.links_to_messages = true;
  html += "<div class=\"wide\">\n" + draw_svg(ladder, picture).svg +
          "</div>\n<p class=\"way\">Each label leads to its message.</p>\n";
  for (const Rung& rung : ladder.rungs) {
    if (rung.kind == Rung::Kind::message) html += message(ladder, rung, style);
  }
  return html + proof(ladder, style);
}

std::string page_end(const LogHead& head, std::size_t calls) {
  const std::string noted = std::to_string(head.position) + ':' + head.hash;
  return "<h2 class=\"end\">How to prove this page</h2>\n<p>" + std::to_string(calls) +
         (calls == 1 ? " call" : " calls") +
         ", from a log in which each event is chained to the one before by SHA-256. When this page "
         "was written, the log " +
         element("code", head.file) + " ended with the event at position " +
         std::to_string(head.position) +
         ". Whoever has that log proves with this command that nothing up to there was changed, "
         "removed, added or reordered since:</p>\n<pre>\ndialog-replay --db " +
         markup(quoted(head.file)) + " verify --head " + noted +
         "</pre>\n<p>The log then has, at the positions of this page, the hashes that stand "
         "here.</p>\n</body>\n</html>\n";
}

}  // namespace drachtio::report
