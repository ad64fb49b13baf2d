#include <afk/http/transport_curl.hpp>

#include <afk/core/check.hpp>
#include <afk/core/text.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace afk::http {
namespace {

constexpr long most_connections = 20; // of one exchange at any moment; the others wait their turn

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

void append(std::unique_ptr<curl_slist, FreeList>& list, const std::string& line) {
  // The list keeps its head unless it was empty; on failure the old one stays whole.
  if (curl_slist* grown = curl_slist_append(list.get(), line.c_str()); grown != nullptr) {
    static_cast<void>(list.release());
    list.reset(grown);
  }
}

// OpenSSL looks certificates up there by names like "4a6481c9.0".
bool is_hashed_folder(const std::string& path) {
  std::error_code failure;
  constexpr std::size_t hash_length = 8;
  for (std::filesystem::directory_iterator entry(path, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (name.size() == hash_length + 2 && name.ends_with(".0")) {
      return true;
    }
  }
  return false;
}

// One request on its way.
class Transfer {
 public:
  Transfer(const Request& request, const CurlSettings& settings, bool hashed_certificates)
      : request_(request), easy_(curl_easy_init()) {
    if (easy_ == nullptr) {
      return;
    }
    set_address();
    set_safety(settings, hashed_certificates);
    set_headers(settings);
    set_callbacks();
  }

  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] CURL* easy() const { return easy_.get(); }

  // What became of it, once curl is done with it.
  Result<Response> finish(CURLcode code) {
    const std::string origin = render_origin(request_.url.origin);
    if (stopped_) {
      return with_context(origin, *stopped_);
    }
    if (code != CURLE_OK) {
      return derive_error(code, origin);
    }
    if (!headers_are_whole_) { // curl takes a connection that closed there for the end of the answer
      return Error{.kind = ErrorKind::unreachable, .message = origin + ": the connection closed inside the headers"};
    }
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }

 private:
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (const CURLcode code = curl_easy_setopt(easy_.get(), option, value); code != CURLE_OK && !stopped_) {
      stopped_ = Error{.kind = ErrorKind::io,
                       .message = fmt::format("libcurl refused an option: {}", curl_easy_strerror(code))};
    }
  }

  void set_address() {
    url_ = render_url(request_.url);
    set(CURLOPT_URL, url_.c_str());
    set(CURLOPT_PROTOCOLS_STR, request_.url.origin.scheme.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set_method();
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.limits.connect.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request_.limits.total.count()));
  }

  void set_method() {
    const Method method = request_.method;
    if (method == Method::get) {
      set(CURLOPT_HTTPGET, 1L);
      return;
    }
    if (method == Method::head) {
      set(CURLOPT_NOBODY, 1L);
      return;
    }
    if (method != Method::delete_ || !request_.body.empty()) { // without a body DELETE sends no length either
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.data());
    }
    set(CURLOPT_CUSTOMREQUEST, render_method(method).data()); // a literal, so it ends with NUL
  }

  void set_safety(const CurlSettings& settings, bool hashed_certificates) {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, ""); // not even one that the environment names
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (hashed_certificates) {
      set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
      set(CURLOPT_CAPATH, settings.certificate_folder.c_str());
    }
  }

  void set_headers(const CurlSettings& settings) {
    set(CURLOPT_USERAGENT, settings.user_agent.c_str());
    append(headers_, "Expect:"); // no round trip before the body is sent
    for (const auto& header : request_.headers) {
      append_header(header.name, header.value);
    }
    if (request_.credential != nullptr) {
      append_header(request_.credential->header, request_.credential->value.reveal());
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  // curl reads "Name:" as "do not send this one", and "Name;" as an empty value.
  void append_header(std::string_view name, std::string_view value) {
    append(headers_, trim_ascii(value).empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value));
  }

  void set_callbacks() {
    set(CURLOPT_ERRORBUFFER, error_text_.data());
    set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::take_header);
    set(CURLOPT_HEADERDATA, this);
  }

  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t length = size * count;
    auto& body = transfer.response_.body;
    if (length > transfer.request_.limits.body_bytes - body.size()) {
      return transfer.stop(fmt::format("a body of more than {} bytes", transfer.request_.limits.body_bytes));
    }
    body.append(bytes, length);
    return length;
  }

  static std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t length = size * count;
    const auto& limits = transfer.request_.limits;
    transfer.header_bytes_ += length;
    if (transfer.header_bytes_ > limits.header_bytes || ++transfer.header_lines_ > limits.header_count) {
      return transfer.stop(
          fmt::format("more than {} bytes or {} lines of headers", limits.header_bytes, limits.header_count));
    }
    transfer.take_header_line(trim_ascii({bytes, length}));
    return length;
  }

  void take_header_line(std::string_view line) {
    headers_are_whole_ = line.empty();
    if (line.starts_with("HTTP/")) {
      response_.headers.clear(); // the answer after an interim one
      return;
    }
    if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      response_.headers.push_back(
          Header{.name = fold_ascii(line.substr(0, colon)), .value = std::string(trim_ascii(line.substr(colon + 1)))});
    }
  }

  // A callback that takes nothing ends the transfer.
  std::size_t stop(const std::string& what) {
    stopped_ = Error{.kind = ErrorKind::too_large, .message = "answered with " + what};
    return 0;
  }

  [[nodiscard]] Error derive_error(CURLcode code, const std::string& origin) const {
    ErrorKind kind = ErrorKind::unreachable;
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_HTTP2 ||
        code == CURLE_HTTP2_STREAM || code == CURLE_BAD_CONTENT_ENCODING) {
      kind = ErrorKind::malformed;
    }
    const std::string_view said = error_text_.data();
    return Error{.kind = kind,
                 .message =
                     fmt::format("{}: {}", origin, clean_single_line(said.empty() ? curl_easy_strerror(code) : said))};
  }

  const Request& request_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::string url_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  Response response_;
  std::size_t header_bytes_ = 0;
  std::size_t header_lines_ = 0;
  bool headers_are_whole_ = false;
  std::optional<Error> stopped_;
};

} // namespace

