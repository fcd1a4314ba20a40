// The arguments of list, show, ladder, export and state: the subcommands about calls.
#include "dialog/names.hpp"
#include "replay/arguments.hpp"
#include "replay/list_columns.hpp"

namespace drachtio::replay {

namespace {

void add_seconds(CLI::App& command, const std::string& name, std::optional<double>& seconds,
                 const std::string& help) {
  command.add_option(name, seconds, help)
      ->check(tools::number_of_seconds(0, 1'000'000'000))
      ->type_name("SECONDS");
}

// Adds the options by which list and export select calls.
void add_selection(CLI::App& command, Arguments& line, projection::Selection& selection) {
  command.add_flag("--active", selection.active, "Only those that have not ended");
  add_time(command, "--since", line, selection.since, "Started at this time or later");
  add_time(command, "--until", line, selection.until, "Started before this time");
  command.add_option("--caller", selection.caller, "User of the caller; * stands for anything")
      ->type_name("USER");
  command.add_option("--callee", selection.callee, "User of the callee; * stands for anything")
      ->type_name("USER");
  command
      .add_option("--number", selection.number,
                  "User of either side: the number's last digits, or * for anything")
      ->type_name("NUMBER")
      ->check(tools::not_empty("a number has digits"));
  command
      .add_option_function<std::string>(
          "--role",
          [&selection](const std::string& text) {
            selection.role = text == "uac" ? Role::uac : Role::uas;
          },
          "uas: calls that came in, uac: calls that went out")
      ->type_name("ROLE")
      ->check(tools::one_of({"uas", "uac"}));
  add_seconds(command, "--min-talk", selection.min_talk,
              "Talked for so many seconds or longer; the call has ended");
  add_seconds(command, "--max-talk", selection.max_talk,
              "Talked for so many seconds at most; the call has ended");
  command
      .add_option_function<std::string>(
          "--cause",
          [&selection](const std::string& text) { selection.cause = dialog::parse_cause(text); },
          "Why it ended")
      ->type_name("CAUSE")
      ->check(tools::one_of({"far-end-release", "near-end-release", "ack-timeout",
                             "session-expired", "server-release", "rejected", "cancelled",
                             "challenged", "proxied", "lost"}));
  command.add_option("--disposition", selection.disposition, "How it went, in a word")
      ->type_name("WORD")
      ->check(tools::one_of({projection::dispositions.begin(), projection::dispositions.end()}));
  command
      .add_option("--q850", selection.q850_cause,
                  "Q.850 cause in the Reason header of what ended it (16: normal call clearing)")
      ->type_name("NUMBER")
      ->check(tools::whole_number(0, 127));
  command.add_option("--server", selection.server, "Name of the server; * stands for anything")
      ->type_name("NAME");
  command.add_flag("--problems", selection.problems,
                   "Only those that a support engineer would look at first, and why");
  auto* limit = command.add_option("--limit", selection.limit, "The first N only")
                    ->type_name("N")
                    ->check(tools::whole_number(0));
  command.add_option("--last", selection.last, "The latest N only, in order of their start")
      ->type_name("N")
      ->check(tools::whole_number(0))
      ->excludes(limit);
}

void add_list(CLI::App& app, Arguments& line) {
  ListOptions& options = line.list;
  CLI::App& command = add_command(
      app, "list", "Call records, in order of their start",
      "  dialog-replay --db calls.db list --active --since -1h\n"
      "  dialog-replay --db calls.db list --since 2026-11-22 --callee '+4930*' --csv\n"
      "  dialog-replay --db calls.db list --disposition busy --q850 17 --json\n"
      "  dialog-replay --db calls.db list --last 20 --number 5551234\n"
      "  dialog-replay --db calls.db list --since -1h --problems\n"
      "  dialog-replay --db calls.db list --columns start_time,caller,talk_seconds --csv",
      [&line] {
        line.list.db = line.db;
        read_times(line, line.list.zone);
        line.run = [&line] { return list(line.list); };
      });
  add_selection(command, line, options.selection);
  std::vector<std::string_view> names;
  for (const ListColumn& column : list_columns()) names.push_back(column.name);
  command
      .add_option("--columns", options.columns,
                  "What to show, in this order, separated by commas:\n" +
                      fmt::format("{}", fmt::join(names, " ")))
      ->type_name("NAME,...")
      ->delimiter(',')
      ->check(tools::one_of(names));
  add_formats(command, options.format);
  add_zone(command, options.zone);
}

void add_call(CLI::App& command, std::string& call) {
  command.add_option("call", call, "Dialog id, Call-ID, or a part that only one call has")
      ->type_name("CALL")
      ->required()
      ->check(tools::not_empty("an empty text is in the id of every call"));
}

void add_show(CLI::App& app, Arguments& line) {
  CLI::App& command = add_command(app, "show", "The history of one call",
                                  "  dialog-replay --db calls.db show 1-20016@127.0.0.1\n"
                                  "  dialog-replay --db calls.db show 20016 --messages",
                                  [&line] {
                                    line.show.db = line.db;
                                    line.run = [&line] { return show(line.show); };
                                  });
  add_call(command, line.show.call);
  command.add_flag("--messages", line.show.messages, "With the SIP messages");
  command.add_flag("--json", line.show.json, "Print JSON, one event a line");
  add_zone(command, line.show.zone);
}

void add_ladder(CLI::App& app, Arguments& line) {
  LadderOptions& options = line.ladder;
  CLI::App& command =
      add_command(app, "ladder", "One call as a ladder: who sent what to whom",
                  "  dialog-replay --db calls.db ladder 1-20016@127.0.0.1\n"
                  "  dialog-replay --db calls.db ladder 20016 --related --local-time\n"
                  "  dialog-replay --db calls.db ladder 20016 --ascii --width 72 > ticket.txt\n"
                  "Colours are used on a terminal, unless NO_COLOR is set in the environment.",
                  [&line] {
                    line.ladder.db = line.db;
                    line.run = [&line] { return ladder(line.ladder); };
                  });
  add_call(command, options.call);
  command.add_flag("--related", options.related,
                   "With the legs that belong to it: joined sessions, and calls that name one "
                   "another");
  command.add_option("--from", options.from, "From the event at this position on")
      ->type_name("N")
      ->check(tools::whole_number(0));
  command.add_option("--to", options.to, "Up to the event at this position")
      ->type_name("N")
      ->check(tools::whole_number(0));
  command.add_option("--width", options.width, "Columns; else those of the terminal, or 100")
      ->type_name("N")
      ->check(tools::whole_number(40, 1000));
  command.add_flag("--ascii", options.ascii, "Draw with ASCII characters alone");
  add_zone(command, options.zone);
}

void add_file(CLI::App& command, const std::string& name,
              std::optional<std::filesystem::path>& file, const std::string& help) {
  command.add_option(name, file, help)
      ->type_name("FILE")
      ->check(tools::not_empty("a file must have a name"));
}

void require_different_files(const ExportOptions& options) {
  std::vector<std::filesystem::path> files;
  for (const auto* file :
       {&options.pcap, &options.html, &options.svg, &options.text, &options.capture}) {
    if (!*file) continue;
    const std::filesystem::path normal = (*file)->lexically_normal();
    if (std::ranges::find(files, normal) != files.end()) {
      throw CLI::ValidationError("two forms cannot be written to one file: " +
                                 text::escaped(normal.string()));
    }
    files.push_back(normal);
  }
}

void add_export(CLI::App& app, Arguments& line) {
  ExportOptions& options = line.exported;
  Choice& choice = options.choice;
  CLI::App& command = add_command(
      app, "export", "Calls for Wireshark, a browser, an e-mail, a Homer",
      "  dialog-replay --db calls.db export 1-20016@127.0.0.1 --pcap call.pcap --html call.html\n"
      "  dialog-replay --db calls.db export --since -1h --disposition failed --pcap failed.pcap\n"
      "  dialog-replay --db calls.db export 20016 --pcap - | tshark -r -\n"
      "Calls are named, or else selected as by list; of each, all legs are written. A FILE is\n"
      "replaced once all of it is written; - is standard output.",
      [&line] {
        line.exported.db = line.db;
        require_different_files(line.exported);
        read_times(line, line.exported.choice.zone);
        line.run = [&line] { return export_calls(line.exported); };
      });
  command
      .add_option("call", choice.calls,
                  "Dialog ids, Call-IDs, or parts that only one call has; none: those selected")
      ->type_name("CALL")
      ->check(tools::not_empty("an empty text is in the id of every call"));
  CLI::App* forms = command.add_option_group("as", "One or several of these");
  add_file(*forms, "--pcap", options.pcap, "Packets, as the network carried them");
  add_file(*forms, "--html", options.html, "One page: the ladder, the messages, the proof");
  add_file(*forms, "--svg", options.svg, "The ladder as a picture");
  add_file(*forms, "--text", options.text, "The ladder as text");
  add_file(*forms, "--capture", options.capture, "A capture, for dialog-recorder import");
  forms
      ->add_option_function<std::string>(
          "--hep",
          [&options](const std::string& text) {
            constexpr std::uint16_t homer_port = 9060;
            try {
              options.hep = net::parse_service_address(text, homer_port);
            } catch (const std::invalid_argument& error) {
              throw CLI::ValidationError("--hep", error.what());
            }
          },
          "Send each message to a Homer, as HEP version 3 over UDP (port 9060 by default)")
      ->type_name("HOST[:PORT]");
  forms->require_option(1, 0);
  command.add_option("--hep-rate", options.hep_rate, "Messages a second to a Homer (default: 500)")
      ->type_name("N")
      ->check(tools::whole_number(1, 1000000));
  command.add_flag("--related", choice.related,
                   "With the legs that belong to them: joined sessions, and calls that name one "
                   "another");
  command.add_flag("--secrets", choice.secrets,
                   "Show digest answers, media keys, texts and DTMF, which are otherwise masked");
  const auto first = static_cast<std::ptrdiff_t>(command.get_options().size());
  add_selection(command, line, choice.selection);
  const std::vector<CLI::Option*> all = command.get_options();
  command.parse_complete_callback(
      [&choice, selecting = std::vector(all.begin() + first, all.end())] {
        for (const CLI::Option* option : selecting) {
          if (choice.calls.empty() || option->count() == 0) continue;
          throw CLI::ValidationError(option->get_name(),
                                     "calls are either named or selected, not both");
        }
      });
  add_zone(command, choice.zone);
}

void add_state(CLI::App& app, Arguments& line) {
  CLI::App& command = add_command(app, "state", "Every dialog that was open then, as it was then",
                                  "  dialog-replay --db calls.db state --at '2026-11-22 18:39:48'\n"
                                  "  dialog-replay --db calls.db state --position 1200 --json",
                                  [&line] {
                                    line.state.db = line.db;
                                    read_times(line, line.state.zone);
                                    line.run = [&line] { return state(line.state); };
                                  });
  CLI::App* moment = command.add_option_group("moment", "One of these");
  add_time(*moment, "--at", line, line.state.at, "By the server's clock");
  moment->add_option("--position", line.state.position, "After the event at this position")
      ->type_name("N")
      ->check(tools::whole_number(0));
  moment->require_option(1);
  command.add_flag("--json", line.state.json, "Print JSON, one dialog a line");
  add_zone(command, line.state.zone);
}

}  // namespace

void add_call_commands(CLI::App& app, Arguments& line) {
  add_list(app, line);
  add_show(app, line);
  add_ladder(app, line);
  add_export(app, line);
  add_state(app, line);
}

}  // namespace drachtio::replay
