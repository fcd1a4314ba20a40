// The subcommands of dialog-replay: what each is asked, and the function that answers.
//
// Each function prints its answer and returns the exit status. Exceptions are for main: log::Error
// for a log that cannot be opened or read, std::exception for one that makes no sense.
#pragma once

#include "net/address.hpp"
#include "projection/selection.hpp"
#include "replay/chosen_calls.hpp"
#include "replay/proof.hpp"
#include "replay/sheet.hpp"
#include "replay/zone.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace drachtio::replay {

enum Exit : int { done = 0, wrong_or_not_found = 1, usage = 2, cannot_read = 3 };

struct ListOptions {
  std::filesystem::path db;
  projection::Selection selection;
  std::vector<std::string> columns;  // by name; none: the usual ones
  Format format = Format::table;
  Zone zone = Zone::utc;
};
int list(const ListOptions& options);

struct ShowOptions {
  std::filesystem::path db;
  std::string call;
  bool messages = false;
  bool json = false;
  Zone zone = Zone::utc;
};
int show(const ShowOptions& options);

struct LadderOptions {
  std::filesystem::path db;
  std::string call;
  std::optional<std::int64_t> from;  // positions in the log
  std::optional<std::int64_t> to;
  std::optional<std::size_t> width;  // of the terminal, where it is not given
  bool ascii = false;
  bool related = false;
  Zone zone = Zone::utc;
};
int ladder(const LadderOptions& options);

struct ExportOptions {
  std::filesystem::path db;
  Choice choice;
  std::optional<std::filesystem::path> pcap;
  std::optional<std::filesystem::path> html;
  std::optional<std::filesystem::path> svg;
  std::optional<std::filesystem::path> text;
  std::optional<std::filesystem::path> capture;
  std::optional<net::Address> hep;  // of a Homer
  std::size_t hep_rate = 500;       // messages a second
};
int export_calls(const ExportOptions& options);

struct StateOptions {
  std::filesystem::path db;
  std::optional<Instant> at;  // this, or
  std::int64_t position = 0;
  bool json = false;
  Zone zone = Zone::utc;
};
int state(const StateOptions& options);

struct VerifyOptions {
  std::filesystem::path db;
  std::optional<NotedHead> head;
};
int verify(const VerifyOptions& options);

int rebuild(const std::filesystem::path& db);

struct TailOptions {
  std::filesystem::path db;
  std::optional<std::int64_t> from;
  bool follow = false;
  bool json = false;
  Zone zone = Zone::utc;
};
int tail(const TailOptions& options);

struct SqlOptions {
  std::filesystem::path db;
  std::string statement;
  std::chrono::milliseconds timeout{30000};
  Format format = Format::table;
};
int sql(const SqlOptions& options);

int backup(const std::filesystem::path& db, const std::filesystem::path& destination);

struct GapsOptions {
  std::filesystem::path db;
  std::optional<std::string> server;
  Format format = Format::table;
  Zone zone = Zone::utc;
};
int gaps(const GapsOptions& options);

}  // namespace drachtio::replay