class CurlTransport::Engine {
 public:
  explicit Engine(const CurlSettings& settings)
      : settings_(settings), hashed_certificates_(is_hashed_folder(settings.certificate_folder)) {
    check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "libcurl can be set up");
    multi_.reset(curl_multi_init());
    check(multi_ != nullptr, "libcurl has memory for its handle");
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, most_connections);
  }

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  ~Engine() {
    multi_.reset();
    curl_global_cleanup();
  }

  std::vector<Result<Response>> exchange(std::span<const Request> requests) {
    std::vector<Result<Response>> results;
    std::vector<std::unique_ptr<Transfer>> transfers(requests.size());
    for (std::size_t index = 0; index < requests.size(); ++index) {
      auto checked = check_request(requests[index]);
      results.emplace_back(checked.ok() ? Error{.kind = ErrorKind::io, .message = "the request was not started"}
                                        : std::move(checked).error());
      if (checked.ok()) {
        transfers[index] = start(requests[index]);
      }
    }
    run([&](CURL* easy, CURLcode code) {
      const auto transfer =
          std::ranges::find_if(transfers, [easy](const auto& one) { return one != nullptr && one->easy() == easy; });
      check(transfer != transfers.end(), "libcurl finishes only what was started");
      results[static_cast<std::size_t>(transfer - transfers.begin())] = (*transfer)->finish(code);
    });
    for (const auto& transfer : transfers) {
      if (transfer != nullptr) {
        curl_multi_remove_handle(multi_.get(), transfer->easy());
      }
    }
    return results;
  }

 private:
  std::unique_ptr<Transfer> start(const Request& request) {
    auto transfer = std::make_unique<Transfer>(request, settings_, hashed_certificates_);
    if (transfer->easy() == nullptr || curl_multi_add_handle(multi_.get(), transfer->easy()) != CURLM_OK) {
      return nullptr;
    }
    return transfer;
  }

  // Every request has its own deadline, so this ends.
  template <typename Finished>
  void run(Finished finished) {
    constexpr int longest_wait_ms = 1000;
    int running = 1;
    while (running > 0) {
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
        return;
      }
      int left = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) {
          finished(message->easy_handle, message->data.result);
        }
      }
      if (running > 0) {
        curl_multi_poll(multi_.get(), nullptr, 0, longest_wait_ms, nullptr);
      }
    }
  }

  const CurlSettings& settings_;
  bool hashed_certificates_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
};

CurlTransport::CurlTransport(CurlSettings settings) : settings_(std::move(settings)) {}

CurlTransport::~CurlTransport() = default;

std::vector<Result<Response>> CurlTransport::exchange(std::span<const Request> requests) {
  if (requests.empty()) {
    return {};
  }
  if (engine_ == nullptr) {
    engine_ = std::make_unique<Engine>(settings_);
  }
  return engine_->exchange(requests);
}

} // namespace afk::http
