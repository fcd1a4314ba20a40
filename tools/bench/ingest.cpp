// Server bytes to durable events: framing, parsing, tracking, chain, projection and commit, as the
// programs do it, against the floor: the same rows in the same batches into tables without index,
// trigger or projection. And stage by stage on one thread: where the time goes.
#include "bare_log.hpp"
#include "benches.hpp"
#include "measure.hpp"
#include "record/ledger.hpp"
#include "record/writer.hpp"
#include "recorded_log.hpp"
#include "traffic.hpp"
#include "wire/frame_reader.hpp"

#include <SQLiteCpp/Database.h>
#include <fmt/core.h>

#include <fstream>
#include <limits>
#include <sstream>

namespace drachtio::bench {

namespace {

constexpr std::size_t read_size = 65536;      // as a socket would give
constexpr std::size_t frames_a_batch = 2000;  // as the writer has them when it is behind

struct IngestFigures {
  std::size_t frames = 0;
  std::size_t events = 0;
  double total = 0;
  double computed = 0;  // by all threads together
  Stage framing, walking, sql, commit;
  std::vector<std::size_t> batches;  // events in each transaction
};

// As the programs do it: this thread cuts frames, the writer's two threads take turns.
IngestFigures run_writer(const std::string& bytes, const IngestOptions& options) {
  remove_database(options.db);
  IngestFigures figures;
  std::int64_t committed = 0;
  record::Writer::Options writer_options;
  writer_options.queue_bytes = std::numeric_limits<std::size_t>::max();
  writer_options.on_commit = [&](const log::Head& head) {
    figures.batches.push_back(static_cast<std::size_t>(head.position - committed));
    committed = head.position;
  };
  record::Writer writer{options.db, writer_options};
  wire::FrameReader reader;
  const double before = processor_seconds();
  const Stopwatch watch;
  for (std::size_t at = 0; at < bytes.size(); at += read_size) {
    const Instant read_at = drachtio::now();
    reader.push(std::string_view{bytes}.substr(at, read_size));
    while (const auto payload = reader.next()) {
      writer.frame({server_name, 1, wire::Sender::server, std::string{*payload}, read_at});
      ++figures.frames;
    }
  }
  writer.stop(std::chrono::hours{1});
  figures.total = watch.seconds();
  figures.computed = processor_seconds() - before;
  figures.events = static_cast<std::size_t>(committed);
  return figures;
}

// The same on one thread, stage by stage.
IngestFigures run_stages(const std::string& bytes, const IngestOptions& options) {
  remove_database(options.db);
  record::Ledger ledger{log::EventLog{options.db}, [] { return drachtio::now(); }};
  wire::FrameReader reader;
  IngestFigures figures;
  std::vector<record::Frame> batch;
  const auto commit = [&] {
    figures.walking.time([&] {
      for (const record::Frame& frame : batch) ledger.frame(frame);
    });
    batch.clear();
    figures.batches.push_back(ledger.staged());
    const Stopwatch whole;
    double rows_written = 0;
    ledger.commit([&](SQLite::Database&) { rows_written = whole.seconds(); });
    figures.sql.add(rows_written);
    figures.commit.add(whole.seconds() - rows_written);
  };
  const Stopwatch watch;
  for (std::size_t at = 0; at < bytes.size(); at += read_size) {
    const Instant read_at = drachtio::now();
    figures.framing.time([&] {
      reader.push(std::string_view{bytes}.substr(at, read_size));
      while (const auto payload = reader.next()) {
        batch.push_back({server_name, 1, wire::Sender::server, std::string{*payload}, read_at});
        ++figures.frames;
      }
    });
    if (batch.size() >= frames_a_batch) commit();
  }
  commit();
  figures.total = watch.seconds();
  figures.events = static_cast<std::size_t>(ledger.head().position);
  return figures;
}

// Envelope, libosip2 and key: the part of walking that is parsing, measured alone.
double parse_alone(const std::string& bytes) {
  wire::FrameReader reader;
  reader.push(bytes);
  record::Conversation conversation;
  std::vector<record::Frame> frames;
  while (const auto payload = reader.next()) {
    frames.push_back(
        {server_name, 1, wire::Sender::server, std::string{*payload}, drachtio::now()});
  }
  std::size_t seen = 0;
  const Stopwatch watch;
  for (const record::Frame& frame : frames) seen += conversation.read(frame).observation ? 1 : 0;
  const double seconds = watch.seconds();
  return seen == 0 ? 0 : seconds;
}

double hash_alone(const std::vector<log::Entry>& entries) {
  digest::Sha256 hasher;
  unsigned folded = 0;
  const Stopwatch watch;
  for (const log::Entry& entry : entries) {
    if (entry.evidence) {
      folded ^= log::evidence_hash(hasher, entry.evidence->direction, entry.evidence->peer,
                                   entry.evidence->bytes)[0];
    }
    folded ^= log::row_hash(hasher, entry.row)[0];
  }
  const double seconds = watch.seconds();
  return folded > 255 ? 0 : seconds;
}

// The floor: what SQLite takes to append these rows and nothing else, in the same transactions.
double run_floor(std::span<const log::Entry> entries, const std::vector<std::size_t>& batches,
                 const std::filesystem::path& db) {
  BareLog floor{db};
  const Stopwatch watch;
  for (const std::size_t batch : batches) {
    floor.append(entries.first(batch));
    entries = entries.subspan(batch);
  }
  return watch.seconds();
}

std::string read_stream(const IngestOptions& options) {
  if (options.stream.empty()) return stream(options.calls, options.open);
  std::ifstream file{options.stream, std::ios::binary};
  if (!file) throw std::runtime_error("cannot open " + options.stream.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

int ingest(const IngestOptions& options) {
  const std::string bytes = read_stream(options);
  const std::filesystem::path floor_db = options.db.string() + ".floor";
  std::vector<double> ratios;
  std::vector<double> roads;
  std::vector<double> floors;
  std::vector<double> computed;
  std::optional<IngestFigures> stages;
  std::vector<log::Entry> entries;
  for (int round = -1; round < options.rounds; ++round) {  // round -1 warms up
    IngestFigures one_by_one = run_stages(bytes, options);
    const IngestFigures figures = run_writer(bytes, options);
    entries = read_entries(options.db);
    const double floor = run_floor(entries, figures.batches, floor_db);
    if (round < 0) continue;
    ratios.push_back(floor / figures.total);
    roads.push_back(figures.total);
    floors.push_back(floor);
    computed.push_back(figures.computed);
    if (!stages || one_by_one.total < stages->total) stages = std::move(one_by_one);
  }
  const double parsing = parse_alone(bytes);
  const double hashing = hash_alone(entries);
  remove_database(floor_db);
  const auto a_frame = [&](double seconds) {
    return seconds * 1e6 / static_cast<double>(stages->frames);
  };
  const double middle = median(roads);
  fmt::print("ingest: {} frames, {} events, {:.1f} MB, {} rounds\n", stages->frames, stages->events,
             static_cast<double>(bytes.size()) / 1e6, options.rounds);
  fmt::print("  of the bare floor   {}   (to reach: 0.65)\n", spread(ratios));
  fmt::print("  frames/s            {:.0f}\n", static_cast<double>(stages->frames) / middle);
  fmt::print("  events/s            {:.0f}\n", static_cast<double>(stages->events) / middle);
  fmt::print("  us a frame          {:.1f}, the floor {:.1f}; on one thread {:.1f}:\n",
             a_frame(middle), a_frame(median(floors)), a_frame(stages->total));
  fmt::print("    (computed by all threads of the writer's road: {:.1f})\n",
             a_frame(median(computed)));
  fmt::print("    frame             {:.2f}\n", a_frame(stages->framing.seconds()));
  fmt::print("    parse             {:.2f}\n", a_frame(parsing));
  fmt::print("    hash              {:.2f}\n", a_frame(hashing));
  fmt::print("    observe and rest  {:.2f}\n",
             a_frame(stages->walking.seconds() - parsing - hashing));
  fmt::print("    SQL               {:.2f}\n", a_frame(stages->sql.seconds()));
  fmt::print("    commit            {:.2f}\n", a_frame(stages->commit.seconds()));
  fmt::print("  peak memory         {:.0f} MiB, the stream and the floor's rows included\n",
             peak_memory_mib());
  return 0;
}

}  // namespace drachtio::bench
