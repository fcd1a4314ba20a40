// The benches, one file each. Each prints its figures and returns an exit status.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace drachtio::bench {

struct IngestOptions {
  std::filesystem::path db;
  std::filesystem::path stream;  // empty: generated calls
  std::uint64_t calls = 20000;
  std::uint64_t open = 200;  // of the generated ones, at a time
  int rounds = 3;
};
// Server bytes to durable events, against a bare SQLite loop that appends the same rows.
int ingest(const IngestOptions& options);

struct LogOptions {
  std::filesystem::path db;
  std::uint64_t calls = 20000;
  int rounds = 3;
};
// Folding the log, and refilling the tables from it, against a bare scan of the same rows.
int rebuild(const LogOptions& options);
// Pages written to the -wal, against a bare log's; and whether they grow with the log.
int pages(const LogOptions& options);
// Measures questions, start-up and recording with a long history, against a log of 10,000 calls.
int history(const LogOptions& options);
// Time to be ready, per open call.
int restart(const LogOptions& options);
// From frame read to subscriber told, idle and at half the full rate, against a bare commit.
int latency(const LogOptions& options);
// Measures from a commit to a public Subscription told, in this process and in another.
int subscription(const LogOptions& options);
// Bytes per open dialog, SDP aside.
int memory(const LogOptions& options);
// Added latency and throughput of the relay, against a bare byte relay.
int relay(const LogOptions& options);

// Calls a second through an Agent, and INVITE to 200, with the log on and off.
int agent(const LogOptions& options);

}  // namespace drachtio::bench
