#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstring>
#include <stdexcept>

namespace drachtio::net {

namespace {

// Where the system refused something, that says it all: OpenSSL only adds where it was at the time.
std::string queued_errors() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    if (ERR_SYSTEM_ERROR(code)) {
      ERR_clear_error();
      return std::strerror(ERR_GET_REASON(code));
    }
    const char* reason = ERR_reason_error_string(code);
    if (!text.empty()) text += ", ";
    text += reason != nullptr ? reason : "error " + std::to_string(code);
  }
  return text.empty() ? "unknown error" : text;
}

[[noreturn]] void fail(const std::string& doing) {
  throw std::runtime_error{doing + ": " + queued_errors()};
}

// An encrypted key must not make a daemon ask for a pass phrase on some terminal.
int no_pass_phrase(char*, int, int, void*) { return 0; }

std::shared_ptr<SSL_CTX> make_context(const SSL_METHOD* method) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(method), &SSL_CTX_free};
  if (!context) fail("cannot set up TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Without renegotiation and blocking writes, SSL_write into a memory buffer always succeeds.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

bool is_ip_address(const std::string& host) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(host.c_str());
  const bool is_one = address != nullptr;
  ASN1_OCTET_STRING_free(address);
  ERR_clear_error();
  return is_one;
}

}  // namespace

void FreeSsl::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsContext TlsContext::client(const std::optional<std::filesystem::path>& ca, bool verify) {
  auto context = make_context(TLS_client_method());
  if (ca) {
    if (SSL_CTX_load_verify_locations(context.get(), ca->c_str(), nullptr) != 1) {
      fail("cannot read certificates from " + ca->string());
    }
  } else if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
    fail("cannot read the system's certificates");
  }
  SSL_CTX_set_verify(context.get(), verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  return {std::move(context), true};
}

TlsContext TlsContext::server(const std::filesystem::path& certificate,
                              const std::filesystem::path& key) {
  auto context = make_context(TLS_server_method());
  SSL_CTX_set_default_passwd_cb(context.get(), &no_pass_phrase);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    fail("cannot read a certificate from " + certificate.string());
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    fail("cannot read the certificate's key from " + key.string());
  }
  // Nobody resumes sessions here; a ticket unread by a peer that closes would reset the connection.
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return {std::move(context), false};
}

std::unique_ptr<ssl_st, FreeSsl> TlsContext::begin(const std::string& host) const {
  ERR_clear_error();
  std::unique_ptr<SSL, FreeSsl> ssl{SSL_new(context_.get())};
  if (!ssl) fail("cannot set up TLS");
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), in, out);  // owns both
  if (in == nullptr || out == nullptr) fail("cannot set up TLS");
  if (!dials_) {
    SSL_set_accept_state(ssl.get());
    return ssl;
  }
  SSL_set_connect_state(ssl.get());
  if (is_ip_address(host)) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str()) != 1) {
      fail("cannot set up TLS");
    }
  } else {
    std::string name = host;
    // SSL_set_tlsext_host_name, which is a macro with an old-style cast
    if (SSL_set1_host(ssl.get(), name.c_str()) != 1 ||
        SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) !=
            1) {
      fail("cannot set up TLS");
    }
  }
  return ssl;
}

std::string tls_error(ssl_st* ssl) {
  std::string text = queued_errors();
  if (const long result = SSL_get_verify_result(ssl); result != X509_V_OK) {
    text += std::string{" ("} + X509_verify_cert_error_string(result) + ')';
  }
  return text;
}

}  // namespace drachtio::net
