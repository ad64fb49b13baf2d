#pragma once
// One request on its way through libcurl, from its options to its answer. Used by transport_curl.cpp alone.

#include <afk/http/response_head.hpp>
#include <afk/http/transport_curl.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct curl_slist;

namespace afk::http {

// What is the same for all requests of one transport.
struct CurlFeatures {
  bool has_http_2 = false;
  bool has_gzip = false;
  bool has_hashed_folder = false; // CurlSettings::certificate_folder is as OpenSSL wants it
};

[[nodiscard]] CurlFeatures detect_curl_features(const CurlSettings& settings);

class CurlTransfer {
 public:
  // `request` and `settings` outlive it.
  CurlTransfer(const Request& request, const CurlSettings& settings, const CurlFeatures& features);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer();

  // libcurl's CURL*, which is a void* there too; null when it had no memory for one.
  [[nodiscard]] void* handle() const { return easy_.get(); }

  // Before it is started: the time until its deadline.
  void set_time_left(Duration left);

  // What became of it, given libcurl's code of its end.
  Result<Response> finish(int code);

 private:
  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t take_head(char* bytes, std::size_t size, std::size_t count, void* self);
  static int before_sending(void* self, char* remote, char* local, int remote_port, int local_port);

  template <typename Value>
  void set(int option, Value value);
  void set_address(const CurlFeatures& features);
  void set_method();
  void set_safety();
  void set_certificates(const CurlSettings& settings, const CurlFeatures& features);
  void set_headers(const CurlSettings& settings, const CurlFeatures& features);
  void append_header(std::string_view name, std::string_view value);
  void append_line(const std::string& line);
  void set_callbacks();
  [[nodiscard]] Error derive_error(int code, const std::string& origin) const;

  struct FreeEasy {
    void operator()(void* easy) const;
  };

  struct FreeList {
    void operator()(curl_slist* list) const;
  };

  static constexpr std::size_t error_size = 256; // CURL_ERROR_SIZE

  const Request& request_;
  std::unique_ptr<void, FreeEasy> easy_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::string url_;
  std::array<char, error_size> error_text_{};
  ResponseHead head_;
  std::string body_;
  int times_sent_ = 0;
  std::optional<Error> stopped_;
};

} // namespace afk::http
