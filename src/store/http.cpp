#include "store/http.h"

#include <curl/curl.h>

#include <memory>

#include "base/world.h"

namespace culprit {
namespace {

struct Receipt {
  std::string body;
  std::size_t bytes_max = 0;
  bool too_much = false;
};

std::size_t receive(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto* receipt = static_cast<Receipt*>(into);
  if (receipt->body.size() + size * count > receipt->bytes_max) {
    receipt->too_much = true;
    return 0;
  }
  receipt->body.append(bytes, size * count);
  return size * count;
}

int progressed(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return interrupted() ? 1 : 0;
}

long milliseconds(Duration duration) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

void prepare(CURL* curl, const std::string& url, const HttpOptions& options, Receipt& receipt,
             char* complaint) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 3L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "culprit");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_within));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds(options.answer_within));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receipt);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progressed);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, complaint);
}

}  // namespace

Result<HttpAnswer> http_get(const std::string& url, const HttpOptions& options) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Handle curl(started == CURLE_OK ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (curl == nullptr) return error(Fault::unavailable, "libcurl cannot be started");
  Receipt receipt{{}, options.bytes_max, false};
  std::string complaint(CURL_ERROR_SIZE, '\0');
  prepare(curl.get(), url, options, receipt, complaint.data());
  const CURLcode done = curl_easy_perform(curl.get());
  if (interrupted()) return interrupted_error();
  if (receipt.too_much) {
    return error(Fault::unavailable, "an answer of more than {} MB", options.bytes_max >> 20);
  }
  if (done != CURLE_OK) {
    const std::string_view told = complaint.c_str();
    return error(Fault::unavailable, "{}", told.empty() ? curl_easy_strerror(done) : told);
  }
  HttpAnswer answer;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  answer.body = std::move(receipt.body);
  return answer;
}

std::string url_escaped(std::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.';
    if (plain) {
      escaped += byte;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return escaped;
}

}  // namespace culprit
