// dialog-replay export: calls for other people and their programs.
#include "console/interrupt.hpp"
#include "digest/sha256.hpp"
#include "log/reader.hpp"
#include "replay/chosen_calls.hpp"
#include "replay/commands.hpp"
#include "replay/hep_sender.hpp"
#include "replay/output_file.hpp"
#include "replay/pcap_file.hpp"
#include "replay/time_order.hpp"
#include "report/capture.hpp"
#include "report/html_page.hpp"
#include "report/svg_ladder.hpp"
#include "report/text_ladder.hpp"
#include "text/escape.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace drachtio::replay {

namespace {

// A Form is one of the things that calls are exported as.
struct Form {
  std::function<void(const ChosenCall&)> call;
  std::function<std::string()> finish;  // returns what was written, in a few words
};

class Export {
 public:
  Export(log::Reader& reader, const ExportOptions& options)
      : options_(options),
        time_([zone = options.choice.zone](Instant at) { return time_in(zone, at); }) {
    // All files are opened before the first call is read: a wrong name is found at once.
    // The sending ends first: if it fails, no file is written.
    if (options.hep) add_hep();
    if (options.pcap) add_pcap(open(*options.pcap));
    if (options.html) add_html(open(*options.html), reader);
    if (options.svg) add_svg(open(*options.svg));
    if (options.text) add_text(open(*options.text));
    if (options.capture) add_capture(open(*options.capture));
  }

  void call(const ChosenCall& call) {
    ++calls_;
    for (const report::Rung& rung : call.ladder.rungs) {
      messages_ += rung.kind == report::Rung::Kind::message && rung.evidence ? 1 : 0;
    }
    for (const Form& form : forms_) form.call(call);
  }

  [[nodiscard]] std::size_t calls() const { return calls_; }
  // False where a message was too large to be sent.
  [[nodiscard]] bool is_whole() const { return !homer_ || homer_->too_large() == 0; }

  void say_interrupted() const {
    say("interrupted: no file was written" +
        (homer_ ? fmt::format(", {} sent", counted(homer_->sent(), "message")) : ""));
  }

  // Says on standard error what was written.
  void finish() {
    for (const Form& form : forms_) {
      say(fmt::format("{}: {}, {}", form.finish(), counted(calls_, "call"),
                      counted(messages_, "message")));
    }
    if (messages_ == 0) say("The log has no message of them any more.");
    if (!options_.choice.secrets) {
      say("Digest answers, media keys, texts and DTMF are masked; --secrets shows them.");
    }
    for (const auto& [host, address] : stand_ins_.all()) {
      say(fmt::format("{} stands for {}", report::to_string(address),
                      host.empty() ? "an end whose address is not known" : text::escaped(host)));
    }
  }

 private:
  OutputFile open(const std::filesystem::path& path) { return {path, options_.db}; }

  static void say(const std::string& words) { fmt::print(stderr, "{}\n", words); }

  static std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  }

  // Adds a form whose packets come in order of time.
  void add_packets(std::function<void(const report::Packet&)> take,
                   std::function<std::string()> finish) {
    auto order = std::make_shared<TimeOrder>(std::move(take));
    forms_.push_back({[this, order](const ChosenCall& call) {
                        order->add(report::packets_of(call.ladder, stand_ins_));
                      },
                      [order, finish = std::move(finish)] {
                        order->finish();
                        return finish();
                      }});
  }

  void add_pcap(OutputFile file) {
    auto pcap = std::make_shared<PcapFile>(std::move(file));
    add_packets([pcap](const report::Packet& packet) { pcap->add(packet); },
                [pcap] {
                  pcap->finish();
                  return pcap->name();
                });
  }

  void add_hep() {
    homer_ = std::make_shared<HepSender>(*options_.hep, options_.hep_rate);
    auto homer = homer_;
    add_packets([homer](const report::Packet& packet) { homer->send(packet); },
                [this, homer] {
                  homer->finish();
                  if (homer->too_large() > 0) {
                    say(fmt::format("{} too large for a datagram, and not sent",
                                    counted(homer->too_large(), "message")));
                  }
                  return "sent to " + net::to_string(*options_.hep);
                });
  }

