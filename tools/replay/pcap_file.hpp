// A PcapFile has packets for Wireshark, sngrep and their like; libpcap writes it.
#pragma once

#include "replay/output_file.hpp"
#include "report/ip_packets.hpp"

#include <memory>

struct pcap;
struct pcap_dumper;

namespace drachtio::replay {

// Throws OutputError.
class PcapFile {
 public:
  explicit PcapFile(OutputFile file);

  // Adds the IP packets that carry it.
  void add(const report::Packet& packet);
  void finish();

  [[nodiscard]] const std::string& name() const { return file_.name(); }

 private:
  struct Close {
    void operator()(pcap* handle) const;
  };

  OutputFile file_;
  std::unique_ptr<pcap, Close> handle_;
  pcap_dumper* dumper_ = nullptr;  // the file's stream, which closes itself
  report::IpPackets packets_;
};

}  // namespace drachtio::replay
