// dialog-replay: reads what dialog-recorder wrote. Read-only, but for `rebuild`.
//
// Exit status: 0 done, 1 found wrong or not found, 2 usage, 3 the log cannot be opened or read.
#include "console/command_line.hpp"
#include "dialog/names.hpp"
#include "log/error.hpp"
#include "replay/commands.hpp"
#include "text/escape.hpp"
#include "text/timestamp.hpp"

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <functional>

namespace {

using namespace drachtio;
using namespace drachtio::replay;

// What the command line says.
struct CommandLine {
  std::filesystem::path db;
  ListOptions list;
  ShowOptions show;
  StateOptions state;
  replay::VerifyOptions verify;
  TailOptions tail;
  SqlOptions sql;
  std::filesystem::path destination;
  GapsOptions gaps;
  std::function<int()> run;
};

constexpr const char* time_help = "RFC 3339, or a date, or date and time; UTC unless it says else";

void add_time(CLI::App& command, const std::string& name, std::optional<Instant>& target,
              const std::string& help) {
  command
      .add_option_function<std::string>(
          name,
          [&target, name](const std::string& text) {
            target = text::parse_instant(text);
            if (!target) {
              throw CLI::ValidationError(
                  name, "\"" + text::escaped(text) + "\" is not a time (" + time_help + ")");
            }
          },
          help)
      ->type_name("TIME");
}

void add_formats(CLI::App& command, Format& format) {
  auto* csv = command.add_flag_callback(
      "--csv", [&format] { format = Format::csv; }, "Print CSV (RFC 4180)");
  command
      .add_flag_callback(
          "--json", [&format] { format = Format::json; }, "Print JSON, one object a line")
      ->excludes(csv);
}

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& help,
                      const std::string& examples, std::function<void()> chosen) {
  CLI::App& command = *app.add_subcommand(name, help);
  command.footer("Examples:\n" + examples +
                 "\nAlways needed: --db FILE, the log, before or after the subcommand.");
  command.callback(std::move(chosen));
  return command;
}

void add_list(CLI::App& app, CommandLine& line) {
  ListOptions& options = line.list;
  CLI::App& command =
      add_command(app, "list", "Call records, in order of their start",
                  "  dialog-replay --db calls.db list --active\n"
                  "  dialog-replay --db calls.db list --since 2026-11-22 --callee '+4930*' --csv\n"
                  "  dialog-replay --db calls.db list --cause rejected --json",
                  [&line] {
                    line.list.db = line.db;
                    line.run = [&line] { return list(line.list); };
                  });
  projection::Selection& selection = options.selection;
  command.add_flag("--active", selection.active, "Only those that have not ended");
  add_time(command, "--since", selection.since, "Started at this time or later");
  add_time(command, "--until", selection.until, "Started before this time");
  command.add_option("--caller", selection.caller, "User of the caller; * stands for anything")
      ->type_name("USER");
  command.add_option("--callee", selection.callee, "User of the callee; * stands for anything")
      ->type_name("USER");
  command
      .add_option_function<std::string>(
          "--cause",
          [&selection](const std::string& text) { selection.cause = dialog::parse_cause(text); },
          "Why it ended")
      ->type_name("CAUSE")
      ->check(CLI::IsMember({"far-end-release", "near-end-release", "ack-timeout",
                             "session-expired", "server-release", "rejected", "cancelled",
                             "challenged", "proxied", "lost"}));
  command.add_option("--server", selection.server, "Name of the server; * stands for anything")
      ->type_name("NAME");
  command.add_option("--limit", selection.limit, "The first N only")
      ->type_name("N")
      ->check(tools::whole_number(0));
  add_formats(command, options.format);
}

void add_show(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "show", "The history of one call",
                                  "  dialog-replay --db calls.db show 1-20016@127.0.0.1\n"
                                  "  dialog-replay --db calls.db show 20016 --messages",
                                  [&line] {
                                    line.show.db = line.db;
                                    line.run = [&line] { return show(line.show); };
                                  });
  command
      .add_option("call", line.show.call, "Dialog id, Call-ID, or a part that only one call has")
      ->type_name("CALL")
      ->required();
  command.add_flag("--messages", line.show.messages, "With the SIP messages");
  command.add_flag("--json", line.show.json, "Print JSON, one event a line");
}

void add_state(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "state", "Every dialog that was open then, as it was then",
                                  "  dialog-replay --db calls.db state --at '2026-11-22 18:39:48'\n"
                                  "  dialog-replay --db calls.db state --position 1200 --json",
                                  [&line] {
                                    line.state.db = line.db;
                                    line.run = [&line] { return state(line.state); };
                                  });
  CLI::App* moment = command.add_option_group("moment", "One of these");
  add_time(*moment, "--at", line.state.at, "By the server's clock");
  moment->add_option("--position", line.state.position, "After the event at this position")
      ->type_name("N")
      ->check(tools::whole_number(0));
  moment->require_option(1);
  command.add_flag("--json", line.state.json, "Print JSON, one dialog a line");
}

