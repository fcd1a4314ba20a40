// What the road's tests are fed with: a ledger of their own, captures, and a server's frames.
#pragma once

#include "capture_file.hpp"
#include "log/reader.hpp"
#include "record/ledger.hpp"
#include "record/writer.hpp"
#include "wire/frame_reader.hpp"

#include <map>
#include <string>
#include <vector>

namespace drachtio::test {

inline record::Ledger open_ledger(const std::filesystem::path& path) {
  return record::Ledger{log::EventLog{path}, [] { return drachtio::now(); }};
}

// Feeds a capture's frames, as the connections `first_connection` and up.
inline void feed(record::Ledger& ledger, const Capture& capture, const std::string& server = {},
                 std::uint64_t first_connection = 0) {
  std::map<std::pair<std::uint64_t, wire::Sender>, wire::FrameReader> readers;
  for (const wire::CaptureChunk& chunk : capture.chunks) {
    wire::FrameReader& reader = readers[{chunk.connection, chunk.from}];
    reader.push(chunk.bytes);
    while (const auto payload = reader.next()) {
      ledger.frame({server, first_connection + chunk.connection, chunk.from, std::string{*payload},
                    chunk.read_at});
    }
  }
}

inline Capture capture(const std::string& name) { return read_capture(capture_path(name)); }

inline std::vector<std::string> types(const std::filesystem::path& path) {
  log::Reader reader{path};
  std::vector<std::string> result;
  for (const log::Row& row : reader.after(0)) result.push_back(row.type);
  return result;
}

// Frames of a server, as it would send them.
inline record::Frame from_server(std::string payload, Instant at = drachtio::now()) {
  return {"pbx", 1, wire::Sender::server, std::move(payload), at};
}

inline std::string invite_text(const std::string& call_id, const std::string& extra = {}) {
  return "INVITE sip:bob@example.com SIP/2.0\r\n"
         "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-" +
         call_id + "\r\n" + extra +
         "From: <sip:ann@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\n"
         "Call-ID: " +
         call_id +
         "\r\nCSeq: 1 INVITE\r\nContact: <sip:ann@192.0.2.1>\r\n"
         "Content-Length: 0\r\n\r\n";
}

inline std::string ringing_text(const std::string& call_id) {
  std::string text = invite_text(call_id);
  text.replace(0, text.find("\r\n"), "SIP/2.0 180 Ringing");
  const std::string contact = "Contact: <sip:ann@192.0.2.1>\r\n";
  text.erase(text.find(contact), contact.size());
  const std::string to = "To: <sip:bob@example.com>";
  return text.replace(text.find(to), to.size(), to + ";tag=b");
}

inline std::string attempt_frame(const std::string& text) {
  return "id|cdr:attempt|network|12:00:00.000000\r\n" + text;
}

inline std::string sip_frame(const std::string& text, const std::string& dialog_id = {},
                             const std::string& time_of_day = "12:00:00.000000") {
  return "id|sip|network|1|udp|192.0.2.1|5060|" + time_of_day + "|tx-" + dialog_id + "|" +
         dialog_id + "|192.0.2.9|5060|\r\n" + text;
}

}  // namespace drachtio::test
