#include "store/http.h"

// The macros that check options' types at compile time would stand in the way of pointers.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>

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

// libcurl, opened when something is asked over HTTP. Linked, it and the 25 libraries that it brings
// took 3 of the 8 ms that each start of the program takes.
struct Curl {
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_easy_init) easy_init = nullptr;
  decltype(&curl_easy_setopt) easy_setopt = nullptr;
  decltype(&curl_easy_perform) easy_perform = nullptr;
  decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&curl_easy_strerror) easy_strerror = nullptr;
  decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
  bool started = false;

  Curl() {
    void* const library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    const bool whole = find(library, "curl_global_init", global_init) &&
                       find(library, "curl_easy_init", easy_init) &&
                       find(library, "curl_easy_setopt", easy_setopt) &&
                       find(library, "curl_easy_perform", easy_perform) &&
                       find(library, "curl_easy_getinfo", easy_getinfo) &&
                       find(library, "curl_easy_strerror", easy_strerror) &&
                       find(library, "curl_easy_cleanup", easy_cleanup);
    started = whole && global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }
  template <typename Function>
  static bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
  }
};

const Curl& libcurl() {
  static const Curl opened;
  return opened;
}

struct Cleanup {
  void operator()(CURL* curl) const { libcurl().easy_cleanup(curl); }
};
using Handle = std::unique_ptr<CURL, Cleanup>;

void prepare(CURL* curl, const std::string& url, const HttpOptions& options, Receipt& receipt,
             char* complaint) {
  const auto set = libcurl().easy_setopt;
  set(curl, CURLOPT_URL, url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_FOLLOWLOCATION, 1L);
  set(curl, CURLOPT_MAXREDIRS, 3L);
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
  set(curl, CURLOPT_ACCEPT_ENCODING, "");
  set(curl, CURLOPT_USERAGENT, "culprit");
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options.connect_within));
  set(curl, CURLOPT_TIMEOUT_MS, milliseconds(options.answer_within));
  set(curl, CURLOPT_WRITEFUNCTION, receive);
  set(curl, CURLOPT_WRITEDATA, &receipt);
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, progressed);
  set(curl, CURLOPT_ERRORBUFFER, complaint);
}

}  // namespace

Result<HttpAnswer> http_get(const std::string& url, const HttpOptions& options) {
  const Handle curl(libcurl().started ? libcurl().easy_init() : nullptr);
  if (curl == nullptr) {
    return error(Fault::unavailable, "libcurl cannot be started; Debian has it as libcurl4");
  }
  Receipt receipt{{}, options.bytes_max, false};
  std::string complaint(CURL_ERROR_SIZE, '\0');
  prepare(curl.get(), url, options, receipt, complaint.data());
  const CURLcode done = libcurl().easy_perform(curl.get());
  if (interrupted()) return interrupted_error();
  if (receipt.too_much) {
    return error(Fault::unavailable, "an answer of more than {} MB", options.bytes_max >> 20);
  }
  if (done != CURLE_OK) {
    const std::string_view told = complaint.c_str();
    return error(Fault::unavailable, "{}", told.empty() ? libcurl().easy_strerror(done) : told);
  }
  HttpAnswer answer;
  libcurl().easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
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
