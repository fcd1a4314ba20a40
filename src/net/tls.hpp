// TLS contexts: what our end of a TLS connection trusts, and by what it is known.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace drachtio::net {

struct FreeSsl {
  void operator()(ssl_st* ssl) const;
};

// A cheap handle on a context; copies share it. Thread-safe once made.
class TlsContext {
 public:
  // For the end that dials. Peers must show a certificate for the name dialled, signed by one of
  // `ca` (a PEM file), or of the system's authorities where there is none. With `verify` false
  // anyone is believed. Throws std::runtime_error that says why it cannot be made.
  static TlsContext client(const std::optional<std::filesystem::path>& ca, bool verify = true);

  // For the end that is dialled: its certificate, with the chain after it, and its key, both PEM.
  // Throws std::runtime_error that says why it cannot be made, also where the two do not match.
  static TlsContext server(const std::filesystem::path& certificate,
                           const std::filesystem::path& key);

  // A new connection over memory buffers, about to shake hands; `host` is the name or address
  // dialled, of no account for a server. Throws std::runtime_error.
  [[nodiscard]] std::unique_ptr<ssl_st, FreeSsl> begin(const std::string& host) const;

 private:
  TlsContext(std::shared_ptr<ssl_ctx_st> context, bool dials)
      : context_(std::move(context)), dials_(dials) {}

  std::shared_ptr<ssl_ctx_st> context_;
  bool dials_;
};

// Why the latest OpenSSL call on this thread, on `ssl`, failed; empties OpenSSL's error queue.
std::string tls_error(ssl_st* ssl);

}  // namespace drachtio::net
