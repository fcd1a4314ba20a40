// dialog-recorder: writes every dialog of a drachtio-server into a log, without a change to the
// programs that handle the calls.
//
// Exit status: as --help says.
#include "console/command_line.hpp"
#include "log/error.hpp"
#include "recorder/drop_evidence.hpp"
#include "recorder/duration.hpp"
#include "recorder/import.hpp"
#include "recorder/tap.hpp"
#include "recorder/watch.hpp"
#include "sip/parser_arena.hpp"
#include "text/timestamp.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>

namespace {

using namespace drachtio;
using namespace drachtio::tools;

constexpr std::size_t mebibyte = 1024UL * 1024;

// What the command line says, as text where it has still to be read.
struct CommandLine {
  ImportOptions import;
  WatchOptions watch;
  TapOptions tap;
  DropEvidenceOptions drop;
  std::filesystem::path db;
  std::optional<std::filesystem::path> capture;
  std::string log_level = "info";
  std::size_t queue = 256;
  std::size_t hold = 64;
  std::string pending_after = "5m";
  std::string lost_after = "24h";
  std::vector<std::string> servers;
  std::string listen;
  std::string program;
};

void add_db(CLI::App& command, CommandLine& line) {
  command.add_option("--db", line.db, "The log: an SQLite file, made if it is not there")
      ->required()
      ->type_name("FILE")
      ->check([](const std::string& name) {
        return name.empty() ? std::string{"a file must have a name"} : std::string{};
      });
}

void add_service(CLI::App& command, CommandLine& line) {
  add_db(command, line);
  command.add_option("--pending-after", line.pending_after, "Call not answered for so long: lost")
      ->type_name("TIME")
      ->capture_default_str();
  command
      .add_option("--lost-after", line.lost_after, "Answered call not heard of for so long: lost")
      ->type_name("TIME")
      ->capture_default_str();
  command
      .add_option("--queue", line.queue,
                  "MiB that may wait in memory while the log cannot be written")
      ->type_name("MIB")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 20U))
      ->capture_default_str();
  command
      .add_option("--capture", line.capture,
                  "Write the traffic to this new file too, for import; without the secret")
      ->type_name("FILE");
  command.add_option("--log-level", line.log_level, "How much is told on standard error")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "critical", "off"}))
      ->capture_default_str();
}

template <typename Options>
void add_tls(CLI::App& command, Options& options, const std::string& whom) {
  auto* tls = command.add_flag("--tls", options.tls, "TLS towards " + whom);
  command.add_option("--ca", options.ca, "Certificates to trust; else the system's")
      ->type_name("FILE")
      ->needs(tls);
  command
      .add_flag_callback(
          "--no-verify", [&options] { options.verify = false; }, "Believe any certificate")
      ->needs(tls);
}

CLI::App* add_import(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand("import", "Read recorded captures into the log");
  add_db(*command, line);
  command
      ->add_option("--server", line.import.server,
                   "Name of the server; else the first contact it tells at the login")
      ->type_name("NAME");
  command->add_option("capture", line.import.captures, "Captures")->required();
  return command;
}

CLI::App* add_watch(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      app.add_subcommand("watch", "Record the calls of whatever programs run on servers");
  add_service(*command, line);
  command
      ->add_option("--server", line.servers,
                   "Whom to watch; repeatable. The name goes with the calls; else HOST:PORT")
      ->required()
      ->type_name("[NAME=]HOST:PORT")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--secret-file", line.watch.login.secret_file,
                   "The servers' secret; else from DRACHTIO_SECRET in the environment")
      ->type_name("FILE");
  command->add_option("--tags", line.watch.login.tags, "Tags to log in with, comma separated");
  add_tls(*command, line.watch.login, "the servers");
  return command;
}

CLI::App* add_tap(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      app.add_subcommand("tap", "Relay between programs and their server, and record in full");
  add_service(*command, line);
  command->add_option("--listen", line.listen, "Where programs connect (with --outbound: servers)")
      ->required()
      ->type_name("HOST:PORT");
  command->add_option("--server", line.servers, "The server; the name goes with the calls")
      ->type_name("[NAME=]HOST:PORT")
      ->expected(1);
  auto* outbound = command->add_flag(
      "--outbound", line.tap.outbound,
      "The server dials its programs: who connects is the server, --program is dialled");
  command
      ->add_option("--program", line.program,
                   "With --outbound: the program. --server is then only a name, by default the "
                   "address of who connects, known once it has")
      ->type_name("HOST:PORT")
      ->needs(outbound);
  command
      ->add_option("--hold", line.hold,
                   "MiB held for a program that takes nothing, before it is hung up on")
      ->type_name("MIB")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 20U))
      ->capture_default_str();
  auto* call_records = command->add_flag(
      "--cdrs", line.tap.call_records,
      "Ask the server for its call records too: calls that no program tells the end of");
  command
      ->add_option("--secret-file", line.tap.login.secret_file,
                   "With --cdrs: the server's secret; else from DRACHTIO_SECRET in the environment")
      ->type_name("FILE")
      ->needs(call_records);
  auto* key = command->add_option("--key", line.tap.key, "Its key, if it is in a file of its own")
                  ->type_name("FILE");
  key->needs(command
                 ->add_option("--cert", line.tap.certificate,
                              "TLS towards who connects, with this certificate (chain)")
                 ->type_name("FILE"));
  add_tls(*command, line.tap, "who is dialled");
  return command;
}

CLI::App* add_drop_evidence(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand(
      "drop-evidence", "Drop old messages for privacy; their events stay (no recorder may run)");
  add_db(*command, line);
  CLI::App* which = command->add_option_group("which", "One of these");
  which
      ->add_option_function<std::string>(
          "--before",
          [&line](const std::string& text) {
            line.drop.before = text::parse_instant(text);
            if (line.drop.before) return;
            throw CLI::ValidationError("--before", "\"" + text::escaped(text) +
                                                       "\" is not a time, like 2026-11-22 or "
                                                       "2026-11-22T18:00:00Z");
          },
          "Those recorded before this time (an import records when it runs); UTC unless it says "
          "else")
      ->type_name("TIME");
  which->add_option("--through", line.drop.through, "Those up to and with this position")
      ->type_name("POSITION")
      ->check(whole_number(0));
  which->require_option(1);
  command->add_option("--why", line.drop.why, "The reason, for the log")
      ->required()
      ->type_name("TEXT")
      ->check([](const std::string& text) {
        return text.empty() ? std::string{"a reason must say something"} : std::string{};
      });
  return command;
}

// `read(text)`, its complaint put down to `option`.
template <typename Read>
auto value_of(const char* option, const std::string& text, Read read) {
  try {
    return read(text);
  } catch (const std::invalid_argument& error) {
    throw UsageError{std::string{option} + ": " + error.what()};
  }
}

ServiceOptions service_options(const CommandLine& line) {
  ServiceOptions options;
  options.db = line.db;
  options.capture = line.capture;
  options.queue_bytes = line.queue * mebibyte;
  options.pending_after = value_of("--pending-after", line.pending_after, parse_duration);
  options.lost_after = value_of("--lost-after", line.lost_after, parse_duration);
  return options;
}

int watch(CommandLine& line) {
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

int tap(CommandLine& line) {
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
  CommandLine line;
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
    return run(argc, argv);
  } catch (const UsageError& error) {
    return complain(error.what(), bad_usage);
  } catch (const log::Error& error) {
    return complain(error.what(), log_unusable);
  } catch (const std::exception& error) {
    return complain(error.what(), 1);
  }
}
