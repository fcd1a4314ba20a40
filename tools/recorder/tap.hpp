// dialog-recorder tap: a transparent relay between programs and their server that records every
// dialog in full.
#pragma once

#include "recorder/service.hpp"
#include "recorder/watched_server.hpp"

#include <optional>
#include <string>

namespace drachtio::tools {

struct TapOptions {
  ServiceOptions service;
  net::Address listen;
  net::Address dial;      // the server, or with `outbound` the program
  std::string name;       // of the server; empty with `outbound`: its address
  bool outbound = false;  // the server dials its programs
  std::size_t hold_bytes = 64UL * 1024 * 1024;
  std::optional<std::filesystem::path> certificate;  // towards who connects to us
  std::optional<std::filesystem::path> key;
  bool tls = false;  // towards who is dialled
  bool verify = true;
  std::optional<std::filesystem::path> ca;
  // Asks the server for its call records too, over a connection of our own.
  bool call_records = false;
  net::Address call_records_from;
  CallRecordLogin login;
};

// Runs until SIGTERM or SIGINT; returns the exit status. Throws UsageError and log::Error.
int run_tap(const TapOptions& options);

}  // namespace drachtio::tools
