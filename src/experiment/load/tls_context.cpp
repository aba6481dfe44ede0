#include "experiment/load/tls_context.h"

#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace culprit {
namespace {

// The name as a certificate would have it: numbers are told apart from names.
bool is_number(const std::string& host) {
  in6_addr bytes{};
  return ::inet_pton(AF_INET, host.c_str(), &bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

}  // namespace

void TlsStream::Free::operator()(ssl_st* stream) const { ::SSL_free(stream); }
void TlsContext::Free::operator()(ssl_ctx_st* context) const { ::SSL_CTX_free(context); }

Handshake TlsStream::shake() {
  ::ERR_clear_error();
  const int done = ::SSL_do_handshake(stream_.get());
  if (done == 1) return Handshake::done;
  switch (::SSL_get_error(stream_.get(), done)) {
    case SSL_ERROR_WANT_READ: return Handshake::wants_read;
    case SSL_ERROR_WANT_WRITE: return Handshake::wants_write;
    default: return Handshake::failed;
  }
}

Transfer TlsStream::read(std::span<char> into) {
  ::ERR_clear_error();
  std::size_t count = 0;
  const int done = ::SSL_read_ex(stream_.get(), into.data(), into.size(), &count);
  if (done == 1) return {Moved::some, count};
  switch (::SSL_get_error(stream_.get(), done)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {Moved::nothing, 0};
    case SSL_ERROR_ZERO_RETURN: return {Moved::end, 0};
    default: return {Moved::lost, 0};
  }
}

Transfer TlsStream::write(std::string_view bytes) {
  ::ERR_clear_error();
  std::size_t count = 0;
  const int done = ::SSL_write_ex(stream_.get(), bytes.data(), bytes.size(), &count);
  if (done == 1) return {Moved::some, count};
  switch (::SSL_get_error(stream_.get(), done)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {Moved::nothing, 0};
    default: return {Moved::lost, 0};
  }
}

std::string TlsStream::fault() const {
  const long verified = ::SSL_get_verify_result(stream_.get());
  if (verified != X509_V_OK) {
    return fmt::format("its certificate is not accepted: {}",
                       ::X509_verify_cert_error_string(verified));
  }
  const unsigned long code = ::ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
  return reason == nullptr ? "the server ended the handshake" : reason;
}

Result<TlsContext> TlsContext::open(std::string host, LoadPlan::Certificates certificates) {
  TlsContext made;
  made.host_ = std::move(host);
  made.context_.reset(::SSL_CTX_new(::TLS_client_method()));
  ssl_ctx_st* context = made.context_.get();
  if (context == nullptr) return error(Fault::unavailable, "OpenSSL does not start");
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Buffers of 34 KB that a connection needs only while something is under way.
  ::SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Servers that end without a word are common, and replies have lengths of their own.
  ::SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (certificates == LoadPlan::Certificates::verified) {
    ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (::SSL_CTX_set_default_verify_paths(context) != 1) {
      return error(Fault::unavailable, "this machine has no list of trusted certificates");
    }
  }
  return made;
}

TlsStream TlsContext::stream_over(const Socket& socket) const {
  TlsStream made;
  made.stream_.reset(::SSL_new(context_.get()));
  ssl_st* stream = made.stream_.get();
  VERIFY(stream != nullptr);
  if (is_number(host_)) {
    ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(stream), host_.c_str());
  } else {
    ::SSL_set1_host(stream, host_.c_str());
    std::string name = host_;  // the call takes a pointer to what it does not change
    ::SSL_ctrl(stream, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  ::SSL_set_fd(stream, socket.descriptor());
  ::SSL_set_connect_state(stream);
  return made;
}

}  // namespace culprit
