#include <support/tls_context.hpp>

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace afk::test {
namespace {

template <auto Free>
struct Freeing {
  template <typename Object>
  void operator()(Object* object) const {
    Free(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;
using Memory = std::unique_ptr<BIO, Freeing<BIO_free>>;

void require(bool right, const char* what) {
  if (!right) {
    throw std::runtime_error(what);
  }
}

Key read_key(const std::string& pem) {
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  require(key != nullptr, "a key in the PEM");
  return key;
}

Certificate read_certificate(const std::string& pem) {
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  require(certificate != nullptr, "a certificate in the PEM");
  return certificate;
}

void add_extension(X509* certificate, X509* signer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, signer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, "an extension");
}

std::string render_pem(X509* certificate, EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(memory.get(), certificate) == 1 &&
              PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "the certificate as PEM");
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &bytes);
  return {bytes, static_cast<std::size_t>(length)};
}

int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void* ours) {
  const auto& protocols = *static_cast<const std::string*>(ours);
  unsigned char* found = nullptr;
  const int answer = SSL_select_next_proto(&found, length, reinterpret_cast<const unsigned char*>(protocols.data()),
                                           static_cast<unsigned>(protocols.size()), offered, offered_length);
  *chosen = found;
  return answer == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

} // namespace

std::string make_certificate(const CertificateOptions& options) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  require(key != nullptr && certificate != nullptr, "memory for a certificate");
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), options.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.valid_until);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1, -1, 0);
  const Certificate signer = options.signer.empty() ? nullptr : read_certificate(options.signer);
  const Key signing = options.signer.empty() ? nullptr : read_key(options.signer);
  X509* const issuer = signer ? signer.get() : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  add_extension(certificate.get(), issuer, NID_basic_constraints,
                options.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (options.for_clients) {
    add_extension(certificate.get(), issuer, NID_ext_key_usage, "clientAuth");
  }
  std::string names;
  for (const std::string& one : options.names) {
    names += (names.empty() ? "" : ",") + one;
  }
  if (!names.empty()) {
    add_extension(certificate.get(), issuer, NID_subject_alt_name, names);
  }
  require(X509_sign(certificate.get(), signing ? signing.get() : key.get(), EVP_sha256()) != 0, "a signature");
  return render_pem(certificate.get(), key.get());
}

TlsContext::TlsContext(const TlsOptions& options) : context_(SSL_CTX_new(TLS_server_method())) {
  require(context_ != nullptr, "memory for TLS");
  SSL_CTX_set_security_level(context_, 0); // old protocols and bad ciphers are what some tests are about
  SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
  if (options.highest_version != 0) {
    SSL_CTX_set_max_proto_version(context_, options.highest_version);
  }
  if (!options.ciphers.empty()) {
    SSL_CTX_set_max_proto_version(context_, TLS1_2_VERSION);
    require(SSL_CTX_set_cipher_list(context_, options.ciphers.c_str()) == 1, "these ciphers");
  }
  if (!options.certificate.empty()) {
    require(SSL_CTX_use_certificate(context_, read_certificate(options.certificate).get()) == 1 &&
                SSL_CTX_use_PrivateKey(context_, read_key(options.certificate).get()) == 1,
            "a certificate with its key");
  }
  if (!options.client_authority.empty()) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), read_certificate(options.client_authority).get());
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  for (const std::string& protocol : options.protocols) {
    protocols_ += static_cast<char>(protocol.size());
    protocols_ += protocol;
  }
  if (!protocols_.empty()) {
    SSL_CTX_set_alpn_select_cb(context_, choose_protocol, &protocols_);
  }
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

} // namespace afk::test
