#include "recorder/arguments.hpp"

#include "text/escape.hpp"
#include "text/timestamp.hpp"

namespace drachtio::tools {

namespace {

void add_db(CLI::App& command, Arguments& line) {
  command.add_option("--db", line.db, "The log: an SQLite file, made if it is not there")
      ->required()
      ->type_name("FILE")
      ->check([](const std::string& name) {
        return name.empty() ? std::string{"a file must have a name"} : std::string{};
      });
}

void add_service(CLI::App& command, Arguments& line) {
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

}  // namespace

CLI::App* add_import(CLI::App& app, Arguments& line) {
  CLI::App* command = app.add_subcommand("import", "Read recorded captures into the log");
  add_db(*command, line);
  command
      ->add_option(
          "--server", line.import.server,
          "Name of the server; else as the capture says, or the first contact in its login reply")
      ->type_name("NAME");
  command->add_option("capture", line.import.captures, "Captures")->required();
  return command;
}

CLI::App* add_watch(CLI::App& app, Arguments& line) {
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

CLI::App* add_tap(CLI::App& app, Arguments& line) {
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

CLI::App* add_drop_evidence(CLI::App& app, Arguments& line) {
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

}  // namespace drachtio::tools