  void add_html(OutputFile opened, log::Reader& reader) {
    auto file = std::make_shared<OutputFile>(std::move(opened));
    const log::Head head = reader.head();
    const report::LogHead noted{options_.db.filename().string(), head.position,
                                digest::to_hex(head.hash)};
    file->put(report::page_begin(options_.choice.calls.size() == 1
                                     ? "What happened in this call"
                                     : "What happened in these calls"));
    const report::PageStyle style{time_};
    forms_.push_back({[file, style](const ChosenCall& call) {
                        file->put(report::page_call(call.ladder, style));
                      },
                      [this, file, noted] {
                        file->put(report::page_end(noted, calls_));
                        file->finish();
                        return file->name();
                      }});
  }

  void add_svg(OutputFile opened) {
    auto file = std::make_shared<OutputFile>(std::move(opened));
    auto pictures = std::make_shared<std::vector<report::Picture>>();
    const report::SvgStyle style{time_};
    forms_.push_back({[pictures, style](const ChosenCall& call) {
                        pictures->push_back(report::draw_svg(call.ladder, style));
                      },
                      [file, pictures] {
                        file->put(report::svg_file(*pictures));
                        file->finish();
                        return file->name();
                      }});
  }

  void add_text(OutputFile opened) {
    auto file = std::make_shared<OutputFile>(std::move(opened));
    report::TextStyle style;
    style.width = width_of_a_file;
    style.time = time_;
    forms_.push_back({[this, file, style](const ChosenCall& call) {
                        if (calls_ > 1) file->put("\n");
                        file->put(report::as_text(call.ladder, style));
                      },
                      [file] {
                        file->finish();
                        return file->name();
                      }});
  }

  void add_capture(OutputFile opened) {
    auto file = std::make_shared<OutputFile>(std::move(opened));
    auto started_at = std::make_shared<std::optional<Instant>>();
    const auto begin = [file, started_at](Instant at) {
      if (*started_at) return;
      *started_at = at;
      file->put(wire::capture_header(at) + '\n');
    };
    forms_.push_back({[this, file, started_at, begin](const ChosenCall& call) {
                        constexpr std::uint64_t connections = 2;  // of a call
                        const std::uint64_t first = (calls_ - 1) * connections;
                        for (const auto& chunk : report::capture_of(call.legs, first)) {
                          begin(chunk.read_at);
                          file->put(wire::capture_line(chunk, **started_at) + '\n');
                        }
                      },
                      [file, begin] {
                        begin({});
                        file->finish();
                        return file->name();
                      }});
  }

  static constexpr std::size_t width_of_a_file = 100;

  const ExportOptions& options_;
  std::function<std::string(Instant)> time_;
  std::shared_ptr<HepSender> homer_;  // null where there is none
  report::StandIns stand_ins_;
  std::vector<Form> forms_;
  std::size_t calls_ = 0;
  std::size_t messages_ = 0;
};

}  // namespace

int export_calls(const ExportOptions& options) try {
  log::Reader reader{options.db};
  tools::note_interrupts();  // what is half done is to be removed
  Export written{reader, options};
  try {
    const bool all_found = each_chosen_call(reader, options.choice, [&](const ChosenCall& call) {
      if (tools::interrupted()) throw tools::Interrupted{};
      written.call(call);
    });
    if (!all_found) return wrong_or_not_found;
    if (written.calls() == 0) {
      fmt::print(stderr, "no call is selected: nothing was written\n");
      return wrong_or_not_found;
    }
    written.finish();
    return written.is_whole() ? done : wrong_or_not_found;
  } catch (const tools::Interrupted&) {
    written.say_interrupted();
    return wrong_or_not_found;
  }
} catch (const OutputError& error) {
  fmt::print(stderr, "dialog-replay: {}\n", error.what());
  return cannot_read;
}

}  // namespace drachtio::replay
