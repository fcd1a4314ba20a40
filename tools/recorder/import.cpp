#include "recorder/import.hpp"

#include "console/interrupt.hpp"
#include "console/output.hpp"
#include "console/progress_bar.hpp"
#include "record/writer.hpp"
#include "recorder/capture_import.hpp"
#include "text/escape.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace drachtio::tools {

namespace {

constexpr int interrupted_status = 128;  // and the signal's number, as a shell says it

std::string counted(std::int64_t events) {
  return events == 1 ? "1 event" : fmt::format("{} events", events);
}

// What came of a capture that was read to its end, or to where it is faulty.
std::string outcome(const CaptureImport& import, std::int64_t added) {
  if (import.was_done()) return "already imported, nothing added";
  const std::string begin = import.resumed() ? "resumed, " : "";
  if (added > 0) return begin + counted(added);
  if (import.frames() == 0) return begin + "nothing added: there is no whole frame in it";
  if (import.of_dialogs() > 0) return begin + "nothing new: all of it was in the log";
  return begin + "nothing added: none of its frames is of a call";
}

void complain(const std::string& of, const std::string& what) {
  put_error(fmt::format("dialog-recorder: {}: {}\n", of, what));
}

void complain_of(const std::filesystem::path& capture, const Unopened& error) {
  complain("cannot open the capture " + text::escaped(capture.string()), error.what());
}

class Imports {
 public:
  explicit Imports(const ImportOptions& options)
      : options_(options), ledger_(log::EventLog{options.db}, [] { return drachtio::now(); }) {
    ledger_.note_killed();  // or our events would pass for the last that a killed recorder wrote
    ledger_.commit();
  }

  int run(const std::vector<std::filesystem::path>& captures) {
    int status = 0;
    for (const auto& capture : captures) {
      status = std::max(status, import(capture));
      if (status >= interrupted_status) break;
    }
    ledger_.store().log().require_in_place();
    put(fmt::format("log head: position {}, hash {}\n", ledger_.head().position,
                    digest::to_hex(ledger_.head().hash)));
    return status;
  }

 private:
  // Prints what came of it and returns the exit status.
  int import(const std::filesystem::path& path) {
    const std::string name = text::escaped(path.string());
    const std::int64_t before = ledger_.head().position;
    ProgressBar bar{name};
    try {
      CaptureImport import{ledger_, options_.server, path,
                           [&](std::int64_t done, std::int64_t total) {
                             if (interrupted()) throw Interrupted{};
                             bar.show(done, total);
                           }};
      import.run();
      bar.clear();
      put(fmt::format("{}: {}\n", name, outcome(import, ledger_.head().position - before)));
      for (const std::string& fault : import.faults()) complain(name, fault);
      for (const std::string& warning : ledger_.take_warnings()) {
        complain(name, "warning: " + text::escaped(warning, 500));
      }
      return import.faults().empty() ? 0 : 1;
    } catch (const Unopened& error) {
      bar.clear();
      complain_of(path, error);
      return 3;
    } catch (const Interrupted&) {
      bar.clear();
      put(fmt::format("{}: interrupted after {}; the next import of it goes on there\n", name,
                      counted(ledger_.head().position - before)));
      return interrupted_status + interrupting_signal();
    }
  }

  const ImportOptions& options_;
  record::Ledger ledger_;
};

}  // namespace

int run_import(const ImportOptions& options) {
  note_interrupts();
  try {
    // Where there is nothing to import, no log is made.
    int status = 0;
    std::vector<std::filesystem::path> captures;
    for (const auto& capture : options.captures) {
      try {
        require_capture(capture);
        captures.push_back(capture);
      } catch (const Unopened& error) {
        complain_of(capture, error);
        status = 3;
      }
    }
    if (captures.empty()) return status;
    status = std::max(status, Imports{options}.run(captures));
    if (!output_failed()) return status;
    put_error("dialog-recorder: cannot write the output\n");
    return 3;
  } catch (const log::Error& error) {
    put_error(fmt::format("dialog-recorder: {}\n", error.what()));
    return 3;
  }
}

}  // namespace drachtio::tools
