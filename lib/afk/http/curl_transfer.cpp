#include <afk/http/curl_transfer.hpp>

#include <afk/core/text.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace afk::http {
namespace {

constexpr int first_final_status = 200;
constexpr int last_status = 599;

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

curl_blob borrow(std::string_view bytes) {
  return {.data = const_cast<char*>(bytes.data()), .len = bytes.size(), .flags = CURL_BLOB_NOCOPY};
}

constexpr int too_large_since_8_6 = 100; // CURLE_TOO_LARGE, which older headers do not know

// Whatever breaks HTTP/2 is no more than a lost connection: a server that goes away says so in frames, and libcurl has
// one code for that and for noise.
ErrorKind derive_kind(int code) {
  switch (code) {
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_BAD_CONTENT_ENCODING:
    return ErrorKind::malformed;
  case CURLE_OUT_OF_MEMORY: // said of a header that is longer than libcurl's own limit
  case too_large_since_8_6:
    return ErrorKind::too_large;
  default:
    return ErrorKind::unreachable;
  }
}

} // namespace

CurlFeatures detect_curl_features(const CurlSettings& settings) {
  const unsigned features = static_cast<unsigned>(curl_version_info(CURLVERSION_NOW)->features);
  return {.has_http_2 = (features & CURL_VERSION_HTTP2) != 0,
          .has_gzip = (features & CURL_VERSION_LIBZ) != 0,
          .has_hashed_folder = is_hashed_folder(settings.certificate_folder)};
}

void CurlTransfer::FreeEasy::operator()(void* easy) const {
  curl_easy_cleanup(easy);
}

void CurlTransfer::FreeList::operator()(curl_slist* list) const {
  curl_slist_free_all(list);
}

CurlTransfer::CurlTransfer(const Request& request, const CurlSettings& settings, const CurlFeatures& features)
    : request_(request), easy_(curl_easy_init()), head_(request.limits) {
  static_assert(error_size >= CURL_ERROR_SIZE);
  if (easy_ == nullptr) {
    return;
  }
  set_address(features);
  set_method();
  set_safety();
  set_certificates(settings, features);
  set_headers(settings, features);
  set_callbacks();
}

CurlTransfer::~CurlTransfer() = default;

void CurlTransfer::set_time_left(Duration left) {
  const auto milliseconds = [](Duration duration) {
    return static_cast<long>(std::max<Duration::rep>(duration.count(), 1));
  };
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(request_.limits.connect, left)));
  set(CURLOPT_TIMEOUT_MS, milliseconds(left)); // zero would be no limit at all
}

Result<Response> CurlTransfer::finish(int code) {
  const std::string origin = render_origin(request_.url.origin);
  if (stopped_) {
    return with_context(origin, *stopped_);
  }
  if (code != CURLE_OK) {
    return derive_error(code, origin);
  }
  if (!head_.is_whole()) { // libcurl takes a connection that closed there for the end of the answer
    return Error{.kind = ErrorKind::unreachable, .message = origin + ": the connection closed inside the headers"};
  }
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < first_final_status || status > last_status) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{}: answered with the status {}", origin, status)};
  }
  return Response{.status = static_cast<int>(status), .headers = std::move(head_).headers(), .body = std::move(body_)};
}

template <typename Value>
void CurlTransfer::set(int option, Value value) {
  const CURLcode code = curl_easy_setopt(easy_.get(), static_cast<CURLoption>(option), value);
  if (code != CURLE_OK && !stopped_) {
    stopped_ =
        Error{.kind = ErrorKind::io, .message = fmt::format("libcurl refused an option: {}", curl_easy_strerror(code))};
  }
}

void CurlTransfer::set_address(const CurlFeatures& features) {
  url_ = render_url(request_.url);
  const bool is_encrypted = request_.url.origin.scheme == "https";
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_PROTOCOLS_STR, request_.url.origin.scheme.c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  if (is_encrypted && features.has_http_2) {
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(CURLOPT_PIPEWAIT, 1L); // sooner one connection that many share than one for each
  } else {
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  }
}

void CurlTransfer::set_method() {
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

void CurlTransfer::set_safety() {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L); // a resolver that hangs holds up its own thread alone
  set(CURLOPT_PROXY, "");      // not even one that the environment names
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
}