void add_verify(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(
      app, "verify", "Prove that nothing recorded was changed, removed, added or reordered",
      "  dialog-replay --db calls.db verify\n"
      "  dialog-replay --db calls.db verify --head 105:9f86d081884c7d659a2feaa0c55ad015...",
      [&line] {
        line.verify.db = line.db;
        line.run = [&line] { return verify(line.verify); };
      });
  command
      .add_option_function<std::string>(
          "--head",
          [&line](const std::string& text) {
            line.verify.head = parse_noted_head(text);
            if (!line.verify.head) {
              throw CLI::ValidationError(
                  "--head", "a head is POSITION:HASH or HASH, and a hash is 64 hexadecimal digits");
            }
          },
          "A head noted earlier: proves that nothing was cut off since")
      ->type_name("[POSITION:]HASH");
}

void add_tail(CLI::App& app, CommandLine& line) {
  CLI::App& command = add_command(app, "tail", "The log's events, also as they are recorded",
                                  "  dialog-replay --db calls.db tail --follow\n"
                                  "  dialog-replay --db calls.db tail --from 0 --json",
                                  [&line] {
                                    line.tail.db = line.db;
                                    line.run = [&line] { return tail(line.tail); };
                                  });
  command.add_option("--from", line.tail.from, "From this position on (default: the last 10)")
      ->type_name("N")
      ->check(tools::whole_number(0));
  command.add_flag("--follow,-f", line.tail.follow, "Go on with what is recorded, until Ctrl-C");
  command.add_flag("--json", line.tail.json, "Print JSON, one event a line");
}

void add_sql(CLI::App& app, CommandLine& line) {
  CLI::App& command =
      add_command(app, "sql", "Ask in SQL: one SELECT, that can do nothing but read",
                  "  dialog-replay --db calls.db sql 'SELECT disposition, count(*) FROM "
                  "call_record GROUP BY 1'\n"
                  "Views: call_record, active_call, call_event, coverage_gap. "
                  "Tables: event, sip_message, dialog.",
                  [&line] {
                    line.sql.db = line.db;
                    line.run = [&line] { return sql(line.sql); };
                  });
  command.add_option("statement", line.sql.statement, "The statement")
      ->type_name("SELECT")
      ->required();
  command
      .add_option_function<double>(
          "--timeout",
          [&line](const double& seconds) {
            if (std::isnan(seconds)) throw CLI::ValidationError("--timeout", "not a number");
            line.sql.timeout = std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
          },
          "Stop after so many seconds (default: 30)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 1e6));
  add_formats(command, line.sql.format);
}

void add_others(CLI::App& app, CommandLine& line) {
  add_command(app, "rebuild",
              "Drop the table of dialogs and refill it from the log (no recorder may run)",
              "  dialog-replay --db calls.db rebuild",
              [&line] { line.run = [&line] { return rebuild(line.db); }; });
  CLI::App& copy =
      add_command(app, "backup", "A consistent copy, also while a recorder writes; verified",
                  "  dialog-replay --db calls.db backup calls-2026-11-22.db",
                  [&line] { line.run = [&line] { return backup(line.db, line.destination); }; });
  copy.add_option("file", line.destination, "The copy; must not exist")
      ->type_name("FILE")
      ->required();
  CLI::App& blind =
      add_command(app, "gaps", "When the recorder was blind",
                  "  dialog-replay --db calls.db gaps --server 10.0.0.5:9022", [&line] {
                    line.gaps.db = line.db;
                    line.run = [&line] { return gaps(line.gaps); };
                  });
  blind.add_option("--server", line.gaps.server, "Name of the server; * stands for anything")
      ->type_name("NAME");
  add_formats(blind, line.gaps.format);
}

int fail(int status, const std::string& what) {
  tools::put_error(fmt::format("dialog-replay: {}\n", text::escaped(what)));
  return status;
}

int run(const CommandLine& line) {
  try {
    const int status = line.run();
    if (output_failed()) return fail(cannot_read, "cannot write the output");
    return status;
  } catch (const log::Error& error) {
    return fail(cannot_read, error.what());
  } catch (const SQLite::Exception& error) {
    return fail(cannot_read, "cannot read the log " + line.db.string() + ": " + error.what());
  } catch (const std::exception& error) {
    return fail(wrong_or_not_found,
                std::string{error.what()} + " (dialog-replay verify says more)");
  }
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"Reads the log of a dialog-recorder: calls, histories, proofs."};
  app.set_version_flag("--version", "dialog-replay " DRACHTIO_VERSION);
  app.fallthrough();
  app.require_subcommand(1);
  app.add_option("--db", line.db, "The log: an SQLite file")->type_name("FILE")->required();
  app.footer(
      "Examples:\n"
      "  dialog-replay --db calls.db list --active\n"
      "  dialog-replay --db calls.db show 1-20016@127.0.0.1\n"
      "  dialog-replay --db calls.db state --at '2026-11-22 18:39:48'\n"
      "  dialog-replay --db calls.db verify\n"
      "Exit status: 0 done, 1 found wrong or not found, 2 usage, 3 cannot open or read.");
  add_list(app, line);
  add_show(app, line);
  add_state(app, line);
  add_verify(app, line);
  add_tail(app, line);
  add_sql(app, line);
  add_others(app, line);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a disk that is full
  int status = usage;
  return tools::parse(app, argc, argv, usage, status) ? run(line) : status;
}
