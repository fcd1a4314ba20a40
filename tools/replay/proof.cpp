#include "replay/proof.hpp"

#include "console/interrupt.hpp"
#include "console/progress_bar.hpp"
#include "log/verify.hpp"
#include "projection/verify.hpp"
#include "replay/sheet.hpp"
#include "text/escape.hpp"

#include <fmt/format.h>

#include <charconv>

namespace drachtio::replay {

namespace {

constexpr std::size_t most_shown = 600;  // bytes of a fault: a forged trigger may be any length

void print(const log::Faults& faults) {
  for (const log::Fault& fault : faults.kept()) {
    put(fmt::format("{}: {}\n", fault.where, text::escaped(fault.what, most_shown)));
  }
  if (faults.count() > faults.kept().size()) {
    put(fmt::format("... and {} more\n", faults.count() - faults.kept().size()));
  }
  for (const std::string& note : faults.notes()) {
    put(fmt::format("note: {}\n", text::escaped(note, most_shown)));
  }
}

void show(tools::ProgressBar& bar, std::int64_t at, std::int64_t total) {
  if (tools::interrupted()) throw tools::Interrupted{};
  bar.show(at, total);
}

std::string head_words(const log::Head& head) {
  return head.position < 0 ? std::string{"no head"}
                           : fmt::format("head {} {}", head.position, digest::to_hex(head.hash));
}

// The row at the noted position must be the noted one: that there is one with its hash has been
// seen to.
void check_position(log::Reader& reader, const NotedHead& noted, log::Faults& faults) {
  const auto row = reader.at(*noted.position);
  if (row && row->hash == noted.hash) return;
  faults.add("head",
             fmt::format("position {} {}", *noted.position,
                         row ? "does not have the noted hash, but " + digest::to_hex(row->hash)
                             : "is not in the log"));
}

}  // namespace

std::optional<NotedHead> parse_noted_head(std::string_view text) {
  NotedHead noted;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    std::int64_t position = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + colon, position);
    if (error != std::errc{} || end != text.data() + colon || position < 0) return std::nullopt;
    noted.position = position;
    text.remove_prefix(colon + 1);
  }
  const auto hash = digest::from_hex(text);
  if (!hash) return std::nullopt;
  noted.hash = *hash;
  return noted;
}

bool prove(const std::filesystem::path& db, const std::optional<NotedHead>& noted) {
  log::Faults faults;
  log::Verified chain;
  projection::Verified dialogs;
  try {
    log::Reader reader{db};
    tools::ProgressBar chain_bar{"chain"};
    log::VerifyOptions options;
    if (noted) options.noted_head = noted->hash;
    options.progress = [&](std::int64_t at, std::int64_t total) { show(chain_bar, at, total); };
    chain = log::verify(reader, options, faults);
    chain_bar.clear();
    if (noted && noted->position) check_position(reader, *noted, faults);
    tools::ProgressBar dialog_bar{"dialogs"};
    dialogs = projection::verify(
        reader, [&](std::int64_t at, std::int64_t total) { show(dialog_bar, at, total); }, faults);
  } catch (const log::Error& error) {
    if (error.failure() != log::Failure::corrupt) throw;
    faults.add("file", error.what());
  }
  print(faults);
  if (faults.count() != 0) {
    put(fmt::format("wrong: {} fault{}; {} events read; {}\n", faults.count(),
                    faults.count() == 1 ? "" : "s", chain.events, head_words(chain.head)));
    return false;
  }
  const std::string dropped =
      chain.dropped > 0 ? fmt::format(" ({} dropped by retention)", chain.dropped) : "";
  put(fmt::format("ok: {} events, {} messages{}, {} dialogs ({} open); {}\n", chain.events,
                  chain.messages, dropped, dialogs.dialogs, dialogs.open, head_words(chain.head)));
  return true;
}

}  // namespace drachtio::replay