void CurlTransfer::set_certificates(const CurlSettings& settings, const CurlFeatures& features) {
  const auto believe_only = [this](int option, auto value) {
    set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    set(option, value);
  };
  const TlsIdentity* const tls = request_.tls;
  if (tls != nullptr && !tls->authorities.empty()) {
    curl_blob authorities = borrow(tls->authorities);
    believe_only(CURLOPT_CAINFO_BLOB, &authorities);
  } else if (!settings.certificate_file.empty()) {
    believe_only(CURLOPT_CAINFO, settings.certificate_file.c_str());
  } else if (features.has_hashed_folder) {
    believe_only(CURLOPT_CAPATH, settings.certificate_folder.c_str());
  }
  if (tls != nullptr && !tls->certificate.empty()) {
    curl_blob certificate = borrow(tls->certificate);
    curl_blob key = borrow(tls->key.reveal());
    set(CURLOPT_SSLCERT_BLOB, &certificate);
    set(CURLOPT_SSLKEY_BLOB, &key);
  }
}

void CurlTransfer::set_headers(const CurlSettings& settings, const CurlFeatures& features) {
  set(CURLOPT_USERAGENT, settings.user_agent.c_str());
  if (features.has_gzip) {
    set(CURLOPT_ACCEPT_ENCODING, "gzip");
  }
  append_line("Expect:"); // no round trip before the body is sent
  const bool names_type = std::ranges::any_of(
      request_.headers, [](const Header& header) { return equal_ascii_folded(header.name, "content-type"); });
  if (!names_type) {
    append_line("Content-Type:"); // libcurl would call it a form
  }
  for (const auto& header : request_.headers) {
    append_header(header.name, header.value);
  }
  if (request_.credential != nullptr) {
    append_header(request_.credential->header, request_.credential->value.reveal());
  }
  set(CURLOPT_HTTPHEADER, headers_.get());
}

// libcurl reads "Name:" as "do not send this one", and "Name;" as an empty value.
void CurlTransfer::append_header(std::string_view name, std::string_view value) {
  append_line(trim_ascii(value).empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value));
}

void CurlTransfer::append_line(const std::string& line) {
  // The list keeps its head unless it was empty; on failure the old one stays whole.
  if (curl_slist* grown = curl_slist_append(headers_.get(), line.c_str()); grown != nullptr) {
    static_cast<void>(headers_.release());
    headers_.reset(grown);
  }
}

void CurlTransfer::set_callbacks() {
  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::take_head);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &CurlTransfer::before_sending);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
}

// A callback that takes nothing ends the transfer.
std::size_t CurlTransfer::take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t length = size * count;
  const std::size_t most = transfer.request_.limits.body_bytes;
  if (length > most - transfer.body_.size()) {
    transfer.stopped_ =
        Error{.kind = ErrorKind::too_large, .message = fmt::format("answered with a body of more than {} bytes", most)};
    return 0;
  }
  transfer.body_.append(bytes, length);
  return length;
}

std::size_t CurlTransfer::take_head(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t length = size * count;
  if (auto taken = transfer.head_.take({bytes, length}); !taken.ok()) {
    transfer.stopped_ = std::move(taken).error();
    return 0;
  }
  return length;
}

// libcurl sends a request again by itself when a connection that it had kept turns out to be closed. The other side may
// have acted all the same, so that a write is sent once and whoever wants it looks what became of it.
int CurlTransfer::before_sending(void* self, char* /*remote*/, char* /*local*/, int /*remote_port*/,
                                 int /*local_port*/) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  ++transfer.times_sent_;
  if (transfer.times_sent_ == 1 || derive_effect(transfer.request_) == Effect::read) {
    return CURL_PREREQFUNC_OK;
  }
  transfer.stopped_ = Error{.kind = ErrorKind::unreachable,
                            .message = "the connection closed before the answer to a write, which is not sent twice"};
  return CURL_PREREQFUNC_ABORT;
}

// What libcurl says may repeat the address, whose path can be a password.
Error CurlTransfer::derive_error(int code, const std::string& origin) const {
  std::string_view said = error_text_.data();
  const bool repeats_target =
      request_.url.target.size() > 1 && said.find(request_.url.target) != std::string_view::npos;
  if (said.empty() || repeats_target) {
    said = curl_easy_strerror(static_cast<CURLcode>(code));
  }
  return Error{.kind = derive_kind(code), .message = fmt::format("{}: {}", origin, clean_single_line(said))};
}

} // namespace afk::http
