#include "replay/pcap_file.hpp"

#include <pcap/pcap.h>

#include <cerrno>
#include <utility>

namespace drachtio::replay {

namespace {

constexpr int longest_packet = 65535;  // bytes

}  // namespace

void PcapFile::Close::operator()(pcap* handle) const { pcap_close(handle); }

PcapFile::PcapFile(OutputFile file)
    // The link layer is not known: packets begin with their IP header.
    : file_(std::move(file)), handle_(pcap_open_dead(DLT_RAW, longest_packet)) {
  if (!handle_) throw OutputError{"cannot write " + file_.name() + ": libpcap has no memory"};
  dumper_ = pcap_dump_fopen(handle_.get(), file_.stream());
  if (dumper_ == nullptr) {
    throw OutputError{"cannot write " + file_.name() + ": " + pcap_geterr(handle_.get())};
  }
}

void PcapFile::add(const report::Packet& packet) {
  const std::int64_t time = packet.at.time_since_epoch().count();
  for (const std::string& bytes : packets_.carry(packet)) {
    errno = 0;
    pcap_pkthdr header{};
    header.ts.tv_sec = time / 1'000'000;
    header.ts.tv_usec = time % 1'000'000;
    header.caplen = header.len = static_cast<bpf_u_int32>(bytes.size());
    pcap_dump(reinterpret_cast<u_char*>(dumper_), &header,
              reinterpret_cast<const u_char*>(bytes.data()));
    file_.check();
  }
}

void PcapFile::finish() { file_.finish(); }

}  // namespace drachtio::replay
