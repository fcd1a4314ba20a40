// dialog-recorder: writes every dialog of a drachtio-server into a log, without a change to the
// programs that handle the calls.
//
// Exit status: as --help says.
#include "log/error.hpp"
#include "log/memory_statistics.hpp"
#include "recorder/arguments.hpp"
#include "recorder/duration.hpp"
#include "sip/parser_arena.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>

namespace {

using namespace drachtio;
using namespace drachtio::tools;

constexpr std::size_t mebibyte = 1024UL * 1024;

// `read(text)`, its complaint put down to `option`.
template <typename Read>
auto value_of(const char* option, const std::string& text, Read read) {
  try {
    return read(text);
  } catch (const std::invalid_argument& error) {
    throw UsageError{std::string{option} + ": " + error.what()};
  }
}

ServiceOptions service_options(const Arguments& line) {
  ServiceOptions options;
  options.db = line.db;
  options.capture = line.capture;
  options.queue_bytes = line.queue * mebibyte;
  options.pending_after = value_of("--pending-after", line.pending_after, parse_duration);
  options.lost_after = value_of("--lost-after", line.lost_after, parse_duration);
  return options;
}

int watch(Arguments& line) {
  line.watch.service = service_options(line);
  for (const std::string& server : line.servers) {
    line.watch.servers.push_back(value_of("--server", server, parse_named_server));
  }
  return run_watch(line.watch);
}

// With --outbound it is the server that dials: of it only --server tells where to ask.
void ask_for_call_records(TapOptions& options, const std::string& server) {
  if (server.empty()) {
    throw UsageError{
        "--cdrs: --server must say where the server takes connections: [NAME=]HOST:PORT"};
  }
  const NamedServer named = value_of("--server", server, parse_named_server);
  options.call_records_from = named.address;
  if (options.name.empty()) options.name = named.name;
  if (!options.outbound) {
    options.login.tls = options.tls;
    options.login.verify = options.verify;
    options.login.ca = options.ca;
  }
}

int tap(Arguments& line) {
  TapOptions& options = line.tap;
  options.service = service_options(line);
  options.hold_bytes = line.hold * mebibyte;
  options.listen = value_of("--listen", line.listen, net::parse_address);
  const std::string server = line.servers.empty() ? std::string{} : line.servers.front();
  if (!line.program.empty()) {
    options.dial = value_of("--program", line.program, net::parse_remote_address);
    options.name = server.substr(0, server.find('='));
  } else if (!server.empty()) {
    const NamedServer named = value_of("--server", server, parse_named_server);
    options.dial = named.address;
    if (!options.outbound || server.find('=') != std::string::npos) options.name = named.name;
  } else {
    throw UsageError{options.outbound ? "--program is required" : "--server is required"};
  }
  if (options.call_records) ask_for_call_records(options, server);
  return run_tap(options);
}

void log_to_standard_error(const std::string& level) {
  auto logger = std::make_shared<spdlog::logger>("dialog-recorder",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

int complain(const char* what, int status) {
  std::fprintf(stderr, "dialog-recorder: %s\n", what);
  return status;
}

int run(int argc, char** argv) {
  Arguments line;
  CLI::App app{"Records the dialogs of a drachtio-server, durably."};
  app.set_version_flag("--version", "dialog-recorder " DRACHTIO_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  dialog-recorder watch --db calls.db --server 127.0.0.1:9022\n"
      "  dialog-recorder tap --db calls.db --listen 127.0.0.1:9023 --server pbx=127.0.0.1:9022\n"
      "  dialog-recorder import --db calls.db monday.app.jsonl monday.cdr.jsonl\n"
      "DRACHTIO_SECRET in the environment is the secret that watch logs in with, unless\n"
      "--secret-file names a file that holds it. SIGTERM and SIGINT end a recorder cleanly;\n"
      "SIGUSR1 makes watch and tap print their statistics, with the log's head.\n"
      "Exit status: 0 ended as asked, 1 a capture is faulty or an address cannot be listened on,\n"
      "2 usage, 3 a capture or the log cannot be opened, or the log not written;\n"
      "128 and the signal's number: import was interrupted.");
  const CLI::App* import_command = add_import(app, line);
  const CLI::App* watch_command = add_watch(app, line);
  add_tap(app, line);
  const CLI::App* drop_command = add_drop_evidence(app, line);
  int status = bad_usage;
  if (!parse(app, argc, argv, bad_usage, status)) return status;
  log_to_standard_error(line.log_level);
  // A reader of our output that goes away is no reason to lose calls.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a disk that is full
  if (import_command->parsed()) {
    line.import.db = line.db;
    return run_import(line.import);
  }
  if (drop_command->parsed()) {
    line.drop.db = line.db;
    return run_drop_evidence(line.drop);
  }
  return watch_command->parsed() ? watch(line) : tap(line);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    sip::install_parser_arena();
    log::forgo_memory_statistics();
    return run(argc, argv);
  } catch (const UsageError& error) {
    return complain(error.what(), bad_usage);
  } catch (const log::Error& error) {
    return complain(error.what(), log_unusable);
  } catch (const std::exception& error) {
    return complain(error.what(), 1);
  }
}
